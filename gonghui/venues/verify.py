"""Checks on the live data (核验)."""

from __future__ import annotations

from collections.abc import Callable, Generator

from django.db.models import Count, F, Q

from gonghui.venues.enums import CopyState
from gonghui.venues.models import Copy, Slot


def slots() -> Generator[str, None, int]:
    """Places taken are the reservations that hold them."""
    rows = Slot.objects.annotate(n=Count("reservations", filter=Q(reservations__state="booked")))
    for slot in rows.exclude(taken=F("n"))[:100]:
        yield f"时段 {slot.pk} 记着约出 {slot.taken}，有效预约是 {slot.n}。"
    return Slot.objects.count()


def copies() -> Generator[str, None, int]:
    """A copy is out exactly when one loan is open."""
    rows = Copy.objects.annotate(n=Count("loans", filter=Q(loans__ended_on=None)))
    for copy in rows.filter(Q(state=CopyState.LENT) & ~Q(n=1) | ~Q(state=CopyState.LENT) & Q(n__gt=0))[:100]:
        yield f"图书 {copy.number} 的状态和借阅记录对不上。"
    return Copy.objects.count()


CHECKS: list[tuple[str, str, Callable[[], Generator[str, None, int]]]] = [
    ("VEN-01", "场地时段的约出数等于有效预约数", slots),
    ("VEN-02", "借出的图书各有一条未了结的借阅", copies),
]
