"""What waits in a campaign (待办): plan items, remedies, accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.campaigns.enums import CampaignState, Perm, Result
from gonghui.campaigns.models import Campaign, Charge, Inspection, PlanItem
from gonghui.core import clock

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

NEAR = 7


def _mine(actor: Actor) -> QuerySet[Any]:
    return Campaign.objects.filter(actor.within(Perm.CAMPAIGN_EDIT, "union"), state=CampaignState.RUNNING)


def _item(key: str, title: str, row: Any, due: Any, tab: str) -> Item:
    url = reverse("campaigns:room", args=[row.campaign_id]) + f"?tab={tab}"
    return Item(key=f"campaigns:{key}", kind="campaigns", label="集中行动", title=title, url=url, org=row.campaign.union.name, due=due)


def plan_due(actor: Actor) -> QuerySet[PlanItem]:
    """Steps of running campaigns that are due within a week."""
    until = clock.today() + timedelta(days=NEAR)
    rows = PlanItem.objects.filter(campaign__in=_mine(actor), done_on=None, due_on__lte=until)
    return rows.select_related("campaign__union").order_by("due_on", "pk")


def remedies_due(actor: Actor) -> QuerySet[Inspection]:
    """What an inspection asked for and is not done."""
    rows = Inspection.objects.filter(campaign__in=_mine(actor), done_on=None).exclude(remedy="")
    return rows.select_related("campaign__union", "team").order_by("due_on", "pk")


def charges_due(actor: Actor) -> QuerySet[Charge]:
    """Accounts whose day has come."""
    rows = Charge.objects.filter(campaign__in=_mine(actor), result=Result.OPEN, due_on__lte=clock.today())
    return rows.select_related("campaign__union").order_by("due_on", "pk")


def inbox(actor: Actor) -> Iterator[Source]:
    """Sources of the one inbox."""
    if actor.may(Perm.CAMPAIGN_EDIT):
        yield Source(plan_due(actor), lambda r: _item(f"plan:{r.pk}", f"{r.campaign.name}：{r.words}", r, r.due_on, "plan"))
        yield Source(remedies_due(actor), lambda r: _item(f"remedy:{r.pk}", f"{r.team.name}整改：{r.remedy}", r, r.due_on, "inspections"))
    if actor.may(Perm.CAMPAIGN_SETTLE):
        yield Source(charges_due(actor), lambda r: _item(f"charge:{r.pk}", f"责任结账：{r.name}，{r.task}", r, r.due_on, "charges"))
