"""What waits for me (待办). An alias or a code, never a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.counsel.enums import Perm, RiskState
from gonghui.counsel.models import Appointment, Risk
from gonghui.counsel.selectors import sessions

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from gonghui.accounts.actor import Actor


def inbox(actor: Actor) -> Iterator[Source]:
    """Own sessions without a record; flags that two people must decide."""
    if actor.may(Perm.SESSION_HOLD):
        yield Source(sessions.waiting(actor), _session)
    if actor.may(Perm.RISK_DECIDE):
        yield Source(to_decide(actor), _risk)


def to_decide(actor: Actor) -> QuerySet[Risk]:
    """Flags of danger I have not spoken on (待核准)."""
    rows = Risk.objects.filter(actor.within(Perm.RISK_DECIDE, "appointment__counsellor__union"), state=RiskState.RAISED, level="danger")
    rows = rows.exclude(votes__user=actor.user_id).exclude(appointment__counsellor__user=actor.user_id)
    return rows.select_related("appointment__counsellor__union").order_by("due_at", "pk")


def _session(row: Appointment) -> Item:
    url = reverse("counsel:appointment", args=[row.pk])
    title = f"{row.code} 的咨询还没有登记"
    return Item(
        f"counsel.session:{row.pk}", "counsel.session", "咨询登记", title, url, org=row.counsellor.union.name, due=row.slot.starts_at.date()
    )


def _risk(row: Risk) -> Item:
    title, url = f"危机事项 {row.appointment.code}，等两人核准", reverse("counsel:risk", args=[row.pk])
    return Item(
        f"counsel.risk:{row.pk}", "counsel.risk", "危机核准", title, url, org=row.appointment.counsellor.union.name, due=row.due_at.date(), since=row.raised_at
    )  # fmt: skip
