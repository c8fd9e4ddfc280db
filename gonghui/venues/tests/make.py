"""Small factories of venues."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.core import clock
from gonghui.members.tests import make as members
from gonghui.venues.models import Loan, Slot, Venue
from gonghui.venues.services import library, points, slots

system = members.system
ALL_DAY = {str(n): [0, 1440] for n in range(7)}
SINCE = date(2025, 1, 6)


def venue(union: Any, kind: str = "rest", name: str = "暖心驿站", **more: Any) -> Venue:
    """A point, open day and night."""
    values: dict[str, Any] = {
        "address": "青石镇 1 号", "steward": "马晓燕", "phone": "0631-1234567", "hours": ALL_DAY, "facilities": ["water", "rest"], "opened_on": SINCE,
        "latitude_e6": 37_000_000, "longitude_e6": 122_000_000, "privacy_note": "门可反锁，不装摄像头", **more,
    }  # fmt: skip
    return points.venue_add(actor=system, union=union, kind=kind, name=name, **values)


def slot(place: Venue, capacity: int = 1) -> Slot:
    """The first slot of tomorrow; whole days in one piece are too long, so twelve hours each."""
    from datetime import timedelta

    day = clock.today() + timedelta(days=1)
    slots.slots_make(actor=system, venue=place, since=day, until=day, minutes=720, capacity=capacity)
    return Slot.objects.filter(venue=place).select_related("venue__union").order_by("starts_at")[0]


def books(place: Venue, copies: int = 2) -> list[str]:
    """Copies of one title: their numbers."""
    made = library.stock_in(
        actor=system, venue=place, on=clock.today(), amount_fen=9_000, source="本级经费", titles=[("平凡的世界", "路遥", "A1", copies)]
    )
    return list(made.rows.order_by("number").values_list("number", flat=True))


def loan(place: Venue, number: str, person: int) -> Loan:
    """A copy in somebody's hands."""
    made = library.lend(actor=system, venue=place, number=number, person_id=person)
    return Loan.objects.select_related("copy__book__venue__union").get(pk=made.pk)
