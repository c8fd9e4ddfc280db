"""Checks and matches on a worker's timeline (职工动态里的体检和比赛, S051). That somebody was at a check is kept from the employer-paid level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gonghui.members.lines import Line, register
from gonghui.services.enums import Perm
from gonghui.services.models import Entry, HealthVisit

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 100


def checks(actor: Actor, person_id: int, own: bool) -> Iterator[Line]:
    """Checks the person booked or came to, never a result."""
    rows = HealthVisit.objects.filter(person_id=person_id)
    rows = rows if own else rows.filter(actor.within(Perm.HEALTH_VIEW, "union"))
    for row in rows.select_related("plan").order_by("-booked_at", "-pk")[:MOST]:
        yield Line(row.booked_at, row.plan.title, row.get_state_display())


def matches(actor: Actor, person_id: int, own: bool) -> Iterator[Line]:
    """Activities the person entered or led a team to."""
    rows = Entry.objects.filter(person_id=person_id)
    rows = rows if own else rows.filter(actor.within(Perm.ACTIVITY_VIEW, "activity__union"))
    for row in rows.select_related("activity").order_by("-made_at", "-pk")[:MOST]:
        yield Line(row.made_at, f"参加{row.activity.title}", row.name, "已退出" if row.withdrawn_at else "")


def plug() -> None:
    """Register with members."""
    register("health", "体检", perm=Perm.HEALTH_VIEW, rows=checks, sensitive=True)
    register("match", "文体活动", perm=Perm.ACTIVITY_VIEW, rows=matches)
