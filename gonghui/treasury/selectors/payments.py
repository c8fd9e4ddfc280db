"""Reads of payments and batches (付款查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.core import clock
from gonghui.finance.enums import VoucherState
from gonghui.finance.selectors import books, ledger
from gonghui.treasury.enums import BatchState, LineState, Method, PaymentState, Perm
from gonghui.treasury.models import BatchLine, Payment, PaymentBatch, Reservation
from gonghui.treasury.selectors import common

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

OPEN = (PaymentState.DRAFT, PaymentState.PENDING, PaymentState.APPROVED, PaymentState.BATCHED, PaymentState.SENT)
DEAD = (PaymentState.CANCELLED, PaymentState.FAILED)


def payment_list(*, actor: Actor, state: str = "", method: str = "", q: str = "") -> QuerySet[Payment]:
    """Payments in scope, the latest first (付款列表)."""
    rows = Payment.objects.filter(actor.within(Perm.PAYMENT_VIEW, "union")).select_related("union")
    if state:
        rows = rows.filter(state=state)
    if method:
        rows = rows.filter(method=method)
    for word in q.split()[:4]:
        rows = rows.filter(Q(payee__icontains=word) | Q(words__icontains=word) | Q(union__name__icontains=word))
    return rows.order_by("-on", "-pk")


def payment_get(*, actor: Actor, pk: int) -> Payment:
    """One payment, or 404."""
    seen = Payment.objects.filter(actor.within(Perm.PAYMENT_VIEW, "union"))
    return get_object_or_404(seen.select_related("union", "voucher", "approval", "maker", "payer", "replaces"), pk=pk)


def batch_list(*, actor: Actor, state: str = "") -> QuerySet[PaymentBatch]:
    """Batches in scope."""
    rows = PaymentBatch.objects.filter(actor.within(Perm.PAYMENT_VIEW, "union")).select_related("union", "account")
    rows = rows.filter(state=state) if state else rows
    unknown = Count("lines", filter=Q(lines__state=LineState.UNKNOWN, lines__live=True))
    return rows.annotate(unknown=unknown).order_by("-created_at", "-pk")


def batch_get(*, actor: Actor, pk: int) -> PaymentBatch:
    """One batch, or 404."""
    seen = PaymentBatch.objects.filter(actor.within(Perm.PAYMENT_VIEW, "union"))
    return get_object_or_404(seen.select_related("union", "account", "maker", "checker", "payer", "file"), pk=pk)


def unknown(*, actor: Actor) -> QuerySet[BatchLine]:
    """Lines of which the bank has not said what became (结果不明)."""
    rows = BatchLine.objects.filter(actor.within(Perm.PAYMENT_VIEW, "batch__union"), state=LineState.UNKNOWN, live=True)
    return rows.select_related("batch__union", "payment").order_by("batch__sent_at", "pk")


def to_batch(*, actor: Actor, union: Any = None) -> QuerySet[Payment]:
    """Approved transfers that stand in no batch (待组批)."""
    rows = Payment.objects.filter(actor.within(Perm.PAYMENT_EDIT, "union"), state=PaymentState.APPROVED, method=Method.TRANSFER)
    return (rows if union is None else rows.filter(union=union)).select_related("union").order_by("union__path", "on", "pk")


def own_paths(actor: Actor, perm: str) -> Any:
    """Unions in which the actor itself holds the permission: its own chain."""
    return Q(union__path__in=actor.paths(perm)) if not actor.is_system else Q()


def batches_to_check(actor: Actor) -> QuerySet[PaymentBatch]:
    """Batches that wait for this actor's approval."""
    rows = PaymentBatch.objects.filter(own_paths(actor, Perm.PAYMENT_CHECK), state=BatchState.DRAFT)
    return rows.exclude(maker_id=actor.user_id or 0).select_related("union")


def batches_to_pay(actor: Actor) -> QuerySet[PaymentBatch]:
    """Batches that wait for the cashier."""
    return PaymentBatch.objects.filter(own_paths(actor, Perm.PAYMENT_PAY), state=BatchState.APPROVED).select_related("union")


def by_hand(actor: Actor) -> QuerySet[Payment]:
    """Approved cash, cheques, remittances that wait for the cashier."""
    rows = Payment.objects.filter(own_paths(actor, Perm.PAYMENT_PAY), state=PaymentState.APPROVED).exclude(method=Method.TRANSFER)
    return rows.select_related("union").order_by("on", "pk")


def vouchers_payable(union: Any) -> list[tuple[Any, int]]:
    """Checked or posted vouchers of this and the last year with money still to be paid (可付款的凭证), with what is left."""
    model = common.voucher_model()
    rows = model._default_manager.filter(
        book__union=union, book__kind="real", state__in=[VoucherState.CHECKED, VoucherState.POSTED], on__year__gte=clock.today().year - 1
    ).order_by("-on", "-pk")
    taken: dict[int, int] = {}
    for voucher, fen in (
        Payment.objects.filter(union=union, voucher__isnull=False)
        .exclude(state__in=DEAD)
        .values_list("voucher_id")
        .annotate(n=Sum("amount_fen"))
        .order_by()
    ):
        taken[voucher] = int(fen or 0)
    found = []
    for voucher in rows[:300]:
        left = sum(x.credit - x.debit for x in voucher.lines if x.account[:3] in ("101", "102")) - taken.get(voucher.pk, 0)
        if left > 0:
            found.append((voucher, left))
    return found[:100]


def plans_payable(union: Any) -> list[tuple[Reservation, int]]:
    """Plans that hold a budget and are not fully asked for (可付款的计划)."""
    found = []
    for hold in Reservation.objects.filter(union=union, state="open").order_by("-on", "-pk")[:100]:
        asked = (
            Payment.objects.filter(union=union, source=hold.source, voucher=None)
            .exclude(state__in=DEAD)
            .aggregate(n=Sum("amount_fen"))["n"]
            or 0
        )
        if hold.amount_fen > asked:
            found.append((hold, hold.amount_fen - int(asked)))
    return found


def cash_and_bank(union: Any) -> tuple[int, int] | None:
    """Book balance of cash and bank today, where a book is kept."""
    book = books.book_of(union)
    if book is None:
        return None
    return ledger.balance(book, "101", clock.today()), ledger.balance(book, "102", clock.today())
