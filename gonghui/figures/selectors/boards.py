"""What dashboards show of one union (指标看板): rates with targets, ranking of those below, trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from gonghui.core.errors import NotFound
from gonghui.figures import definitions
from gonghui.figures.selectors.values import Snapshot, history, snapshots
from gonghui.orgs.selectors.closure import Node
from gonghui.policy import services as policy

BOARD = ("employers.organised", "employers.non_public", "members", "workers")


@dataclass(frozen=True)
class Standard:
    """A target or floor with its source (目标或底线)."""

    key: str
    value: Fraction
    source: str


@dataclass(frozen=True)
class Rate:
    """A rate beside its target and floor (率与目标)."""

    key: str
    label: str
    slug: str
    numerator: int
    denominator: int
    unit: str
    ratio: Fraction | None
    target: Standard | None
    floor: Standard | None
    before: Fraction | None = None

    @property
    def tone(self) -> str:
        """met, near (above the floor), missed."""
        if self.ratio is None or self.target is None:
            return ""
        if self.ratio >= self.target.value:
            return "ok"
        return "warn" if self.floor is None or self.ratio >= self.floor.value else "bad"

    @property
    def word(self) -> str:
        return {"ok": "已达标", "warn": "低于目标", "bad": "低于底线", "": "无目标"}[self.tone]

    @property
    def change(self) -> Fraction | None:
        return None if self.ratio is None or self.before is None else self.ratio - self.before

    @property
    def share(self) -> float | None:
        return None if self.ratio is None else float(self.ratio * 100)

    @property
    def target_share(self) -> float | None:
        return float(self.target.value * 100) if self.target else None


def standard(key: str, on: date) -> Standard | None:
    """The value of a target in force on a day, with its source; None when none is in force."""
    if not key:
        return None
    try:
        found = policy.value(key, on=on)
    except NotFound:
        return None
    return Standard(key, Fraction(found.value), found.source)


def rate_of(shot: Snapshot, key: str, before: Snapshot | None = None) -> Rate:
    item = definitions.get(key)
    unit = definitions.get(item.numerator).word
    target, floor = standard(item.target, shot.as_of), standard(item.floor, shot.as_of)
    return Rate(
        key,
        item.label,
        item.slug,
        shot.get(item.numerator),
        shot.get(item.denominator),
        unit,
        shot.rate(key),
        target,
        floor,
        before.rate(key) if before else None,
    )


@dataclass(frozen=True)
class Rank:
    """One union in a ranking (排行中的一级)."""

    node: Node
    formation: Rate
    joining: Rate
    members: int
    number: int = 0


def ranking(children: Sequence[Node], as_of: date) -> list[Rank]:
    """Those directly below by formation rate, then joining rate; who has no employers comes last."""
    shots = snapshots([n.pk for n in children], as_of, BOARD)
    rows = [
        Rank(n, rate_of(shots[n.pk], "rate.formation"), rate_of(shots[n.pk], "rate.joining"), shots[n.pk].get("members")) for n in children
    ]
    rows = [r for r in rows if r.formation.denominator or r.joining.denominator or r.members]
    rows.sort(key=lambda r: (-(r.formation.ratio if r.formation.ratio is not None else -1), -(r.joining.ratio or 0), r.node.path))
    return [Rank(r.node, r.formation, r.joining, r.members, i) for i, r in enumerate(rows, 1)]


def trend(union_id: int, days: Sequence[date]) -> tuple[list[float | None], list[float | None]]:
    """Formation and joining rate in percent on each day; a day without a denominator is a gap."""
    return rates_over(days, history(union_id, days, BOARD))


def rates_over(days: Sequence[date], values: Mapping[date, Mapping[str, int]]) -> tuple[list[float | None], list[float | None]]:
    """As `trend`, of counts that were read already."""

    def percent(above: str, below: str) -> list[float | None]:
        return [round(v.get(above, 0) / v[below] * 100, 4) if v.get(below) else None for v in (values[d] for d in days)]

    return percent("employers.organised", "employers.non_public"), percent("members", "workers")
