"""Check-in (核销): at the door with a network, or offline with the lists of several scanners merged later (BK-10).

The earliest scan of a ticket uses it, whichever list arrives first; every other scan is kept and reported as a repeat.
The same line sent twice is one line (device and serial).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.booking.enums import BookingState, Perm, ScanOutcome
from gonghui.booking.models import Bar, Booking, ScanLog, Session
from gonghui.booking.services import lives, tickets
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_LINES = 5000
LATE = (BookingState.NOSHOW, BookingState.UNUSED)


@dataclass(frozen=True, slots=True)
class Scan:
    """One line of a scanner (一次扫码). Args: serial the scanner's own running number; at the scanner's clock."""

    code: str
    serial: str
    at: datetime


@transaction.atomic
def scan(*, actor: Actor, session: Session, code: str, device: str, serial: str, at: datetime | None = None) -> ScanLog:
    """One scan at the door (扫码核销). Raises: NotFound, NotPermitted."""
    return merge(actor=actor, session=session, device=device, scans=[Scan(code, serial, at or clock.now())], offline=False)[0]


@transaction.atomic
def merge(*, actor: Actor, session: Session, device: str, scans: Sequence[Scan], offline: bool = True) -> list[ScanLog]:
    """The list of one scanner (合并离线核销), in the order given; sent again it changes nothing. Nothing is lost.

    Raises: NotPermitted; BadInput booking.too_many_scans.
    """
    actor.require(Perm.CHECK_IN, session.item.union)
    if len(scans) > MOST_LINES or not device or len(device) > 40:
        raise BadInput("booking.too_many_scans", f"一次最多上传 {MOST_LINES} 条，请分批上传。")
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    known = {s.serial: s for s in ScanLog.objects.filter(device=device, serial__in=[s.serial[:40] for s in scans])}
    out: list[ScanLog] = []
    for line in scans:
        row = known.get(line.serial[:40])
        if row is None:
            row = known[line.serial[:40]] = _enter(actor, session, device, line, offline=offline)
        out.append(row)
    audit.record(actor, "booking.scan.merged", session, org_path=session.item.union.path, device=device, lines=len(scans))
    return out


def _enter(actor: Actor, session: Session, device: str, line: Scan, *, offline: bool) -> ScanLog:
    now = clock.now()
    at = min(line.at, now)  # a scanner's clock that runs ahead does not make its scans earlier than they came
    booking, outcome = _judge(session, line.code, at)
    row = ScanLog(
        booking=booking, session=session, code=line.code[:200], device=device, serial=line.serial[:40], scanned_at=at, received_at=now,
        offline=offline, outcome=outcome, actor=actor.ref,
    )  # fmt: skip
    if booking is not None and outcome == ScanOutcome.USED:
        _use(booking, at)
    row.save()
    return row


def _judge(session: Session, code: str, at: datetime) -> tuple[Booking | None, ScanOutcome]:
    """Which booking it is and what the scan comes to; an earlier scan of a used ticket takes its place."""
    read = tickets.read(code)
    if read is None:
        return None, ScanOutcome.INVALID
    found = Booking.objects.select_for_update(of=("self",), no_key=True).select_related("item__union", "session")
    booking = found.filter(code=read.booking).first()
    if booking is None:
        return None, ScanOutcome.INVALID
    if booking.session_id != session.pk:
        return booking, ScanOutcome.WRONG_SESSION
    if booking.valid_until is not None and at.astimezone(clock.SHANGHAI).date() > booking.valid_until:
        return booking, ScanOutcome.EXPIRED
    if booking.state == BookingState.USED:
        return booking, _against(booking, at)
    if booking.state == BookingState.TICKETED or booking.state in LATE:
        return booking, ScanOutcome.USED
    return booking, ScanOutcome.WRONG_STATE


def _against(booking: Booking, at: datetime) -> ScanOutcome:
    """A second scan: if it is the earlier one, the first list's scan becomes the repeat."""
    first = ScanLog.objects.select_for_update().filter(booking=booking, outcome=ScanOutcome.USED).first()
    if first is None or first.scanned_at <= at:
        return ScanOutcome.DUPLICATE
    ScanLog.objects.filter(pk=first.pk).update(outcome=ScanOutcome.DUPLICATE)
    return ScanOutcome.USED


def _use(booking: Booking, at: datetime) -> None:
    if booking.state == BookingState.USED:
        Booking.objects.filter(pk=booking.pk).update(used_at=at)
        return
    if booking.state in LATE:  # the scanner was offline when the no-show was noted: that bar has no ground any more
        Bar.objects.filter(booking=booking, lifted_at=None).update(
            lifted_at=clock.now(), lifted_by="system:booking", lifted_why="离线核销记录证明已到场"
        )
    lives.move(booking, BookingState.USED, used_at=at, ended_at=clock.now())
