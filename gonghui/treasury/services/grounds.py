"""On what a payment stands (付款依据): a checked voucher or a plan that holds its budget, and never more than it gives. Source: AID-01."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, Sum

from gonghui.core import money
from gonghui.core.errors import BadInput, RuleViolation
from gonghui.finance.enums import VoucherState
from gonghui.treasury.enums import HoldState, PaymentState
from gonghui.treasury.models import Payment, Reservation
from gonghui.treasury.selectors import common

DEAD = (PaymentState.CANCELLED, PaymentState.FAILED)
MONEY_ACCOUNTS = ("101", "102")


def ground(union: Any, voucher: Any, source: str, amount_fen: int, *, without: int | None = None) -> None:
    """A payment stands on a checked voucher or on a plan with its reservation, and never above it (AID-01).

    Asked when it is requested or changed, and again whenever it moves towards the bank: the voucher may have been reversed meanwhile.
    """
    if type(amount_fen) is not int or not 0 < amount_fen <= money.LIMIT:
        raise BadInput("treasury.payment_amount", "付款金额要大于 0，按分计的整数。")
    if voucher is None and not source:
        raise RuleViolation("treasury.payment_ground", "付款要有依据：选一张已审核的凭证，或选一项已占用预算的计划。")
    hold = Reservation.objects.filter(union=union, source=source).exclude(state=HoldState.RELEASED).first() if voucher is None else None
    if voucher is not None:
        row = common.voucher_model()._default_manager.select_for_update(of=("self",)).select_related("book").get(pk=voucher.pk)
        if row.book.union_id != union.pk or row.state not in {VoucherState.CHECKED, VoucherState.POSTED}:
            raise RuleViolation("treasury.payment_ground", "这张凭证还没有审核，或不是本工会的。审核后才能付款。")
        if _reversed(row):
            raise RuleViolation("treasury.payment_ground", "这张凭证已经冲销，不能再按它付款。请用重新做的凭证。")
        most, taken, plan = payable(row), _taken(Payment.objects.filter(voucher=row), without), row.source
        what = f"凭证应付 {money.show(max(most, 0))}"
    elif hold is not None:
        most, taken, plan = hold.amount_fen, _taken(Payment.objects.filter(union=union, source=source, voucher=None), without), source
        what = f"计划占用 {money.show(most)}"
    else:
        raise RuleViolation("treasury.payment_ground", "这项计划还没有占用预算，不能付款。请先在计划里占用预算。")
    if taken + amount_fen <= most and plan:
        what, taken, most = _plan(union, plan, without)
    if taken + amount_fen > most:
        raise RuleViolation(
            "treasury.payment_over", f"{what}，已申请付款 {money.show(taken)}，这笔 {money.show(amount_fen)} 超出了。请减少金额。"
        )


def payable(voucher: Any) -> int:
    """What a voucher pays out of cash and bank, fen (凭证应付)."""
    return sum(line.credit - line.debit for line in voucher.lines if line.account[:3] in MONEY_ACCOUNTS)


def _plan(union: Any, source: str, without: int | None) -> tuple[str, int, int]:
    """A plan is paid once, be it on its reservation or on its vouchers: words, what is asked for already, what there is."""
    rows = common.voucher_model()._default_manager.filter(book__union=union, source=source)
    booked = rows.filter(state__in=[VoucherState.CHECKED, VoucherState.POSTED]).exclude(reversal__state=VoucherState.POSTED)
    held = Reservation.objects.filter(union=union, source=source).exclude(state=HoldState.RELEASED).first()
    paid = Payment.objects.filter(Q(source=source, voucher=None) | Q(voucher__in=booked), union=union)
    most = max(held.amount_fen if held is not None else 0, sum(payable(v) for v in booked))
    return f"这项计划应付 {money.show(most)}", _taken(paid, without), most


def _reversed(voucher: Any) -> bool:
    return bool(type(voucher)._default_manager.filter(reverses=voucher.pk, state=VoucherState.POSTED).exists())


def _taken(rows: Any, without: int | None) -> int:
    return int(rows.exclude(state__in=DEAD).exclude(pk=without or 0).aggregate(n=Sum("amount_fen"))["n"] or 0)


def tie(voucher: Any) -> str:
    """Why a checked voucher may not be returned: payments stand on it (凭证上的付款)."""
    rows = Payment.objects.filter(voucher=voucher.pk).exclude(state__in=DEAD)
    if not rows.exists():
        return ""
    return f"这张凭证上已有 {rows.count()} 笔付款，合计 {money.show(_taken(rows, None))}，不能退回。没有付出的请先取消付款；已经付出的请先记账，再冲销。"
