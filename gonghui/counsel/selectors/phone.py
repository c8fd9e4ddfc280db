"""Reads of the person at the phone (职工端查询): only what is the own, found through the keyed index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.counsel.enums import AppointmentState, GatheringState, HandoverState, RiskState
from gonghui.counsel.models import Appointment, Client, Counsellor, Gathering, Handover, Risk, Seat
from gonghui.counsel.selectors import common, desk, vault

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def counsellors(actor: Actor) -> QuerySet[Any]:
    """Counsellors the person can go to (可以约的咨询师), never the own account."""
    rows = Counsellor.objects.filter(until=None, union__path__in=common.places(actor.person_id or 0)).select_related("union")
    rows = rows.filter(Q(certificate_until=None) | Q(certificate_until__gte=clock.today()))
    return desk.next_free(rows.exclude(user__person_id=actor.person_id)).order_by("next_at", "name")


def counsellor_get(actor: Actor, pk: int) -> Any:
    """One of them, or 404."""
    row = counsellors(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def mine(actor: Actor) -> QuerySet[Appointment]:
    """The own sessions, the next first (我的安排)."""
    client = common.client_of(actor)
    rows = Appointment.objects.filter(client=client.pk if client is not None else None)
    return rows.select_related("slot", "counsellor__union", "client").order_by("-slot__starts_at", "-pk")


def mine_get(actor: Actor, code: str) -> Appointment:
    """One own session by its code, or 404."""
    row = mine(actor).filter(code=code).first()
    if row is None:
        raise NotFound()
    return row


@dataclass(frozen=True)
class Said:
    """One letter in clear (留言)."""

    side: str
    label: str
    text: str
    at: datetime


def letters(row: Appointment) -> list[Said]:
    """What was written about a session, opened: for the person whose it is, or behind a recorded look."""
    return [Said(x.side, x.get_side_display(), vault.unseal(x), x.at) for x in row.letters.all()]


def risks(row: Appointment) -> QuerySet[Risk]:
    """Flags that wait for the person's consent (等本人同意)."""
    return row.risks.filter(state=RiskState.RAISED).order_by("pk")


def handovers(client: Client) -> list[tuple[Handover, str]]:
    """Handovers that wait for the person, with the reason (等本人答复的转介)."""
    rows = client.handovers.filter(state=HandoverState.ASKED).select_related("giver", "taker")
    return [(h, vault.unseal(h)) for h in rows]


def gatherings(actor: Actor) -> QuerySet[Any]:
    """Activities open to the person, with whether one is signed up (人文关怀活动)."""
    client = common.client_of(actor)
    seat = Seat.objects.filter(gathering=OuterRef("pk"), client=client.pk if client is not None else None, left_at=None)
    rows = Gathering.objects.filter(union__path__in=common.places(actor.person_id or 0)).exclude(state=GatheringState.CANCELLED)
    recent = clock.now() - timedelta(days=common.number("rating_days"))
    return rows.filter(starts_at__gte=recent).select_related("union").annotate(inside=Exists(seat)).order_by("starts_at", "pk")


def gathering_get(actor: Actor, pk: int) -> Any:
    """One of them, or 404."""
    row = gatherings(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def used_this_year(client: Client) -> int:
    """Sessions of the year that count: booked, held, missed, or given back too late (已用次数)."""
    rows = client.appointments.filter(slot__starts_at__year=clock.today().year)
    return rows.filter(~Q(state=AppointmentState.CANCELLED) | Q(late=True)).count()


def rating_open(since: datetime, union: Any) -> bool:
    """Is it after the thing and within the days of the rule (能不能评价)? Source: policy counsel.rating_days."""
    return since <= clock.now() <= since + timedelta(days=common.number("rating_days", union))
