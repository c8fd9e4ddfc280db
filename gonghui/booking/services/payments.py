"""Paying (付款): gateways, and their messages in any order and any number (重放、乱序安全).

A message is stored once by its own number before it has an effect; what it can still do depends on the state it meets, and
money for a place that is gone becomes a refund that is due, never a ticket.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction

from gonghui.booking.enums import BookingState, PaymentState, Perm
from gonghui.booking.models import Booking, Payment, PaymentEvent
from gonghui.booking.services import engine, lives
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

PAID, FAILED, REFUNDED = "paid", "failed", "refunded"


@dataclass(frozen=True)
class Gateway:
    """A way to pay (支付渠道). `page` gives the address the member is sent to for a payment."""

    name: str
    label: str
    page: Callable[[Payment], str]


_gateways: dict[str, Gateway] = {}


def register(gateway: Gateway) -> None:
    """Add a gateway; the apps of an installation call it in `AppConfig.ready()`."""
    _gateways[gateway.name] = gateway


def gateways() -> list[Gateway]:
    """All ways to pay; the demo's own only in the demo and in tests."""
    return [g for g in _gateways.values() if g.name != "demo" or settings.DEMO or settings.TESTING or settings.DEBUG]


def sign(gateway: str, event: str, reference: str, kind: str, amount_fen: int) -> str:
    """The signature of a message of the demo gateway."""
    text = f"{gateway}|{event}|{reference}|{kind}|{amount_fen}"
    return hmac.new(str(settings.SECRET_KEY).encode(), b"booking.pay|" + text.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def start(*, actor: Actor, booking: Booking, gateway: str) -> Payment:
    """Begin to pay (发起付款); beginning twice gives the same payment. Raises: NotFound; Conflict booking.pay_over."""
    lives.mine(actor, booking)
    if gateway not in {g.name for g in gateways()}:
        raise BadInput("booking.no_gateway", "没有这种付款方式。")
    _board, booking = lives.locked(booking)
    live = Payment.objects.filter(booking=booking, state__in=[PaymentState.PENDING, PaymentState.PAID]).first()
    if live is not None:
        return live
    if booking.state != BookingState.UNPAID:
        raise Conflict("core.wrong_state", "这次预约现在不需要付款。请刷新后查看。")
    if booking.pay_until is not None and clock.now() >= booking.pay_until:
        raise Conflict("booking.pay_over", f"付款时限已过（{engine.clock_text(booking.pay_until)}），名额已收回。")
    made = Payment.objects.create(
        booking=booking,
        gateway=gateway,
        reference=f"P{secrets.token_hex(12)}",
        amount_fen=booking.price_fen,
        created_at=clock.now(),
    )
    audit.record(actor, "booking.payment.started", made, org_path=booking.item.union.path, amount_fen=made.amount_fen)
    return made


@transaction.atomic
def callback(*, actor: Actor, gateway: str, event: str, reference: str, kind: str, amount_fen: int) -> str:
    """A message of the gateway whose signature was checked (支付通知). Returns its effect.

    Raises: NotFound for an unknown reference; BadInput booking.wrong_amount.
    """
    payment = Payment.objects.filter(reference=reference, gateway=gateway).select_related("booking__item__union").first()
    if payment is None or kind not in {PAID, FAILED, REFUNDED}:
        raise NotFound()
    if amount_fen != payment.amount_fen:
        raise BadInput("booking.wrong_amount", "通知的金额与应付的不符，没有入账。", amount_fen=amount_fen)
    _board, booking = lives.locked(payment.booking)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    known = PaymentEvent.objects.filter(gateway=gateway, event=event).first()
    if known is not None:
        return known.effect
    effect = _effect(actor, payment, booking, kind)
    try:
        with transaction.atomic():
            PaymentEvent.objects.create(
                gateway=gateway, event=event, reference=reference, kind=kind, amount_fen=amount_fen, at=clock.now(), effect=effect
            )
    except IntegrityError as fault:
        raise Conflict("core.state_moved", "这条通知正在处理。") from fault
    audit.record(actor, f"booking.payment.{effect}", payment, org_path=booking.item.union.path, event=event)
    return effect


def _effect(actor: Actor, payment: Payment, booking: Booking, kind: str) -> str:
    """What a message does to what it meets (乱序也只有一个结果): refunded stays refunded, paid beats failed."""
    now = clock.now()
    if kind == REFUNDED:
        return _set(payment, PaymentState.REFUNDED, ended_at=now) if payment.state != PaymentState.REFUNDED else "ignored"
    if kind == FAILED:
        return (
            _set(payment, PaymentState.FAILED, ended_at=now, note="支付渠道未成功") if payment.state == PaymentState.PENDING else "ignored"
        )
    if payment.state in {PaymentState.PAID, PaymentState.REFUND_DUE, PaymentState.REFUNDED}:
        return "ignored"
    other = Payment.objects.filter(booking=booking, state=PaymentState.PAID).exclude(pk=payment.pk).exists()
    if booking.state == BookingState.UNPAID and not other:
        Payment.objects.filter(booking=booking, state=PaymentState.PENDING).exclude(pk=payment.pk).update(
            state=PaymentState.FAILED, ended_at=now, note="已用另一笔付款"
        )
        effect = _set(payment, PaymentState.PAID, paid_at=now)
        board, booking = lives.locked(booking)
        window = board.windows[booking.session_id]
        lives.move(
            booking, BookingState.TICKETED, ticketed_at=now, pay_until=booking.pay_until, valid_until=engine.valid_until(window, now)
        )
        return effect
    return _set(payment, PaymentState.REFUND_DUE, paid_at=now, note="名额已失效，款项退回")


def _set(payment: Payment, to: PaymentState, **changes: object) -> str:
    Payment.objects.filter(pk=payment.pk).update(state=to, **changes)
    payment.state = to
    return str(to)


@transaction.atomic
def refund_note(*, actor: Actor, payment: Payment) -> Payment:
    """An officer notes that a refund was paid out by hand (登记退款). Raises: Conflict."""
    actor.require(Perm.BOOKING_MANAGE, payment.booking.item.union)
    moved = Payment.objects.filter(pk=payment.pk, state=PaymentState.REFUND_DUE).update(state=PaymentState.REFUNDED, ended_at=clock.now())
    if not moved:
        raise Conflict("core.state_moved", "这笔款项不是待退款，请刷新后查看。")
    payment.refresh_from_db()
    audit.record(actor, "booking.payment.refunded", payment, org_path=payment.booking.item.union.path)
    return payment
