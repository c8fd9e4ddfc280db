"""Hours of a point and the places in them (场地时段和预约): a conditional update and two constraints, nothing else decides."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.members.selectors import members
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.venues.enums import Perm, ReservationState, VenueState
from gonghui.venues.models import Reservation, Slot, Venue
from gonghui.venues.rules import hours
from gonghui.venues.selectors import common
from gonghui.venues.services.care import me

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_DAYS, MOST_SLOTS = 31, 400


@transaction.atomic
def slots_make(*, actor: Actor, venue: Venue, since: date, until: date, minutes: int, capacity: int) -> int:
    """Open slots over the opening hours of these days (开放时段); a slot that exists stays as it is."""
    actor.require(Perm.VENUE_EDIT, venue.union)
    if not clock.today() <= since <= until < since + timedelta(days=MOST_DAYS) or not 15 <= minutes <= 720 or not 1 <= capacity <= 2000:
        raise BadInput("venues.slots", f"日期从今天起，最多 {MOST_DAYS} 天；每段 15 至 720 分钟，容量 1 至 2000 人。")
    if venue.state != VenueState.OPEN:
        raise Conflict("venues.not_open", "阵地没有正常开放，不能开放时段。")
    special = {e.on: e for e in venue.exceptions.all()}
    rows = []
    for n in range((until - since).days + 1):
        day = since + timedelta(days=n)
        span = hours.span_of(venue.hours, day.weekday())
        if day in special:
            row = special[day]
            span = (row.opens, row.closes) if row.opens is not None and row.closes is not None else None
        if span is None:
            continue
        start = datetime.combine(day, time(), tzinfo=clock.SHANGHAI)
        rows += [
            Slot(venue=venue, starts_at=start + timedelta(minutes=m), ends_at=start + timedelta(minutes=m + minutes), capacity=capacity)
            for m in range(span[0], span[1] - minutes + 1, minutes)
        ]
    if len(rows) > MOST_SLOTS:
        raise BadInput("venues.slots_many", f"一次最多开 {MOST_SLOTS} 个时段，请缩短日期或拉长时段。")
    held = set(Slot.objects.filter(venue=venue, starts_at__in=[r.starts_at for r in rows]).values_list("starts_at", flat=True))
    made = Slot.objects.bulk_create([r for r in rows if r.starts_at not in held])
    audit.record(actor, "venues.slot.opened", venue, org_path=venue.union.path, count=len(made), since=since, until=until)
    return len(made)


@transaction.atomic
def slot_drop(*, actor: Actor, slot: Slot, reason: str) -> None:
    """Take a slot back (取消时段): whoever had a place is told why."""
    actor.require(Perm.VENUE_EDIT, slot.venue.union)
    if len(reason.strip()) < 2:
        raise RuleViolation("venues.slot_reason", "请写取消的原因，已约的人会收到通知。")
    booked = list(Reservation.objects.filter(slot=slot, state=ReservationState.BOOKED).values_list("person_id", flat=True))
    Reservation.objects.filter(slot=slot, state=ReservationState.BOOKED).update(state=ReservationState.CANCELLED, cancelled_at=clock.now())
    Slot.objects.filter(pk=slot.pk).update(taken=0, capacity=0)
    audit.record(actor, "venues.slot.cancelled", slot, org_path=slot.venue.union.path, count=len(booked), reason=reason[:200])
    if booked:
        at = slot.starts_at.astimezone(clock.SHANGHAI)
        title = f"{slot.venue.name} {at:%m月%d日 %H:%M} 的预约取消了"
        notices.notice_send(actor, kind=NoticeKind.RESULT, title=title, body=reason.strip()[:300], link="/m/venues/mine/", persons=booked)


@transaction.atomic
def reserve(*, actor: Actor, slot: Slot) -> Reservation:
    """A member takes a place (预约场地).

    Raises: RuleViolation venues.members_only, venues.slots_a_day; Conflict venues.full, venues.begun, venues.reserved, venues.not_open.
    Source: policy venues.slots_a_day.
    """
    person = me(actor)
    if members.mine(person) is None:
        raise RuleViolation("venues.members_only", "入会后才能预约场地。会员免费，入会最多填五项。")
    venue = Venue.objects.select_for_update().get(pk=slot.venue_id)  # one person's places of a day are counted one after the other
    if venue.state != VenueState.OPEN:
        raise Conflict("venues.not_open", f"{venue.name}现在{VenueState(venue.state).label}，不能预约。")
    mine = Reservation.objects.filter(slot__venue=venue, person=person, state=ReservationState.BOOKED)
    if mine.filter(slot=slot).exists():
        raise Conflict("venues.reserved", "您已经约了这个时段。")
    day = slot.starts_at.astimezone(clock.SHANGHAI).date()
    most = common.number("venues.slots_a_day", day)
    if sum(1 for r in mine.select_related("slot") if r.slot.starts_at.astimezone(clock.SHANGHAI).date() == day) >= most:
        raise RuleViolation("venues.slots_a_day", f"同一处一天最多约 {most} 个时段，您那天已经约好了。", most=most)
    if not Slot.objects.filter(pk=slot.pk, taken__lt=F("capacity"), starts_at__gt=clock.now()).update(taken=F("taken") + 1):
        slot.refresh_from_db()
        if slot.starts_at <= clock.now():
            raise Conflict("venues.begun", "这个时段已经开始，不能再约。")
        raise Conflict("venues.full", "这个时段约满了，请选别的时段。")
    try:
        with transaction.atomic():
            made = Reservation.objects.create(slot=slot, person_id=person, at=clock.now())
    except IntegrityError:
        raise Conflict("venues.reserved", "您已经约了这个时段。") from None
    audit.record(actor, "venues.reservation.booked", made, org_path=venue.union.path)
    return made


@transaction.atomic
def cancel(*, actor: Actor, reservation: Reservation) -> Reservation:
    """Give the place back before it begins (取消预约)."""
    if reservation.person_id != me(actor):
        raise Conflict("venues.not_mine", "这不是您的预约。")
    if reservation.slot.starts_at <= clock.now():
        raise Conflict("venues.begun", "时段已经开始，不能取消。")
    moved = Reservation.objects.filter(pk=reservation.pk, state=ReservationState.BOOKED).update(
        state=ReservationState.CANCELLED, cancelled_at=clock.now()
    )
    if not moved:
        raise Conflict("venues.cancelled", "这个预约已经取消过。")
    Slot.objects.filter(pk=reservation.slot_id, taken__gt=0).update(taken=F("taken") - 1)
    reservation.refresh_from_db()
    audit.record(actor, "venues.reservation.cancelled", reservation, org_path=reservation.slot.venue.union.path)
    return reservation
