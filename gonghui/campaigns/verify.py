"""Invariants of campaigns on the live data (集中行动核验)."""

from __future__ import annotations

from collections.abc import Generator

from gonghui.campaigns.enums import CampaignState, Result
from gonghui.campaigns.models import Assignment, Campaign, Charge, DeclaredRate
from gonghui.campaigns.rules import rates


def areas_apart() -> Generator[str, None, int]:
    """No place of one campaign belongs to two teams: each record counts once."""
    n = 0
    seen: dict[int, list[tuple[str, int]]] = {}
    rows = Assignment.objects.filter(union__isnull=False).order_by("union__path").values_list("team__campaign_id", "union__path", "team_id")
    for campaign, path, team in rows:
        n += 1
        for other, owner in seen.get(campaign, ()):
            if path.startswith(other) and owner != team:
                yield f"行动 {campaign} 的小队 {owner} 和 {team} 包干范围重叠。"
        seen.setdefault(campaign, []).append((path, team))
    return n


def rates_possible() -> Generator[str, None, int]:
    """Every declared rate follows from its two numbers (S269)."""
    n = 0
    for row in DeclaredRate.objects.iterator(chunk_size=500):
        n += 1
        if why := rates.fault(row.numerator, row.denominator, rates.claim(row.claimed)):
            yield f"申报的率 {row.pk} 不成立：{why}"
    return n


def settled_whole() -> Generator[str, None, int]:
    """A settled campaign has its numbers frozen and no account left open."""
    rows = Campaign.objects.filter(state__in=[CampaignState.SETTLED, CampaignState.CLOSED])
    for row in rows:
        if not row.frozen or row.settled_on is None:
            yield f"行动 {row.pk} 已结账，却没有结账数。"
    for pk in Charge.objects.filter(campaign__in=rows, result=Result.OPEN).values_list("pk", flat=True)[:1000]:
        yield f"责任账 {pk} 没有结，行动却已结账。"
    return rows.count()


CHECKS = (
    ("campaigns.areas_apart", "集中行动：包干范围不重叠", areas_apart),
    ("campaigns.rates_possible", "集中行动：申报的率成立", rates_possible),
    ("campaigns.settled_whole", "集中行动：结账完整", settled_whole),
)
