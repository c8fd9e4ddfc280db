"""What waits in field work (待办): help asked for, conflicts, visits that are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.core import clock
from gonghui.fieldwork.enums import ClashState, HelpState, Perm, VisitState
from gonghui.fieldwork.models import Clash, HelpRequest, Visit
from gonghui.fieldwork.selectors import values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 50


def inbox(actor: Actor) -> Iterator[Source]:
    """Rows for those who may act on them."""
    if actor.may(Perm.HELP_ANSWER):
        days = timedelta(days=values.number("fieldwork.follow_up_help_days", clock.today()))
        asked = HelpRequest.objects.filter(actor.within(Perm.HELP_ANSWER, "employer__union"), state=HelpState.OPEN)
        yield Source(asked.select_related("employer__union").order_by("asked_at"), lambda r: _help(r, r.asked_at.date() + days), MOST)
    if actor.may(Perm.CLASH_SETTLE):
        open_ = Clash.objects.filter(actor.within_path(Perm.CLASH_SETTLE, "org_path"), state=ClashState.OPEN)
        yield Source(open_.select_related("employer").order_by("opened_at"), _clash, MOST)
    if actor.user_id is not None and actor.may(Perm.VISIT_EDIT):
        due = Visit.objects.filter(user_id=actor.user_id, state=VisitState.PLANNED, planned_on__lte=clock.today())
        yield Source(due.select_related("employer__union").order_by("planned_on"), _visit, MOST)


def _help(r: HelpRequest, due: date) -> Item:
    title = f"{r.employer.name}：{r.words[:40]}"
    return Item(f"help:{r.pk}", "fieldwork.help", "工建指导员求助", title, reverse("fieldwork:helps"), r.employer.union.name, due)


def _clash(r: Clash) -> Item:
    title = f"{r.employer.name if r.employer else '现场入会'}：{r.get_kind_display()}"
    return Item(f"clash:{r.pk}", "fieldwork.clash", "同步冲突", title, reverse("fieldwork:clash", args=[r.pk]))


def _visit(r: Visit) -> Item:
    title, url = f"{r.employer.name}：{r.get_purpose_display()}", reverse("fieldwork:visit", args=[r.pk])
    return Item(f"visit:{r.pk}", "fieldwork.visit", "上门走访", title, url, r.employer.union.name, r.planned_on)
