"""Reported against counted (上报数与实有数)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from gonghui.core import show
from gonghui.figures import definitions
from gonghui.figures.enums import Perm
from gonghui.figures.models import ReportedFigure
from gonghui.figures.rules import claims
from gonghui.figures.selectors.values import Snapshot, snapshot

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

NEEDS = {"rate.joining": "名会员", "rate.formation": "家建会", "rate.contract": "家签合同"}


@dataclass(frozen=True)
class Gap:
    """One claim beside the counted number (一条对照)."""

    claim: ReportedFigure
    label: str
    slug: str
    counted: str
    numerator: int
    denominator: int | None
    difference: str
    verdict: str
    ok: bool
    doubts: tuple[str, ...] = ()


def reported_list(*, actor: Actor) -> QuerySet[ReportedFigure]:
    """Claims of unions in scope, newest first."""
    return ReportedFigure.objects.filter(actor.within(Perm.FIGURE_VIEW, "union")).select_related("union").order_by("-on", "-pk")


def gap(row: ReportedFigure, shot: Snapshot | None = None) -> Gap:
    """Compare a claim with the count of the same union, key and day (差多少、补什么能对上)."""
    item, claim = definitions.get(row.key), claims.read(row.claimed)
    assert claim is not None  # the service stored it only after reading it
    counted = shot or snapshot(row.union_id, row.on)
    if item.unit == "rate":
        return _rate_gap(row, item, claim, counted)
    value, claimed = counted.get(row.key), claim.count or 0
    away = claimed - value
    verdict = "和实有数一致。" if not away else f"上报比实有{'多' if away > 0 else '少'} {abs(away):,} {item.word}。"
    return Gap(row, item.label, item.slug, show.number(value), value, None, f"{away:+,}" if away else "0", verdict, not away)


def _rate_gap(row: ReportedFigure, item: definitions.Definition, claim: claims.Claim, shot: Snapshot) -> Gap:
    above, below = shot.get(item.numerator), shot.get(item.denominator)
    assert claim.rate is not None
    if not below:
        return Gap(row, item.label, item.slug, show.NONE, above, below, show.NONE, "实有分母为 0，算不出实有率。", False)
    real = Fraction(above, below)
    low, high = claims.interval(claim)
    ok = low <= real <= high
    lack = claims.missing(claim.rate, above, below)
    need = NEEDS.get(row.key, item.word)
    verdict = (
        "和实有数一致。"
        if ok
        else f"还差 {lack:,} {need}，才到 {row.claimed}。"
        if lack
        else f"实有 {show.percent(real, 2)}，比上报的 {row.claimed} 还高。"
    )
    return Gap(
        row,
        item.label,
        item.slug,
        show.percent(real, 2),
        above,
        below,
        show.points(claim.rate - real),
        verdict,
        ok,
        _doubts(row, item, claim, shot),
    )


def _doubts(row: ReportedFigure, item: definitions.Definition, claim: claims.Claim, shot: Snapshot) -> tuple[str, ...]:
    """What else the claim may mean, and what it cannot."""
    out = []
    if row.denominator is not None and row.denominator != shot.get(item.denominator):
        out.append(f"上报分母 {row.denominator:,}，实有分母 {shot.get(item.denominator):,}，两边数的不是同一批。")
    low, high = claims.interval(claim)
    for other in item.alternatives:
        ratio = shot.ratio(other.numerator, other.denominator)
        if ratio is not None and low <= ratio <= high:
            out.append(f"按“{other.label}”的口径正好是 {show.percent(ratio, 2)}，上报时可能用了这个口径。")
    return tuple(out)


def contradictions(rows: list[ReportedFigure]) -> list[str]:
    """The same figure of the same union and year claimed with different numbers (互相矛盾的上报)."""
    seen: dict[tuple[int, str, int], list[ReportedFigure]] = {}
    for row in rows:
        seen.setdefault((row.union_id, row.key, row.on.year), []).append(row)
    out = []
    for (_union, key, year), found in seen.items():
        if len({r.claimed for r in found}) > 1:
            said = "；".join(
                f"{r.source} 说 {r.claimed}（截至 {r.on}" + (f"，分母 {r.denominator:,}" if r.denominator else "，没写分母") + "）"
                for r in found
            )
            out.append(f"{found[0].union.name} {year} 年的{definitions.get(key).label}有几个说法：{said}。请核对日期和分母。")
    return out
