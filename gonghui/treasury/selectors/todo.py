"""What waits for me in treasury (资金待办)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.core import money
from gonghui.core.menu import Rows
from gonghui.treasury.enums import BudgetState, Perm
from gonghui.treasury.models import Budget
from gonghui.treasury.selectors import budgets, finals, payments

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 20


def inbox(actor: Actor) -> Iterator[Source]:
    """Batches to approve or to pay, unknown outcomes, budgets to take note of."""
    if not actor.is_officer:
        return
    if actor.may(Perm.PAYMENT_CHECK):
        yield Source(payments.batches_to_check(actor), lambda b: _batch("batch", "核准付款批 ", b), MOST)
        unknown = payments.unknown(actor=actor).filter(batch__union__path__in=actor.paths(Perm.PAYMENT_CHECK))
        yield Source(unknown, _unknown, MOST)
    if actor.may(Perm.PAYMENT_PAY):
        yield Source(payments.batches_to_pay(actor), lambda b: _batch("pay", "付款：", b), MOST)
        yield Source(payments.by_hand(actor), _by_hand, MOST)
    if actor.may(Perm.BUDGET_RECORD):
        reported = budgets.to_receive(actor=actor).filter(
            union__parent__path__in=actor.paths(Perm.BUDGET_RECORD), state=BudgetState.IN_FORCE
        )
        yield Source(reported.select_related("union"), _budget, MOST)
        decided = finals.to_decide(actor=actor).filter(union__parent__path__in=actor.paths(Perm.BUDGET_RECORD))
        yield Source(decided.order_by("reported_on", "pk"), _final, MOST)


def _batch(key: str, words: str, batch: Any) -> Item:
    title = f"{words}{batch.number}（{batch.count} 笔 {money.show(batch.total_fen)}）"
    return _item(f"{key}:{batch.pk}", title, "treasury:batch", batch.pk, batch.union.name)


def _unknown(line: Any) -> Item:
    title = f"向银行查清：{line.payment.payee} {money.show(line.payment.amount_fen)} 结果不明"
    return _item(f"line:{line.pk}", title, "treasury:batch", line.batch_id, line.batch.union.name)


def _by_hand(row: Any) -> Item:
    title = f"{row.words}：{row.payee} {money.show(row.amount_fen)}"
    return _item(f"hand:{row.pk}", title, "treasury:payment", row.pk, row.union.name)


def _budget(budget: Budget) -> Item:
    title = f"签收预算备案：{budget.union.name} {budget.year} 年"
    return _item(f"budget:{budget.pk}", title, "treasury:budget", budget.pk, budget.union.name)


def _final(row: Any) -> Item:
    return _item(f"final:{row.pk}", f"核定决算：{row.union.name} {row.year} 年", "treasury:final", row.pk, row.union.name)


def _item(key: str, title: str, name: str, pk: int, org: str) -> Item:
    return Item(key=f"treasury:{key}", kind="treasury", label="资金", title=title, url=reverse(name, args=[pk]), org=org)


def unknown_rows(actor: Actor) -> Rows:
    """Unknown outcomes in scope, for the menu."""
    return Rows((payments.unknown(actor=actor),))


def to_pay_rows(actor: Actor) -> Rows:
    """What waits for the cashier, for the menu."""
    return Rows((payments.batches_to_pay(actor), payments.by_hand(actor)))
