"""Why the register, the money and the reported number differ (三方核对的原因).

Every person, employer or claim gets exactly one cause for a difference, so the causes sum to the difference and nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gonghui.income.enums import Axis, Cause


@dataclass(frozen=True)
class Registered:
    """A person of the union's register on the last day of the period (登记的一方)."""

    person: int
    standing: str
    since: date
    due_fen: int
    has_base: bool = True
    left_job: bool = False
    pays_elsewhere: bool = False


@dataclass(frozen=True)
class Line:
    """One difference with its cause (差异): `count` and `fen` are register minus money (or claim minus register)."""

    axis: Axis
    cause: Cause
    count: int
    fen: int = 0
    person: int | None = None
    employer: int | None = None


def dues_lines(
    register: Iterable[Registered],
    paid: Mapping[int, int],
    *,
    first: date,
    was_member: frozenset[int] = frozenset(),
    unclaimed_fen: int = 0,
) -> list[Line]:
    """Register against dues of one period.

    Args: paid fen by person to this union, reversals netted; first day of the period; was_member: persons whose spell here ended.
    The counts sum to persons registered minus persons who paid, the fen to due minus received (unclaimed money included).
    """
    lines, seen = [], set()
    for r in register:
        seen.add(r.person)
        got = paid.get(r.person, 0)
        if got > 0:
            if r.due_fen != got:
                lines.append(Line(Axis.DUES, Cause.OTHER_BASE, 0, r.due_fen - got, r.person))
            continue
        lines.append(Line(Axis.DUES, _why_unpaid(r, first), 1, r.due_fen - got, r.person))
    for person, got in paid.items():
        if person not in seen and got != 0:
            cause = Cause.LEFT_PAID if person in was_member else Cause.NOT_MEMBER
            lines.append(Line(Axis.DUES, cause, -1 if got > 0 else 0, -got, person))
    if unclaimed_fen:
        lines.append(Line(Axis.DUES, Cause.UNCLAIMED, 0, -unclaimed_fen))
    return lines


def _why_unpaid(r: Registered, first: date) -> Cause:
    """The first cause that holds, in this order: none is counted twice."""
    if r.standing == "retained":
        return Cause.RETAINED
    if r.standing == "suspended":
        return Cause.SUSPENDED
    if r.left_job:
        return Cause.LEAVER
    if r.pays_elsewhere:
        return Cause.ELSEWHERE
    if r.since > first:
        return Cause.JOINED_LATE
    return Cause.ARREARS if r.has_base else Cause.NO_BASE


@dataclass(frozen=True)
class Unit:
    """An employer: workers on the register and what it declared and paid for the period (单位一方)."""

    employer: int
    workers: int
    declared_workers: int | None
    levy_fen: int = 0
    paid_fen: int = 0


def levy_lines(units: Iterable[Unit]) -> list[Line]:
    """Register against contributions: counts sum to registered minus declared workers, fen to owed minus paid."""
    lines = []
    for u in units:
        declared = u.declared_workers or 0
        if u.workers != declared:
            cause = Cause.NOT_DECLARED if u.declared_workers is None else Cause.OTHER_BASE
            lines.append(Line(Axis.LEVY, cause, u.workers - declared, 0, employer=u.employer))
        if u.levy_fen != u.paid_fen:
            lines.append(Line(Axis.LEVY, Cause.ARREARS, 0, u.levy_fen - u.paid_fen, employer=u.employer))
    return lines


def reported_lines(claimed: int, counted_then: int, joined: Iterable[int], left: Iterable[int]) -> list[Line]:
    """The claim against the register now: what changed since the claim's day person by person, the rest unexplained."""
    lines = [Line(Axis.REPORTED, Cause.JOINED_SINCE, -1, person=p) for p in joined]
    lines += [Line(Axis.REPORTED, Cause.LEFT_SINCE, 1, person=p) for p in left]
    if claimed != counted_then:
        lines.append(Line(Axis.REPORTED, Cause.UNEXPLAINED, claimed - counted_then))
    return lines
