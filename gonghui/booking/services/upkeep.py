"""Timed work (定时任务): what is over ends, who is next is offered, who did not come is noted, who comes is reminded.

Each piece of work is a transaction of its own and safe to run twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from gonghui.accounts.actor import Actor
from gonghui.booking.enums import BarKind, BookingState
from gonghui.booking.models import Booking, Session
from gonghui.booking.services import bars, demand, line, lives, policy_values, waiting
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.notices import services as notices

SYSTEM = Actor.system("booking")
GRACE = timedelta(hours=12)
"""An offline scanner has so long to bring its list before a no-show is noted."""


def expire() -> dict[str, int]:
    """Holds and payments that are over, lines that are closed, places that somebody waits for (每分钟)."""
    now, ended, offered = clock.now(), 0, 0
    due = Q(state=BookingState.HELD, held_until__lte=now) | Q(state=BookingState.UNPAID, pay_until__lte=now)
    for booking in Booking.objects.filter(due).order_by("pk")[:5000]:
        ended += lives.expire(actor=SYSTEM, booking=booking)
    for pk in Session.objects.filter(waiting__gt=0).values_list("pk", flat=True):
        offered += line.promote(session_id=pk)
    return {"ended": ended, "offered": offered, "closed": waiting.end_due(), "unmet": demand.flush()}


def no_shows() -> dict[str, int]:
    """Tickets nobody used (未到场、到期未用), with the bar that follows. Source: policy booking.no_show_months, booking.unused_months."""
    now, count = clock.now(), 0
    over = Q(item__valid_days=0, session__ends_at__lt=now - GRACE) | Q(item__valid_days__gt=0, valid_until__lt=clock.today())
    for pk in list(Booking.objects.filter(over, state=BookingState.TICKETED).order_by("pk").values_list("pk", flat=True)[:5000]):
        count += _missed(pk)
    return {"missed": count}


@transaction.atomic
def _missed(pk: int) -> int:
    found = Booking.objects.select_for_update(of=("self",), no_key=True).select_related("item__union", "session")
    booking = found.get(pk=pk)
    if booking.state != BookingState.TICKETED:
        return 0
    unused = booking.item.valid_days > 0
    to, kind = (BookingState.UNUSED, BarKind.UNUSED) if unused else (BookingState.NOSHOW, BarKind.NOSHOW)
    day = booking.valid_until if unused and booking.valid_until else booking.session.ends_at.astimezone(clock.SHANGHAI).date()
    try:
        lives.move(booking, to, ended_at=clock.now(), ended_why="到期没有使用" if unused else "没有到场")
    except Conflict:
        return 0
    made = bars.for_booking(SYSTEM, booking, kind, day)
    if made is not None:
        notices.notice_send(
            SYSTEM,
            kind="reminder",
            title=f"{booking.item.name}：{booking.get_state_display()}"[:80],
            body=f"{made.reason}。有特殊情况可以申诉。",
            link="/m/booking/mine/",
            persons=[booking.person_id],
            once=f"booking-missed-{pk}",
        )
    audit.record(SYSTEM, f"booking.booking.{to}", booking, org_path=booking.item.union.path, bar=made.pk if made else None)
    return 1


def remind() -> dict[str, int]:
    """Tell members before their session begins (开始前提醒), once. Source: policy booking.remind_minutes."""
    now = clock.now()
    until = now + timedelta(minutes=max(policy_values.number("booking.remind_minutes"), 24 * 60))
    due = Booking.objects.filter(
        state=BookingState.TICKETED, reminded_at=None, session__starts_at__gt=now, session__starts_at__lte=until, item__valid_days=0
    ).select_related("item", "session")
    count = 0
    for booking in due.order_by("pk")[:5000]:
        count += _remind(booking)
    return {"reminded": count}


@transaction.atomic
def _remind(booking: Booking) -> int:
    if not Booking.objects.filter(pk=booking.pk, reminded_at=None).update(reminded_at=clock.now()):
        return 0
    starts = booking.session.starts_at.astimezone(clock.SHANGHAI)
    place = booking.session.place or booking.item.place
    notices.notice_send(
        SYSTEM,
        kind="reminder",
        title=f"别忘了：{booking.item.name}"[:80],
        body=f"{starts:%m月%d日 %H:%M} {booking.session.label}，地点 {place or '见项目说明'}。来不了请先取消，让给候补的工友。",
        link="/m/booking/mine/",
        persons=[booking.person_id],
        once=f"booking-remind-{booking.pk}",
    )
    return 1


def results() -> dict[str, Any]:
    """All timed work at once (tests, demo)."""
    return {**expire(), **no_shows(), **remind()}
