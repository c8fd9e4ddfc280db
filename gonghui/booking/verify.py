"""Checks of booking for `gonghui verify` (核验)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

from django.db.models import Count, F, Q

from gonghui.booking.enums import LIVE, TAKING, BookingState, ScanOutcome, WaitState
from gonghui.booking.models import Booking, Claim, Quota, ScanLog, Session, Waiting


def counters() -> Generator[str, None, int]:
    """BK-01: every quota's counter equals the bookings that count in it, and none is above its size."""
    counted: Counter[int] = Counter()
    for text in Booking.objects.filter(state__in=TAKING).values_list("quotas", flat=True).iterator(chunk_size=5000):
        counted.update(int(pk) for pk in text.split(",") if pk)
    checked = 0
    for pk, size, taken, over in Quota.objects.values_list("pk", "size", "taken", "over").iterator(chunk_size=5000):
        checked += 1
        if taken != counted.pop(pk, 0):
            yield f"名额 {pk} 记着已占 {taken}，与预约记录不符。"
        if taken > size and not over:
            yield f"名额 {pk} 共 {size} 份，已占 {taken} 份，超额。"
    yield from (f"名额 {pk} 不存在，却有 {n} 次预约占用。" for pk, n in counted.items())
    return checked


def rights() -> Generator[str, None, int]:
    """BK-02: a live booking holds its rights; one that gave its place back holds at most the right of its day."""
    bare = Booking.objects.filter(state__in=LIVE, claims=None)
    yield from (f"预约 {code} 有效，却没有占用任何权利。" for code in bare.values_list("code", flat=True)[:1000])
    given = Claim.objects.filter(booking__state__in=[BookingState.CANCELLED, BookingState.TRANSFERRED])
    yield from (f"预约 {code} 已取消或转让，权利没有还回。" for code in given.values_list("booking__code", flat=True).distinct()[:1000])
    expired = Claim.objects.filter(booking__state=BookingState.EXPIRED).exclude(
        Q(scope__startswith="day:") | Q(scope__startswith="session:")
    )
    yield from (f"预约 {code} 已失效，权利没有还回。" for code in expired.values_list("booking__code", flat=True).distinct()[:1000])
    return Claim.objects.count()


def after_opening() -> Generator[str, None, int]:
    """BK-07: nothing was booked before its opening."""
    early = Booking.objects.filter(booked_at__lt=F("opens_at"))
    yield from (f"预约 {code} 早于开始预约的时间。" for code in early.values_list("code", flat=True)[:1000])
    return Booking.objects.count()


def lines() -> Generator[str, None, int]:
    """BK-06: the number who wait is the number on the list, and offers stand on held bookings."""
    held = dict(
        Waiting.objects.filter(state=WaitState.WAITING).values_list("session_id").annotate(n=Count("pk")).values_list("session_id", "n")
    )
    checked = 0
    for pk, waiting in Session.objects.values_list("pk", "waiting"):
        checked += 1
        if waiting != held.get(pk, 0):
            yield f"场次 {pk} 记着 {waiting} 人候补，名单上是 {held.get(pk, 0)} 人。"
    loose = Waiting.objects.filter(state=WaitState.OFFERED).exclude(booking__state=BookingState.HELD)
    yield from (f"候补 {pk} 已递补，预约却不是占位状态。" for pk in loose.values_list("pk", flat=True)[:1000])
    return checked


def used_once() -> Generator[str, None, int]:
    """BK-10: a ticket is used at most once, and a used one has a scan that says so."""
    twice = ScanLog.objects.filter(outcome=ScanOutcome.USED).values("booking").annotate(n=Count("pk")).filter(n__gt=1)
    yield from (f"预约 {row['booking']} 核销了 {row['n']} 次。" for row in twice)
    loose = ScanLog.objects.filter(outcome=ScanOutcome.USED).exclude(booking__state=BookingState.USED)
    yield from (f"核销记录 {pk} 的预约不是已使用。" for pk in loose.values_list("pk", flat=True)[:1000])
    return ScanLog.objects.count()


CHECKS = (
    ("BK-01", "名额计数等于预约记录，没有超额", counters),
    ("BK-02", "有效预约各占其权利", rights),
    ("BK-06", "候补人数与名单一致", lines),
    ("BK-07", "没有早于开始时间的预约", after_opening),
    ("BK-10", "一张票只用一次", used_once),
)
