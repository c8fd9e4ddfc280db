"""What of the member services waits for me (待办)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.core import clock
from gonghui.services.enums import ActivityState, EventState, IssueState, Perm, VisitState
from gonghui.services.models import Bout, EventIssue, HealthSession, HealthVisit

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def inbox(actor: Actor) -> Iterator[Source]:
    """Sessions that are over and whose attendance is not recorded; bouts whose day has passed without a result; open issues of an event."""
    if actor.may(Perm.HEALTH_ATTEND):
        open_ = HealthVisit.objects.filter(session=OuterRef("pk"), state=VisitState.BOOKED)
        rows = HealthSession.objects.filter(Exists(open_), actor.within(Perm.HEALTH_ATTEND, "plan__union"), starts_at__lt=clock.now())
        yield Source(rows.select_related("plan__union").order_by("starts_at", "pk"), _session)
    if actor.may(Perm.ACTIVITY_EDIT):
        late = Bout.objects.filter(actor.within(Perm.ACTIVITY_EDIT, "activity__union"), activity__state=ActivityState.DRAWN)
        late = late.filter(on__lt=clock.today(), played_at=None, home__isnull=False, away__isnull=False)
        yield Source(late.select_related("activity__union", "home", "away").order_by("on", "pk"), _bout)
    if actor.may(Perm.EVENT_RUN):
        issues = EventIssue.objects.filter(
            actor.within(Perm.EVENT_RUN, "plan__union"), state=IssueState.OPEN, plan__state=EventState.RUNNING
        )
        yield Source(issues.select_related("plan__union").order_by("due_at", "pk"), _issue)


def _session(row: HealthSession) -> Item:
    title = f"{row.plan.title}：{row.hospital}的到检情况没有登记完"
    return Item(
        f"services.session:{row.pk}", "services.session", "到检登记", title, reverse("services:desk", args=[row.pk]), org=row.plan.union.name,
        due=row.starts_at.date(), since=row.starts_at,
    )  # fmt: skip


def _bout(row: Bout) -> Item:
    title = f"{row.activity.title}：{row.home}对{row.away}没有登记成绩"
    url: Any = reverse("services:activity", args=[row.activity_id]) + f"#b{row.pk}"
    return Item(f"services.bout:{row.pk}", "services.bout", "比赛成绩", title, url, org=row.activity.union.name, due=row.on)


def _issue(row: EventIssue) -> Item:
    url: Any = reverse("services:event", args=[row.plan_id]) + f"#i{row.pk}"
    return Item(
        f"services.issue:{row.pk}", "services.issue", "保障问题", f"{row.plan.title}：{row.words}", url, org=row.plan.union.name, due=row.due_at.date(),
        since=row.made_at,
    )  # fmt: skip
