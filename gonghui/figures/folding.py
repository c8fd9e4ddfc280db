"""What a record counts for, and where it is folded (计数与汇总的纯算法). No database.

`contributions(fact)` says which counts a fact changes on which day at which union; `fold` carries a change to every union
that stands above the node, on the day it counts there. A state count (存量) as of D is Σ n up to D, with D the end of the
day; an event count (流量) of a period is Σ n over its days. Intervals are [since, until).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from typing import NamedTuple

from gonghui.figures.enums import COUNTED, FLOWS
from gonghui.orgs.hooks import EmployerFact, UnionFact

Key = tuple[int, str, date]
Count = Counter[Key]
Place = tuple[int, date, date | None]
MAX_KEY = 48
BRIDGED = ("employers", "employers.non_public", "employers.public")
"""Keys whose opening, new, written off, moved and closing must balance (期初期末平衡)."""


class Line(NamedTuple):
    """One line of the dated closure: `ancestor` stands above from `since` until `until` (上下级关系的一段)."""

    ancestor: int
    depth: int
    since: date
    until: date | None


@dataclass(frozen=True)
class Dims:
    """By what persons are counted (分组). Empty means unknown; unknown is not counted under any value."""

    sex: str = ""
    birth_year: int | None = None
    education: str = ""
    ethnic: str = ""
    migrant: bool = False
    group: str = ""
    kind: str = ""
    sector: str = ""


@dataclass(frozen=True)
class WorkerFact:
    """A worker at an employer (职工): counted where the employer is placed, while the employment lasts.

    One person counts once a day; the caller leaves out the time a second employment overlaps the first.
    """

    places: tuple[Place, ...]
    since: date
    until: date | None
    dims: Dims = Dims()


@dataclass(frozen=True)
class MemberFact:
    """One spell of membership (会籍段), counted at its union."""

    union_id: int
    standing: str
    since: date
    until: date | None
    dims: Dims = Dims()


Fact = EmployerFact | UnionFact | WorkerFact | MemberFact


def is_flow(key: str) -> bool:
    """Does the key count events of a period (流量)? Flow keys carry `new`, `written_off` or `moved` as a part."""
    return not FLOWS.isdisjoint(key.split("."))


def industry_of(code: str) -> str:
    """The section letter or, without one, the division of a GB/T 4754 code: `C3411` -> `C`, `3411` -> `34`."""
    return code[:1].upper() if code[:1].isalpha() else code[:2]


# -- what a fact counts for --------------------------------------------------------------------------------------


@singledispatch
def contributions(fact: object) -> Count:
    """Net changes of a fact: (union, key, day) -> n (一条记录计入什么)."""
    raise TypeError(f"没有这种统计事实：{type(fact).__name__}")


@contributions.register
def _employer(fact: EmployerFact) -> Count:
    """An employer counts from `listed_on` until `written_off_on` at the union answerable for it on that day."""
    out: Count = Counter()
    alive = [(fact.listed_on, fact.written_off_on)]
    names = _employer_names(fact)
    for union, since, until in _within(fact.places, alive):
        for name in names:
            _spell(out, union, name, since, until)
        for status, a, b in _within(fact.spells, [(since, until)]):
            _spell(out, union, f"employers.status={status}", a, b)
        _covered(out, fact, union, since, until)
    _employer_flows(out, fact)
    return _clean(out)


def _employer_names(fact: EmployerFact) -> list[str]:
    names = ["employers", f"employers.{fact.sector}"]
    names += [f"employers.{n}={v}" for n, v in (("ownership", fact.ownership), ("area", fact.area)) if v]
    names += [f"employers.industry={industry_of(fact.industry)}"] if fact.industry else []
    names += [f"employers.key_sector={fact.key_sector}"] if fact.key_sector else []
    return [*names, "employers.two_new"] if fact.two_new else names


def _covered(out: Count, fact: EmployerFact, union: int, since: date, until: date | None) -> None:
    """Organised while any coverage stands, counted once; the form is the main coverage's, else the earliest one's."""
    public = "" if fact.sector == "non_public" else f".{fact.sector}"
    for form, a, b in _forms(fact.coverages, since, until):
        _spell(out, union, f"employers{public}.organised", a, b)
        _spell(out, union, f"coverage{public}.{form}", a, b)
        if fact.two_new:
            _spell(out, union, f"employers.two_new{public}.organised", a, b)
        if fact.key_sector:
            _spell(out, union, f"employers.key_sector={fact.key_sector}{public}.organised", a, b)


def _forms(
    coverages: Sequence[tuple[int, str, bool, date, date | None]], since: date, until: date | None
) -> Iterator[tuple[str, date, date | None]]:
    """The one form that counts, piece by piece."""
    spans = [(not main, a, i, form, b) for i, (_u, form, main, a, b) in enumerate(coverages) if _overlaps(a, b, since, until)]
    cuts = sorted({since, *(d for s in spans for d in (s[1], s[4]) if d is not None and d > since and (until is None or d < until))})
    for start, end in zip(cuts, [*cuts[1:], until], strict=True):
        live = [s for s in spans if s[1] <= start and (s[4] is None or s[4] > start)]
        if live:
            yield min(live)[3], start, end


def _employer_flows(out: Count, fact: EmployerFact) -> None:
    """New, written off by reason, and moved between unions: the items of the bridge, for all and for the sector."""
    if fact.written_off_on is not None and fact.written_off_on <= fact.listed_on:
        return  # never counted as a state, so neither as an event
    segments = _within(fact.places, [(fact.listed_on, fact.written_off_on)])
    for i, (union, since, until) in enumerate(segments):
        for head in ("employers", f"employers.{fact.sector}"):
            came = f"{head}.new" if i == 0 and since == fact.listed_on else f"{head}.moved"
            out[union, came, since] += 1
            if until is None:
                continue
            if until == fact.written_off_on:
                out[union, f"{head}.written_off", until] += 1
                out[union, f"{head}.written_off.{fact.written_off_reason or 'unknown'}", until] += 1
            else:
                out[union, f"{head}.moved", until] -= 1


UNCOUNTED_KINDS = frozenset({"pool", "organiser"})
"""A member pool and a single organiser are nodes of the tree, no union organisations (属地会员库、工会组织员不是工会组织)."""
SINGLE_KINDS = frozenset({"enterprise"})
"""Own unions of enterprises (企业单独建会)."""
JOINT_KINDS = frozenset({"joint"})


@contributions.register
def _union(fact: UnionFact) -> Count:
    """A union counts at itself from its founding until its end, under the kind, form and mode registered now."""
    out: Count = Counter()
    for name in union_names(fact.kind, fact.form, fact.mode, fact.state):
        _spell(out, fact.pk, name, fact.founded_on, fact.ended_on)
    return _clean(out)


def union_names(kind: str, form: str, mode: str, state: str) -> list[str]:
    """Keys under which a union counts."""
    if kind in UNCOUNTED_KINDS:
        return [f"unions.kind={kind}"]
    if state == "preparing":
        return ["unions.preparing"]
    names = ["unions", f"unions.kind={kind}", f"unions.mode={mode}"]
    names += ["unions.single"] if kind in SINGLE_KINDS else []
    names += [f"unions.{kind}"] if kind in ("regional", "industry") else []
    return [*names, f"unions.form={form}"] if form else names


@contributions.register
def _worker(fact: WorkerFact) -> Count:
    out: Count = Counter()
    for union, since, until in _within(fact.places, [(fact.since, fact.until)]):
        for name in person_names("workers", fact.dims):
            _spell(out, union, name, since, until)
    return _clean(out)


@contributions.register
def _member(fact: MemberFact) -> Count:
    out: Count = Counter()
    names = person_names("members", fact.dims) if fact.standing in COUNTED else [f"members.{fact.standing}"]
    for name in names:
        _spell(out, fact.union_id, name, fact.since, fact.until)
    return _clean(out)


def person_names(head: str, dims: Dims) -> list[str]:
    """Keys under which a person counts: the whole and each known group."""
    named: tuple[tuple[str, str | int | None], ...] = (
        ("sex", dims.sex),
        ("birth", dims.birth_year),
        ("education", dims.education),
        ("ethnic", dims.ethnic),
    )
    named += (("group", dims.group), ("kind", dims.kind), ("sector", dims.sector))
    names = [head, *(f"{head}.{n}={v}" for n, v in named if v not in (None, ""))]
    return [*names, f"{head}.migrant"] if dims.migrant else names


def total(facts: Iterable[Fact]) -> Count:
    """Contributions of many facts together."""
    out: Count = Counter()
    for fact in facts:
        _add(out, contributions(fact), 1)
    return _clean(out)


def difference(changes: Iterable[tuple[Fact | None, Fact | None]]) -> Count:
    """after − before over all changes; what cancels vanishes (变动净额)."""
    out: Count = Counter()
    for before, after in changes:
        if after is not None:
            _add(out, contributions(after), 1)
        if before is not None:
            _add(out, contributions(before), -1)
    return _clean(out)


# -- folding along the tree --------------------------------------------------------------------------------------


def fold(deltas: Iterable[tuple[Key, int]], lines: Mapping[int, Sequence[Line]]) -> Count:
    """Carry node changes to every union above, as the tree stands and will have stood (按隶属关系逐级汇总).

    A state counts at an ancestor only while its line lasts: it enters on the later of its day and the line's first day and
    leaves with the line. An event counts at whoever stood above on its day. A union's first lines reach back without
    limit, so that what was registered for it before its founding is not lost above.
    """
    out: Count = Counter()
    first = {node: min((line.since for line in found), default=date.min) for node, found in lines.items()}
    for (node, key, day), n in deltas:
        held, start = lines.get(node, ()), max(day, first.get(node, day))
        for line in held:
            if line.until is not None and line.until <= start:
                continue
            if line.since <= start:
                out[line.ancestor, key, day] += n
            elif is_flow(key):
                continue
            else:
                _carry(out, line.ancestor, key, line.since, n)
            if line.until is not None and not is_flow(key):
                _carry(out, line.ancestor, key, line.until, -n)
    return _clean(out)


def _carry(out: Count, union: int, key: str, day: date, n: int) -> None:
    """A state enters or leaves with a line. Employers that do so show in the bridge as moved."""
    out[union, key, day] += n
    if key in BRIDGED:
        out[union, f"{key}.moved", day] += n


def shift(rows: Iterable[tuple[str, date, int]], on: date) -> Counter[tuple[str, date]]:
    """What a moved subtree takes along (随调整划转): its states up to the day of the move, later rows on their own days.

    Events before the day stay where they happened; employers that change sides show as `moved` in both bridges.
    """
    out: Counter[tuple[str, date]] = Counter()
    for key, day, n in rows:
        if is_flow(key):
            if day >= on:
                out[key, day] += n
            continue
        out[key, max(day, on)] += n
        if day < on and key in BRIDGED:
            out[f"{key}.moved", on] += n
    return Counter({k: n for k, n in out.items() if n})


def value_at(rows: Iterable[tuple[date, int]], day: date) -> int:
    """A state as of the end of `day`."""
    return sum(n for on, n in rows if on <= day)


# -- intervals ---------------------------------------------------------------------------------------------------


def _overlaps(a: date, b: date | None, since: date, until: date | None) -> bool:
    return (b is None or b > since) and (until is None or a < until) and (b is None or b > a)


def _within(spells: Sequence[tuple[int | str, date, date | None]], windows: Sequence[tuple[date, date | None]]) -> list[tuple]:  # type: ignore[type-arg]
    """Spells cut to windows, in order, without empty ones; touching spells of one value are joined."""
    out: list[tuple] = []  # type: ignore[type-arg]
    for value, a, b in sorted(spells, key=lambda s: s[1]):
        for since, until in windows:
            start = max(a, since)
            end = until if b is None else b if until is None else min(b, until)
            if end is not None and end <= start:
                continue
            if out and out[-1][0] == value and out[-1][2] == start:
                out[-1] = (value, out[-1][1], end)
            else:
                out.append((value, start, end))
    return out


def _spell(out: Count, union: int, key: str, since: date, until: date | None) -> None:
    if until is not None and until <= since:
        return
    out[union, key[:MAX_KEY], since] += 1
    if until is not None:
        out[union, key[:MAX_KEY], until] -= 1


def _add(out: Count, more: Count, sign: int) -> None:
    for key, n in more.items():
        out[key] += sign * n


def _clean(out: Count) -> Count:
    return Counter({key: n for key, n in out.items() if n})


def by_node(count: Count) -> dict[int, list[tuple[str, date, int]]]:
    """The same, grouped by union."""
    grouped: dict[int, list[tuple[str, date, int]]] = defaultdict(list)
    for (union, key, day), n in count.items():
        grouped[union].append((key, day, n))
    return grouped
