"""Confirm, cancel, expire, transfer (确认、取消、失效、转让): every end gives the place and the rights back exactly once (BK-04).

The order of locks is the engine's: session, quotas, booking, claims, waiting line, audit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.booking import flows
from gonghui.booking.enums import BookingSource, BookingState, PaymentState, Perm, WaitState
from gonghui.booking.models import Booking, Claim, Payment, Waiting
from gonghui.booking.services import engine, line, policy_values
from gonghui.booking.services.board import Board
from gonghui.booking.services.wire import Wire
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FREEING = frozenset({BookingState.CANCELLED, BookingState.EXPIRED, BookingState.TRANSFERRED})


def mine(actor: Actor, booking: Booking) -> None:
    """The member, or an officer who manages bookings there. Raises NotFound."""
    if actor.person_id != booking.person_id:
        actor.require(Perm.BOOKING_MANAGE, booking.item.union)


def must_go(booking: Booking, to: str) -> None:
    """Raises: Conflict core.wrong_state when the life of a booking has no such step."""
    if not flows.BOOKING.allows(booking, to):
        label = flows.BOOKING.label
        message = f"这次预约现在是“{label(booking, booking.state)}”，不能变为“{label(booking, to)}”。请刷新后查看。"
        raise Conflict("core.wrong_state", message, seen=booking.state, to=str(to))


def locked(booking: Booking) -> tuple[Board, Booking]:
    """The session and its quotas locked, the booking as it is now."""
    board = Board(Wire(), [booking.session_id])
    found = Booking.objects.select_for_update(of=("self",), no_key=True).select_related("item__union", "session")
    return board, found.get(pk=booking.pk)


def move(booking: Booking, to: str, **changes: Any) -> None:
    """Compare-and-set (推进). Raises: Conflict core.state_moved."""
    seen = booking.state
    if not Booking.objects.filter(pk=booking.pk, state=seen).update(state=to, **changes):
        raise Conflict("core.state_moved", "这次预约刚刚有了变化，您的操作没有生效。请刷新后查看。")
    booking.state = str(to)
    for name, value in changes.items():
        setattr(booking, name, value)


@transaction.atomic
def confirm(*, actor: Actor, booking: Booking) -> Booking:
    """The member keeps a held place (确认): a ticket, or a time to pay. Confirming twice is the same as once.

    Raises: NotFound; Conflict booking.hold_over, core.wrong_state.
    """
    mine(actor, booking)
    board, booking = locked(booking)
    if booking.state in {BookingState.UNPAID, BookingState.TICKETED}:
        return booking
    window, now = board.windows[booking.session_id], clock.now()
    to = BookingState.UNPAID if booking.price_fen else BookingState.TICKETED
    must_go(booking, to)
    if booking.held_until is not None and now >= booking.held_until:
        raise Conflict("booking.hold_over", f"确认时限已过（{engine.clock_text(booking.held_until)}），名额已让给下一位。")
    if to == BookingState.UNPAID:
        move(booking, to, held_until=None, pay_until=now + timedelta(minutes=window.pay_minutes or policy_values.pay_minutes()))
    else:
        move(booking, to, held_until=None, ticketed_at=now, valid_until=engine.valid_until(window, now))
    Waiting.objects.filter(booking=booking, state=WaitState.OFFERED).update(state=WaitState.TAKEN, ended_at=now)
    audit.record(actor, f"booking.booking.{to}", booking, org_path=booking.item.union.path)
    return booking


def cancel_deadline(booking: Booking) -> datetime:
    """Until when a ticket may be given back (最晚取消)."""
    return booking.session.starts_at - timedelta(hours=booking.item.cancel_hours)


@transaction.atomic
def cancel(*, actor: Actor, booking: Booking, why: str = "") -> Booking:
    """Give the place back (取消): the right is free again, the place goes to the first in line. Cancelling twice is as once.

    Raises: NotFound; RuleViolation booking.too_late; Conflict.
    """
    mine(actor, booking)
    board, booking = locked(booking)
    if booking.state == BookingState.CANCELLED:
        return booking
    must_go(booking, BookingState.CANCELLED)
    own = actor.person_id == booking.person_id
    if own and booking.state == BookingState.TICKETED and clock.now() > cancel_deadline(booking):
        message = f"最晚 {engine.clock_text(cancel_deadline(booking))} 可以取消，现在已经过了。来不了请联系主办工会。"
        raise RuleViolation("booking.too_late", message)
    return end(actor, board, booking, BookingState.CANCELLED, why or ("本人取消" if own else "工作人员取消"))


@transaction.atomic
def expire(*, actor: Actor, booking: Booking) -> bool:
    """A hold or a payment that is over (超时失效), exactly once however often it is called. Returns whether it ended now."""
    board, booking = locked(booking)
    limit = {BookingState.HELD: booking.held_until, BookingState.UNPAID: booking.pay_until}.get(BookingState(booking.state))
    if limit is None or clock.now() < limit:
        return False
    why = "超过确认时限" if booking.state == BookingState.HELD else "超过付款时限"
    kept = booking.state == BookingState.UNPAID and bool((booking.item.fair or {}).get("day_lost"))
    end(actor, board, booking, BookingState.EXPIRED, why, keep_day=kept)
    return True


def end(actor: Actor, board: Board, booking: Booking, to: BookingState, why: str, *, keep_day: bool = False) -> Booking:
    """End a booking and pass its place on, in one transaction. Args: keep_day: the right of the day is lost with it."""
    now = clock.now()
    move(booking, to, ended_at=now, ended_why=why[:120], held_until=booking.held_until)
    board.give_back(int(pk) for pk in booking.quotas.split(",") if pk)
    board.write()
    rights = Claim.objects.filter(booking=booking)
    (rights.exclude(scope__startswith="day:").exclude(scope__startswith="session:") if keep_day else rights).delete()
    _settle_payments(booking, now)
    waits = Waiting.objects.filter(booking=booking, state=WaitState.OFFERED)
    waits.update(state=WaitState.LAPSED if to == BookingState.EXPIRED else WaitState.LEFT, ended_at=now)
    line.promote_on(board, board.windows[booking.session_id], now)
    audit.record(actor, f"booking.booking.{to}", booking, org_path=booking.item.union.path, why=why)
    return booking


def _settle_payments(booking: Booking, now: datetime) -> None:
    """What was paid is to be given back; what was not is closed."""
    Payment.objects.filter(booking=booking, state=PaymentState.PAID).update(state=PaymentState.REFUND_DUE, ended_at=now)
    Payment.objects.filter(booking=booking, state=PaymentState.PENDING).update(state=PaymentState.FAILED, ended_at=now, note="预约已结束")


@transaction.atomic
def transfer(*, actor: Actor, booking: Booking, to: engine.Ask) -> Booking:
    """Hand a ticket to another member who may have it (转让): the same place, the other member's own rights.

    `to` comes from `granting.ask_of(standing, session, key=…, source=TRANSFER)`, so the rules have spoken for the receiver.
    Raises: NotFound; RuleViolation booking.not_transferable, or why the receiver may not; Conflict.
    """
    mine(actor, booking)
    board, booking = locked(booking)
    must_go(booking, BookingState.TRANSFERRED)
    if not booking.item.transferable:
        raise RuleViolation("booking.not_transferable", "这个项目不能转让。来不了请取消，名额会让给候补的工友。")
    if clock.now() > cancel_deadline(booking):
        raise RuleViolation("booking.too_late", f"最晚 {engine.clock_text(cancel_deadline(booking))} 可以转让，现在已经过了。")
    if to.person == booking.person_id or to.session != booking.session_id:
        raise NotFound()
    now = clock.now()
    move(booking, BookingState.TRANSFERRED, ended_at=now, ended_why="转让给其他会员")
    Claim.objects.filter(booking=booking).delete()
    board.give_back(int(pk) for pk in booking.quotas.split(",") if pk)
    to.source, to.replaces = BookingSource.TRANSFER, booking.pk
    answer = engine.Settlement([to], board).run()[0]
    if not answer.ok:
        raise RuleViolation(answer.code, f"对方现在不能接受：{answer.message}", **answer.facts)
    made = Booking.objects.get(pk=answer.facts["id"])
    if booking.price_fen:  # paid already: the money stays between the two
        Payment.objects.filter(booking=booking, state=PaymentState.PAID).update(booking=made)
        move(made, BookingState.TICKETED, ticketed_at=now, pay_until=None, valid_until=booking.valid_until)
    audit.record(actor, "booking.booking.transferred", booking, org_path=booking.item.union.path, to=made.code)
    return made
