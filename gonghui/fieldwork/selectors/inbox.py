"""What waits in field work (待办): help asked for, conflicts, visits that are due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from gonghui.approvals.kinds import Item
from gonghui.core import clock
from gonghui.fieldwork.enums import ClashState, HelpState, Perm, VisitState
from gonghui.fieldwork.models import Clash, HelpRequest, Visit
from gonghui.fieldwork.selectors import values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 50


def inbox(actor: Actor) -> list[Item]:
    """Items for those who may act on them."""
    return [*_helps(actor), *_clashes(actor), *_visits(actor)]


def _helps(actor: Actor) -> list[Item]:
    if not actor.may(Perm.HELP_ANSWER):
        return []
    days = timedelta(days=values.number("fieldwork.follow_up_help_days", clock.today()))
    rows = HelpRequest.objects.filter(actor.within(Perm.HELP_ANSWER, "employer__union"), state=HelpState.OPEN).select_related(
        "employer__union"
    )
    return [
        Item(f"help:{r.pk}", "fieldwork.help", "工建指导员求助", f"{r.employer.name}：{r.words[:40]}", reverse("fieldwork:helps"), r.employer.union.name, r.asked_at.date() + days)
        for r in rows.order_by("asked_at")[:MOST]
    ]  # fmt: skip


def _clashes(actor: Actor) -> list[Item]:
    if not actor.may(Perm.CLASH_SETTLE):
        return []
    rows = Clash.objects.filter(actor.within_path(Perm.CLASH_SETTLE, "org_path"), state=ClashState.OPEN).select_related("employer")
    return [
        Item(f"clash:{r.pk}", "fieldwork.clash", "同步冲突", f"{r.employer.name if r.employer else '现场入会'}：{r.get_kind_display()}", reverse("fieldwork:clash", args=[r.pk]))
        for r in rows.order_by("opened_at")[:MOST]
    ]  # fmt: skip


def _visits(actor: Actor) -> list[Item]:
    if actor.user_id is None or not actor.may(Perm.VISIT_EDIT):
        return []
    rows = Visit.objects.filter(user_id=actor.user_id, state=VisitState.PLANNED, planned_on__lte=clock.today()).select_related(
        "employer__union"
    )
    return [
        Item(f"visit:{r.pk}", "fieldwork.visit", "上门走访", f"{r.employer.name}：{r.get_purpose_display()}", reverse("fieldwork:visit", args=[r.pk]), r.employer.union.name, r.planned_on)
        for r in rows.order_by("planned_on")[:MOST]
    ]  # fmt: skip
