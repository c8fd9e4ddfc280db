"""What waits for me in treasury (资金待办)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from gonghui.approvals.kinds import Item
from gonghui.core import money
from gonghui.core.menu import Rows
from gonghui.treasury.enums import BudgetState, Perm
from gonghui.treasury.models import Budget
from gonghui.treasury.selectors import budgets, payments

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 20


def inbox(actor: Actor) -> Iterator[Item]:
    """Batches to approve or to pay, unknown outcomes, budgets to report or to take note of."""
    if not actor.is_officer:
        return
    if actor.may(Perm.PAYMENT_CHECK):
        for batch in payments.batches_to_check(actor)[:MOST]:
            yield _item(
                f"batch:{batch.pk}",
                f"核准付款批 {batch.number}（{batch.count} 笔 {money.show(batch.total_fen)}）",
                "treasury:batch",
                batch.pk,
                batch.union.name,
            )
        for line in payments.unknown(actor=actor).filter(batch__union__path__in=actor.paths(Perm.PAYMENT_CHECK))[:MOST]:
            yield _item(
                f"line:{line.pk}",
                f"向银行查清：{line.payment.payee} {money.show(line.payment.amount_fen)} 结果不明",
                "treasury:batch",
                line.batch_id,
                line.batch.union.name,
            )
    if actor.may(Perm.PAYMENT_PAY):
        for batch in payments.batches_to_pay(actor)[:MOST]:
            yield _item(
                f"pay:{batch.pk}",
                f"付款：{batch.number}（{batch.count} 笔 {money.show(batch.total_fen)}）",
                "treasury:batch",
                batch.pk,
                batch.union.name,
            )
        for row in payments.by_hand(actor)[:MOST]:
            yield _item(
                f"hand:{row.pk}", f"{row.words}：{row.payee} {money.show(row.amount_fen)}", "treasury:payment", row.pk, row.union.name
            )
    if actor.may(Perm.BUDGET_RECORD):
        yield from _budgets(actor)


def _budgets(actor: Actor) -> Iterator[Item]:
    rows: list[Budget] = list(
        budgets.to_receive(actor=actor).filter(union__parent__path__in=actor.paths(Perm.BUDGET_RECORD)).select_related("union")[:MOST]
    )
    for budget in rows:
        if budget.state == BudgetState.IN_FORCE:
            yield _item(
                f"budget:{budget.pk}",
                f"签收预算备案：{budget.union.name} {budget.year} 年",
                "treasury:budget",
                budget.pk,
                budget.union.name,
            )


def _item(key: str, title: str, name: str, pk: int, org: str) -> Item:
    return Item(key=f"treasury:{key}", kind="treasury", label="资金", title=title, url=reverse(name, args=[pk]), org=org)


def unknown_rows(actor: Actor) -> Rows:
    """Unknown outcomes in scope, for the menu."""
    return Rows((payments.unknown(actor=actor),))


def to_pay_rows(actor: Actor) -> Rows:
    """What waits for the cashier, for the menu."""
    return Rows((payments.batches_to_pay(actor), payments.by_hand(actor)))
