"""Bookings on a worker's timeline (职工动态里的预约, S051)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gonghui.booking.enums import Perm
from gonghui.booking.models import Booking
from gonghui.members.lines import Line, register

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 100


def lines(actor: Actor, person_id: int, own: bool) -> Iterator[Line]:
    """What the person has booked, newest first; an officer sees bookings of the items in scope."""
    rows = Booking.objects.filter(person_id=person_id)
    rows = rows if own else rows.filter(actor.within(Perm.BOOKING_VIEW, "item__union"))
    for row in rows.select_related("item").order_by("-booked_at", "-pk")[:MOST]:
        yield Line(row.booked_at, f"预约{row.item.name}", row.get_state_display(), row.ended_why if own else "")


def plug() -> None:
    """Register with members."""
    register("booking", "预约", perm=Perm.BOOKING_VIEW, rows=lines)
