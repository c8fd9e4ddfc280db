"""Cash payments that belong together (相关现金付款). Source: R148; policy treasury.split_days, treasury.split_ties."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from gonghui.orgs.selectors import law
from gonghui.policy import services as policy
from gonghui.treasury.enums import Method, PaymentState
from gonghui.treasury.models import Payment
from gonghui.treasury.rules import splits

DEAD = (PaymentState.CANCELLED, PaymentState.FAILED)


def plan_of(payment: Payment) -> str:
    """The plan a payment serves, through its voucher too; else the voucher itself."""
    own = payment.source or (payment.voucher.source if payment.voucher is not None else "")
    return own or (f"finance.voucher:{payment.voucher_id}" if payment.voucher_id else "")


def cash_of(payment: Payment) -> splits.Cash:
    """As the rule sees it."""
    return splits.Cash(payment.pk, payment.on, payment.amount_fen, payment.payee, payment.kind, payment.words, plan_of(payment))


def related(payment: Payment) -> list[tuple[Payment, str]]:
    """Other living cash payments of the union that belong to this one, and by what (相关付款)."""
    union = payment.union
    days = law.number("treasury.split_days", union, payment.on, 0)
    ties = policy.value("treasury.split_ties", on=payment.on, at=law.place_of(union), unit_path=union.path).value
    near = Q(on__gte=payment.on - timedelta(days=days), on__lte=payment.on + timedelta(days=days))
    source = payment.source or (payment.voucher.source if payment.voucher is not None else "")
    same = Q(source=source) | Q(voucher__source=source) if source else Q(pk__in=[])
    same |= Q(voucher_id=payment.voucher_id) if payment.voucher_id else Q(pk__in=[])
    rows = Payment.objects.filter(near | same, union_id=payment.union_id, method=Method.CASH).exclude(state__in=DEAD).exclude(pk=payment.pk)
    one = cash_of(payment)
    tied = ((row, splits.tie(one, cash_of(row), days, ties)) for row in rows.select_related("voucher").order_by("on", "pk").distinct())
    return [(row, splits.TIES[by]) for row, by in tied if by]
