"""The algebra of counting: whatever happens in whatever order, the roll equals a naive recount."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.figures import folding
from gonghui.figures.folding import Dims, Line, MemberFact, WorkerFact
from gonghui.orgs.hooks import EmployerFact, UnionFact

START = date(2024, 12, 20)
days = st.integers(0, 40).map(lambda n: START + timedelta(days=n))
spans = st.tuples(days, st.none() | st.integers(0, 30)).map(lambda p: (p[0], None if p[1] is None else p[0] + timedelta(days=p[1])))
NODES = (1, 2, 3, 4)
# 1 is the root, 2 and 3 stand below it, 4 stands below 2 and may move to 3.
FIXED = {
    1: [Line(1, 0, date(2000, 1, 1), None)],
    2: [Line(2, 0, date(2000, 1, 1), None), Line(1, 1, date(2000, 1, 1), None)],
    3: [Line(3, 0, date(2000, 1, 1), None), Line(1, 1, date(2000, 1, 1), None)],
}


def tree(founded: date, moves: list[date]) -> dict[int, list[Line]]:
    """Node 4 changes between 2 and 3 on each of the days."""
    cuts = [founded, *sorted({d for d in moves if d > founded})]
    lines = [Line(4, 0, founded, None), Line(1, 2, founded, None)]
    lines += [Line((2, 3)[i % 2], 1, a, b) for i, (a, b) in enumerate(zip(cuts, [*cuts[1:], None], strict=True))]
    return {**FIXED, 4: lines}


def above(lines: dict[int, list[Line]], node: int, on: date) -> set[int]:
    """Who stands above, told plainly: an own definition, not the folding's."""
    first = min(line.since for line in lines[node])
    at = max(on, first)
    return {line.ancestor for line in lines[node] if line.since <= at and (line.until is None or at < line.until)}


def inside(span: tuple[date, date | None], on: date) -> bool:
    return span[0] <= on and (span[1] is None or on < span[1])


@st.composite
def employers(draw: st.DrawFn, pk: int = 1) -> EmployerFact:
    listed = draw(days)
    gone = draw(st.none() | days)
    if gone is not None and gone < listed:
        gone = listed
    cuts = sorted({listed, *draw(st.lists(days.filter(lambda d: d > listed), max_size=2))})
    nodes = draw(st.lists(st.sampled_from(NODES), min_size=len(cuts), max_size=len(cuts)))
    places = tuple((n, a, b) for n, a, b in zip(nodes, cuts, [*cuts[1:], None], strict=True))
    covered = tuple(
        (2, form, main, *draw(spans))
        for form, main in draw(
            st.lists(st.sampled_from([("single", True), ("regional", False), ("industry", False)]), unique=True, max_size=3)
        )
    )
    status = draw(days)
    spells = (("normal", listed, max(status, listed)), ("stopped", max(status, listed), None))
    sector = draw(st.sampled_from(["non_public", "public"]))
    return EmployerFact(pk, sector, "", "C34", "", "", draw(st.booleans()), listed, gone, "closed" if gone else "", spells, covered, places)


def naive(facts: list[EmployerFact], lines: dict[int, list[Line]], union: int, on: date) -> Counter[str]:
    """Count the employers of a union on a day by looking at each."""
    out: Counter[str] = Counter()
    for f in facts:
        if not inside((f.listed_on, f.written_off_on), on):
            continue
        node = next((n for n, a, b in f.places if inside((a, b), on)), None)
        if node is None or union not in above(lines, node, on):
            continue
        out["employers"] += 1
        out[f"employers.{f.sector}"] += 1
        out["employers.two_new"] += f.two_new
        live = sorted(
            (not main, a, i, form) for i, (_u, form, main, a, b) in enumerate(f.coverages) if inside((a, b), on) and (b is None or b > a)
        )
        public = "" if f.sector == "non_public" else ".public"
        if live:
            out[f"employers{public}.organised"] += 1
            out[f"coverage{public}.{live[0][3]}"] += 1
        for status, a, b in f.spells:
            out[f"employers.status={status}"] += inside((a, b), on)
    return out


def rolled(roll: folding.Count, union: int, on: date) -> Counter[str]:
    out: Counter[str] = Counter()
    for (u, key, day), n in roll.items():
        if u == union and day <= on:
            out[key] += n
    return out


CHECKED = (
    "employers",
    "employers.non_public",
    "employers.public",
    "employers.two_new",
    "employers.organised",
    "employers.public.organised",
)
CHECKED += (
    "coverage.single",
    "coverage.regional",
    "coverage.industry",
    "coverage.public.single",
    "employers.status=normal",
    "employers.status=stopped",
)
slow = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(st.lists(employers(), max_size=5), days, st.lists(days, max_size=2), days, st.sampled_from(NODES))
@pytest.mark.invariant("RPT-01")
def test_the_roll_of_employers_equals_a_naive_recount_on_any_day(facts, founded, moves, on, union):
    lines = tree(founded, moves)
    roll = folding.fold(folding.total(facts).items(), lines)
    want, got = naive(facts, lines, union, on), rolled(roll, union, on)
    assert {k: got[k] for k in CHECKED} == {k: want[k] for k in CHECKED}


@slow
@given(st.lists(st.tuples(employers(), employers()), max_size=4), days, st.lists(days, max_size=2))
def test_corrections_lead_to_the_same_roll_as_counting_the_end_state(pairs, founded, moves):
    lines = tree(founded, moves)
    first = folding.fold(folding.total(a for a, _b in pairs).items(), lines)
    then = folding.fold(folding.difference(pairs).items(), lines)
    first.update(then)
    assert +first == +folding.fold(folding.total(b for _a, b in pairs).items(), lines)
    assert -first == -folding.fold(folding.total(b for _a, b in pairs).items(), lines)


@slow
@given(st.lists(employers(), max_size=5), days, days)
def test_moving_a_subtree_shifts_exactly_what_a_new_fold_would_give(facts, founded, move):
    move = max(move, founded + timedelta(days=1))
    counts = folding.total(facts)
    before, after = tree(founded, []), tree(founded, [move])
    roll = folding.fold(counts.items(), before)
    own = [(key, day, n) for (u, key, day), n in roll.items() if u == 4]
    for (key, day), n in folding.shift(own, move).items():
        roll[2, key, day] -= n
        roll[3, key, day] += n
    want = folding.fold(counts.items(), after)
    assert {k: n for k, n in roll.items() if n} == dict(want)


@slow
@given(st.lists(employers(), max_size=6), days, st.lists(days, max_size=2), days, days, st.sampled_from(NODES))
@pytest.mark.system("S269")
def test_the_bridge_balances_at_every_union_over_any_period(facts, founded, moves, a, b, union):
    """opening + new − written off + moved = closing, for all and for each sector, whatever moved meanwhile."""
    a, b = min(a, b), max(a, b)
    roll = folding.fold(folding.total(facts).items(), tree(founded, moves))
    opening, closing = rolled(roll, union, a - timedelta(days=1)), rolled(roll, union, b)
    for head in folding.BRIDGED:
        flow = {k: closing[f"{head}.{k}"] - opening[f"{head}.{k}"] for k in ("new", "written_off", "moved", "written_off.closed")}
        assert opening[head] + flow["new"] - flow["written_off"] + flow["moved"] == closing[head]
        assert flow["written_off.closed"] == flow["written_off"]


def test_without_the_moved_item_the_bridge_of_a_moved_union_breaks():
    """Negative control of the bridge: the item is needed."""
    fact = EmployerFact(1, "non_public", "", "", "", "", False, START, None, "", (), (), ((4, START, None),))
    roll = folding.fold(folding.contributions(fact).items(), tree(date(2000, 1, 1), [date(2025, 1, 5)]))
    opening, closing = rolled(roll, 2, date(2025, 1, 4)), rolled(roll, 2, date(2025, 1, 5))
    assert (opening["employers"], closing["employers"], closing["employers.written_off"], closing["employers.moved"]) == (1, 0, 0, -1)


persons = st.builds(
    Dims,
    sex=st.sampled_from(["", "1", "2"]),
    birth_year=st.none() | st.just(1985),
    migrant=st.booleans(),
    group=st.sampled_from(["", "courier"]),
)
spells = st.builds(
    lambda u, s, span, d: MemberFact(u, s, *span, d),
    st.sampled_from(NODES),
    st.sampled_from(["active", "in_transit", "suspended", "retained"]),
    spans,
    persons,
)


@slow
@given(st.lists(spells, max_size=8), days, st.lists(days, max_size=2), days, st.sampled_from(NODES))
@pytest.mark.invariant("RPT-01")
def test_members_count_by_standing_and_group_on_any_day(facts, founded, moves, on, union):
    lines = tree(founded, moves)
    got = rolled(folding.fold(folding.total(facts).items(), lines), union, on)
    here = [f for f in facts if inside((f.since, f.until), on) and union in above(lines, f.union_id, on)]
    live = [f for f in here if f.standing in ("active", "in_transit")]
    assert got["members"] == len(live)
    assert got["members.sex=2"] == sum(f.dims.sex == "2" for f in live)
    assert got["members.birth=1985"] == sum(f.dims.birth_year == 1985 for f in live)
    assert got["members.migrant"] == sum(f.dims.migrant for f in live)
    assert got["members.group=courier"] == sum(f.dims.group == "courier" for f in live)
    assert (got["members.suspended"], got["members.retained"]) == tuple(
        sum(f.standing == s for f in here) for s in ("suspended", "retained")
    )


@slow
@given(st.lists(spells, max_size=8), days, st.lists(days, max_size=2), days)
@pytest.mark.invariant("RPT-02")
def test_a_parent_is_the_sum_of_its_children_and_its_own(facts, founded, moves, on):
    lines = tree(founded, moves)
    roll = folding.fold(folding.total(facts).items(), lines)
    values = {u: rolled(roll, u, on)["members"] for u in NODES}
    own = {
        u: sum(f.union_id == u and f.standing in ("active", "in_transit") and inside((f.since, f.until), on) for f in facts) for u in NODES
    }
    parent = (above(lines, 4, on) - {1, 4}).pop()
    assert values[parent] == own[parent] + values[4]
    assert values[1] == own[1] + values[2] + values[3]


def test_a_worker_follows_the_place_of_the_employer():
    fact = WorkerFact(((2, START, date(2025, 1, 1)), (3, date(2025, 1, 1), None)), date(2024, 12, 25), date(2025, 1, 10), Dims(sex="1"))
    roll = folding.fold(folding.contributions(fact).items(), FIXED)
    assert [rolled(roll, u, date(2024, 12, 31))["workers"] for u in (1, 2, 3)] == [1, 1, 0]
    assert [rolled(roll, u, date(2025, 1, 9))["workers.sex=1"] for u in (1, 2, 3)] == [1, 0, 1]
    assert [rolled(roll, u, date(2025, 1, 10))["workers"] for u in (1, 2, 3)] == [0, 0, 0]


@pytest.mark.parametrize(("gone", "alive"), [(date(2025, 12, 31), 0), (date(2026, 1, 1), 1)])
def test_an_employer_written_off_on_the_last_day_is_gone_that_day(gone, alive):
    """A figure as of D is the state at the end of the day D."""
    fact = EmployerFact(1, "non_public", "", "", "", "", False, date(2025, 1, 1), gone, "failed", (), (), ((2, date(2025, 1, 1), None),))
    roll = folding.fold(folding.contributions(fact).items(), FIXED)
    assert rolled(roll, 1, date(2025, 12, 31))["employers"] == alive
    assert rolled(roll, 1, date(2024, 12, 31))["employers"] == 0


def test_an_employer_covered_three_ways_counts_once_under_its_main_form():
    covered = ((2, "industry", False, START, None), (2, "single", True, START, None), (2, "regional", False, START, None))
    fact = EmployerFact(1, "non_public", "", "", "", "", False, START, None, "", (), covered, ((2, START, None),))
    roll = rolled(folding.fold(folding.contributions(fact).items(), FIXED), 1, START)
    assert (roll["employers.organised"], roll["coverage.single"], roll["coverage.industry"], roll["coverage.regional"]) == (1, 1, 0, 0)


def test_unions_count_by_kind_while_they_stand():
    unions = [
        UnionFact(2, "regional", "", "single", "active", START, None),
        UnionFact(3, "enterprise", "", "single", "dissolved", START, date(2025, 1, 1)),
        UnionFact(1, "pool", "", "single", "active", START, None),
    ]
    roll = folding.fold(folding.total(unions).items(), FIXED)
    got = rolled(roll, 1, date(2024, 12, 31))
    assert (got["unions"], got["unions.regional"], got["unions.single"], got["unions.kind=pool"]) == (2, 1, 1, 1)
    assert rolled(roll, 1, date(2025, 1, 1))["unions.single"] == 0
