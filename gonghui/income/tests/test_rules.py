"""Pure rules: shares to the fen, periods, ageing, matching, causes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.income.enums import Axis, Cause, Cycle, Level
from gonghui.income.imports import bench, dues
from gonghui.income.rules import causes, matching, periods, shares
from gonghui.income.rules.causes import Registered, Unit

WEIGHTS = st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any)


@pytest.mark.system("S211")
@pytest.mark.invariant("LED-07")
@given(levy=st.integers(0, 10**13), weights=WEIGHTS)
def test_the_parts_of_a_contribution_are_the_contribution(levy, weights):
    """Sum exact; every level within one fen of its exact part of what is shared."""
    keep, top = levy - levy * 2 // 5, levy // 20
    middle = dict(zip((Level.PROVINCE, Level.CITY, Level.COUNTY), map(Fraction, weights), strict=True))
    parts = shares.shares(levy, keep, top, middle)
    assert sum(parts.values()) == levy
    assert all(fen >= 0 for fen in parts.values())
    rest = levy - keep - top
    for level, weight in middle.items():
        assert abs(parts[level] - rest * weight / sum(middle.values())) < 1
    assert sum(shares.reversed_shares(parts).values()) == -levy


@pytest.mark.invariant("LED-07")
def test_rounding_each_part_alone_would_lose_fen():
    """Negative control: without largest remainder three thirds of 100 fen are 99."""
    thirds = {Level.PROVINCE: Fraction(1), Level.CITY: Fraction(1), Level.COUNTY: Fraction(1)}
    assert sum(int(100 * w / 3) for w in thirds.values()) == 99
    assert sum(shares.shares(100, 0, 0, thirds).values()) == 100


@pytest.mark.parametrize(
    ("day", "cycle", "since", "last"),
    [
        (date(2025, 2, 28), Cycle.MONTHLY, date(2025, 2, 1), date(2025, 2, 28)),
        (date(2025, 3, 31), Cycle.QUARTERLY, date(2025, 1, 1), date(2025, 3, 31)),
        (date(2025, 4, 1), Cycle.QUARTERLY, date(2025, 4, 1), date(2025, 6, 30)),
        (date(2024, 12, 31), Cycle.MONTHLY, date(2024, 12, 1), date(2024, 12, 31)),
    ],
)
def test_periods(day, cycle, since, last):
    found = periods.period_of(day, cycle)
    assert (found.since, found.last) == (since, last)


def test_only_periods_that_are_over_are_asked_for():
    """On the last day of a month the month is not over; the day after it is."""
    assert list(periods.ended(date(2026, 1, 10), Cycle.MONTHLY, date(2026, 1, 31))) == []
    assert [p.since for p in periods.ended(date(2026, 1, 10), Cycle.MONTHLY, date(2026, 2, 1))] == [date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("late", "label"), [(0, "未到期"), (1, "30 天以内"), (30, "30 天以内"), (31, "31–90 天"), (365, "181–365 天"), (366, "一年以上")]
)
def test_ageing(late, label):
    due = date(2025, 1, 15)
    assert periods.age_label(due, date.fromordinal(due.toordinal() + late)) == label


# -- matching --------------------------------------------------------------------------------------------------------


def _members():
    a = matching.Candidate(1, "张伟", b"id1", b"ph1", "9901**********0011", "138****0001", 2630)
    b = matching.Candidate(2, "张伟", b"id2", b"ph2", "9902**********0022", "138****0002", 2500)
    c = matching.Candidate(3, "李娜", b"id3", b"ph3", "9903**********0033", "138****0003", 2700)
    return [a, b, c]


@pytest.mark.parametrize(
    ("row", "person", "how"),
    [
        (matching.Row(1, "张伟", b"id1", None, "990100000000000011", "", 2630), 1, "id"),
        (matching.Row(1, "张 伟", b"id1", None, "990100000000000011", "", 2630), 1, "id"),
        (matching.Row(1, "章伟", b"id1", b"ph1", "990100000000000011", "13800000001", 2630), 1, "id_phone"),
        (matching.Row(1, "章伟", b"id1", None, "990100000000000011", "", 2630), None, "name_differs"),
        (matching.Row(1, "张伟", None, b"ph2", "", "13800000002", 9), 2, "phone"),
        (matching.Row(1, "张伟", None, None, "990299999999990022", "", 9), 2, "name_mark"),
        (matching.Row(1, "张伟", None, None, "", "", 2630), None, "several"),
        (matching.Row(1, "李娜", None, None, "", "", 2700), 3, "name_amount"),
        (matching.Row(1, "李娜", None, None, "", "", 2699), None, "amount"),
        (matching.Row(1, "李娜", b"idX", None, "440100000000000099", "", 2700), None, "marks_differ"),
        (matching.Row(1, "李娜", b"idX", b"ph3", "440100000000000099", "13800000003", 2700), None, "marks_differ"),
        (matching.Row(1, "王强", b"idY", b"phY", "990900000000000099", "13900000000", 2630), None, "unknown"),
        (matching.Row(1, "", None, None, "", "", 2700), None, "unknown"),
    ],
)
def test_whose_money(row, person, how):
    assert matching.match(row, matching.Book.of(_members())) == matching.Match(1, person, how)


def test_the_same_person_twice_in_a_file_waits():
    rows = [matching.Row(n, "张伟", b"id1", None, "990100000000000011", "", 2630) for n in (2, 3)]
    assert [m.how for m in matching.match_all(rows, _members())] == ["id", "twice"]


@pytest.mark.system("S211")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_payroll_file_with_dirty_rows_posts_itself_and_never_wrongly(seed):
    """≥ 99 % automatic with 5 % dirty rows, no wrong posting; even with half of the rows dirty nothing goes wrong."""
    told = bench.measure(2_000, 0.05, seed)
    assert told["wrong"] == 0
    assert told["recall"] >= 0.99
    assert told["automatic"] >= 0.99  # of all rows of the file, the strangers among the dirty ones too
    assert bench.measure(1_000, 0.5, seed)["wrong"] == 0


def test_matching_by_name_alone_would_post_wrongly():
    """Negative control: names repeat, so the shortcut a clerk might take puts money on the wrong people."""
    members = bench.made(2_000, 1)
    by_name = {c.name: c.person for c, _i, _p in members}
    assert sum(by_name[c.name] != c.person for c, _i, _p in members) > 0


@pytest.mark.parametrize(
    ("text", "fen"),
    [("26.30", 2630), ("￥26.3元", 2630), ("26．30", 2630), ("26.300", 2630), ("26.305", None), ("0", None), ("-5", None), ("二十", None)],
)
def test_amounts(text, fen):
    assert dues.amount_of(text) == fen


# -- causes ----------------------------------------------------------------------------------------------------------

FIRST = date(2026, 1, 1)
people = st.builds(
    Registered,
    person=st.integers(1, 40),
    standing=st.sampled_from(["active", "in_transit", "retained", "suspended"]),
    since=st.dates(date(2025, 12, 1), date(2026, 1, 31)),
    due_fen=st.integers(0, 9000),
    has_base=st.booleans(),
    left_job=st.booleans(),
    pays_elsewhere=st.booleans(),
)


@pytest.mark.invariant("INC-04")
@given(
    register=st.lists(people, max_size=30, unique_by=lambda r: r.person),
    paid=st.dictionaries(st.integers(1, 60), st.integers(-3000, 9000).filter(bool), max_size=30),
    gone=st.frozensets(st.integers(1, 60)),
    unclaimed=st.integers(0, 5000),
)
def test_the_causes_sum_to_the_difference_and_nobody_counts_twice(register, paid, gone, unclaimed):
    """In persons and in fen; every person has at most one cause."""
    lines = causes.dues_lines(register, paid, first=FIRST, was_member=gone, unclaimed_fen=unclaimed)
    assert sum(x.count for x in lines) == len(register) - sum(fen > 0 for fen in paid.values())
    assert sum(x.fen for x in lines) == sum(r.due_fen for r in register) - sum(paid.values()) - unclaimed
    named = [x.person for x in lines if x.person is not None]
    assert len(named) == len(set(named))


@pytest.mark.invariant("INC-04")
@given(
    units=st.lists(
        st.builds(
            Unit, employer=st.integers(1, 99), workers=st.integers(0, 50), declared_workers=st.none() | st.integers(0, 50), levy_fen=st.integers(0, 9000),
            paid_fen=st.integers(0, 9000),
        ),
        max_size=12,
    ),
    claimed=st.integers(0, 500), then=st.sets(st.integers(1, 99)), now=st.sets(st.integers(1, 99)),
)  # fmt: skip
def test_the_other_two_comparisons_sum_too(units, claimed, then, now):
    lines = causes.levy_lines(units)
    assert sum(x.count for x in lines) == sum(u.workers - (u.declared_workers or 0) for u in units)
    assert sum(x.fen for x in lines) == sum(u.levy_fen - u.paid_fen for u in units)
    told = causes.reported_lines(claimed, len(then), now - then, then - now)
    assert sum(x.count for x in told) == claimed - len(now)


@pytest.mark.parametrize(
    ("person", "cause"),
    [
        (Registered(1, "retained", date(2024, 1, 1), 0, left_job=True, pays_elsewhere=True), Cause.RETAINED),
        (Registered(1, "suspended", date(2024, 1, 1), 0), Cause.SUSPENDED),
        (Registered(1, "active", date(2026, 1, 9), 500, left_job=True, pays_elsewhere=True), Cause.LEAVER),
        (Registered(1, "active", date(2026, 1, 9), 500, pays_elsewhere=True), Cause.ELSEWHERE),
        (Registered(1, "active", date(2026, 1, 2), 500), Cause.JOINED_LATE),
        (Registered(1, "active", date(2026, 1, 1), 500), Cause.ARREARS),
        (Registered(1, "active", date(2026, 1, 1), 0, has_base=False), Cause.NO_BASE),
    ],
)
def test_one_cause_the_first_that_holds(person, cause):
    assert causes.dues_lines([person], {}, first=FIRST) == [causes.Line(Axis.DUES, cause, 1, person.due_fen, 1)]


def test_who_paid_another_amount_has_another_base_and_who_paid_without_being_a_member_is_named():
    known = Registered(1, "active", date(2024, 1, 1), 2630)
    lines = causes.dues_lines([known], {1: 2500, 7: 900, 8: 800}, first=FIRST, was_member=frozenset({7}))
    assert [(x.cause, x.count, x.fen) for x in lines] == [
        (Cause.OTHER_BASE, 0, 130), (Cause.LEFT_PAID, -1, -900), (Cause.NOT_MEMBER, -1, -800),
    ]  # fmt: skip
