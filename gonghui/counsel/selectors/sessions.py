"""Reads of the counsellor (咨询师的查询): own appointments only, whatever else the account may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.counsel.enums import AppointmentState, HandoverState, Perm
from gonghui.counsel.models import Appointment, Counsellor, Hour

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABS = (("", "接下来"), ("write", "待写记录"), ("past", "以往"), ("cancelled", "已取消"))


def me(actor: Actor) -> Counsellor | None:
    """The counsellor behind an account that still holds the role (咨询师本人)."""
    if actor.user_id is None or not actor.may(Perm.SESSION_HOLD):
        return None
    row = Counsellor.objects.filter(user=actor.user_id).select_related("union").first()
    return row if row is not None and actor.may(Perm.SESSION_HOLD, row.union) else None


def me_or_404(actor: Actor) -> Counsellor:
    """As `me`, or 404."""
    row = me(actor)
    if row is None:
        raise NotFound()
    return row


def appointments(*, actor: Actor, tab: str = "", q: str = "", topic: str = "") -> QuerySet[Appointment]:
    """The own appointments (我的咨询)."""
    mine = me(actor)
    rows = Appointment.objects.filter(counsellor=mine.pk if mine is not None else None)
    rows = rows.select_related("slot", "client", "counsellor__union").annotate(written=Count("records"))
    rows = rows.filter(Q(client__alias__icontains=q) | Q(code=q)) if q else rows
    rows = rows.filter(topic=topic) if topic else rows
    if tab == "write":
        return rows.filter(_to_write()).order_by("slot__starts_at")
    if tab == "past":
        return rows.filter(slot__starts_at__lte=clock.now()).exclude(state=AppointmentState.CANCELLED).order_by("-slot__starts_at")
    if tab == "cancelled":
        return rows.filter(state=AppointmentState.CANCELLED).order_by("-slot__starts_at")
    return rows.filter(slot__starts_at__gt=clock.now(), state=AppointmentState.BOOKED).order_by("slot__starts_at")


def _to_write() -> Q:
    over = Q(state=AppointmentState.BOOKED, slot__starts_at__lte=clock.now())
    return over | Q(state=AppointmentState.HELD, records=None, client__erased_on=None)


def waiting(actor: Actor) -> QuerySet[Appointment]:
    """Sessions that are over and not put down (待记录)."""
    return appointments(actor=actor, tab="write")


def appointment_get(*, actor: Actor, pk: int) -> Any:
    """One own appointment, or 404."""
    mine = me(actor)
    rows = Appointment.objects.select_related("slot", "client", "counsellor__union").annotate(written=Count("records"))
    row = rows.filter(pk=pk, counsellor=mine.pk).first() if mine is not None else None
    if row is None:
        raise NotFound()
    return row


def hours(counsellor: Counsellor) -> QuerySet[Hour]:
    """The weekly times (接待时间)."""
    return counsellor.hours.order_by("weekday", "begins")


def slots(counsellor: Counsellor) -> QuerySet[Any]:
    """Slots still to come, with whether they are taken (可约时段)."""
    live = Count("appointments", filter=~Q(appointments__state=AppointmentState.CANCELLED))
    return counsellor.slots.filter(starts_at__gt=clock.now()).annotate(booked=live).order_by("starts_at")


def free(counsellor: Counsellor) -> QuerySet[Any]:
    """Slots somebody can still book (还能约的时段)."""
    return slots(counsellor).filter(closed=False, booked=0)


def partners(counsellor: Counsellor) -> QuerySet[Counsellor]:
    """Other counsellors of the same federation or below it who can take somebody over (可以转给谁)."""
    rows = Counsellor.objects.filter(until=None, union__path__startswith=counsellor.union.path[:4])
    return rows.exclude(pk=counsellor.pk).order_by("name")


def handover_open(row: Appointment) -> bool:
    """Does a handover of this person wait for an answer?"""
    return row.client.handovers.filter(giver=row.counsellor, state=HandoverState.ASKED).exists()
