"""Reservations (预算占用): a plan holds its part of the budget before the voucher exists. Source: FND-17-1, BUD-3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.finance.enums import VoucherState
from gonghui.orgs.selectors import law
from gonghui.treasury.enums import Control, HoldState, Perm
from gonghui.treasury.models import Reservation
from gonghui.treasury.rules import items
from gonghui.treasury.rules.items import Item
from gonghui.treasury.selectors import budgets, common
from gonghui.treasury.services.common import keep, lock

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

RULE = "finance.no_budget"
Use = tuple[str, str, str]
"""Account, event, project of a spending."""


def weigh(
    union: Any,
    on: date,
    account: str,
    activities: tuple[str, ...],
    amount: int,
    *,
    source: str = "",
    stands: budgets.Standing | None = None,
) -> tuple[Decision, budgets.Left]:
    """Is there a budget for it and does it suffice (预算够不够)? Nothing is stored. `stands`: the year's budget where it is read already.

    Source: policy finance.no_budget.
    """
    left = (stands or budgets.standing(union, on.year)).left(account, activities, source=source)
    return _ask(union, on, left, amount), left


def _ask(union: Any, on: date, left: budgets.Left, amount: int) -> Decision:
    """The rule; of an item already overdrawn nothing is left."""
    return law.decide(RULE, union, on, {"has_line": left.item is not None, "amount_fen": amount, "left_fen": max(0, left.left)})


def enough(union: Any, year: int, sums: Mapping[Use, int], days: Iterable[date]) -> set[Use]:
    """Of what is to be spent of one year's budget, what its items suffice for, all taken together (够不够一并支出).

    Args: sums: fen by account, event and project; days: on which the rule is asked.
    """
    stands = budgets.standing(union, year)
    left = {use: stands.left(use[0], use[1:]) for use in sums}
    wanted: dict[Item, int] = defaultdict(int)
    for use, found in left.items():
        if found.item is not None:
            wanted[found.item] += sums[use]
    one = {found.item: found for found in left.values()}
    good = {item for item, fen in wanted.items() if all(_ask(union, day, one[item], fen).outcome is True for day in days)}
    return {use for use, found in left.items() if found.item in good}


def words(left: budgets.Left, amount: int) -> str:
    """The arithmetic in a sentence."""
    if left.budget is None:
        return f"本年还没有批准的预算，这笔 {money.show(amount)} 属于无预算支出。"
    if left.item is None:
        return f"预算里没有“{left.name}”这一项，这笔 {money.show(amount)} 属于无预算支出。"
    said = f"“{left.name}”预算 {money.show(left.amount)}，已支出 {money.show(left.done)}，已占用 {money.show(left.held)}，还剩 {money.show(left.left)}"
    over = amount - left.left
    return f"{said}；这笔 {money.show(amount)}" + (f"，超出 {money.show(over)}。" if over > 0 else "，在预算以内。")


def stops(decision: Decision, left: budgets.Left) -> bool:
    """Must it stop: by a binding rule, or since the union's committee decided so for its budget?"""
    return decision.outcome is False and (decision.blocks or (left.budget is not None and left.budget.control == Control.STOP))


@transaction.atomic
def reserve(*, actor: Actor, union: Any, item: str, amount: int, source: str, words_: str = "", on: date | None = None) -> Reservation:
    """Hold a part of the budget for a plan (占用预算). Again with the same source replaces the amount.

    Args: item `50105` or `50105/festival` (account, activity); amount fen; source `app.model:pk`; on the planned day of spending.
    Raises: RuleViolation treasury.over_budget where it must stop; Conflict treasury.hold_used; BadInput.
    Source: policy finance.no_budget.
    """
    wanted, day = items.parse(item), on or clock.today()
    if amount <= 0 or not source or not wanted.account:
        raise BadInput("treasury.hold_amount", "占用预算要写明科目、来源和大于 0 的金额。")
    lock(union)
    held = Reservation.objects.select_for_update().filter(source=source).first()
    if (held is not None and (held.union_id != union.pk or held.state == HoldState.USED)) or _booked(source):
        raise Conflict("treasury.hold_used", "这项计划占用的预算已经入账，不能再改。请另做一项计划。")
    decision, left = weigh(union, day, wanted.account, (wanted.activity,), amount, source=source)
    if stops(decision, left):
        number = keep(actor, decision, union, source)
        raise RuleViolation(
            "treasury.over_budget", f"{words(left, amount)}请先按程序调整预算，或减少金额。", decision=number, left=left.left
        )
    values = {
        "year": day.year, "account": wanted.account, "activity": wanted.activity, "amount_fen": amount, "words": words_[:120],
        "state": HoldState.OPEN, "on": day, "ended_on": None, "actor": actor.ref,
    }  # fmt: skip
    if held is None:
        held = Reservation.objects.create(union=union, source=source, **values)
    else:
        Reservation.objects.filter(pk=held.pk).update(**values)
        held.refresh_from_db()
    audit.record(actor, "treasury.hold.reserved", held, org_path=union.path, item=item, amount=amount, source=source)
    return held


def _booked(source: str) -> bool:
    """Does a voucher of the plan stand in the books? Then nothing is left to hold (BUD-HOLD)."""
    rows = common.voucher_model()._default_manager.filter(source=source, state=VoucherState.POSTED)
    return bool(rows.exclude(reversal__state=VoucherState.POSTED).exists())


@transaction.atomic
def release(*, actor: Actor, source: str) -> Reservation | None:
    """Give back what a plan held (释放占用): the plan was dropped. Nothing happens when it held nothing."""
    held = Reservation.objects.select_for_update(of=("self",)).select_related("union").filter(source=source, state=HoldState.OPEN).first()
    if held is None:
        return None
    _end(held, HoldState.RELEASED)
    audit.record(actor, "treasury.hold.released", held, org_path=held.union.path, source=source)
    return held


@transaction.atomic
def release_by_hand(*, actor: Actor, hold: Reservation) -> Reservation | None:
    """An officer takes a forgotten reservation back (人工释放)."""
    actor.require(Perm.BUDGET_EDIT, hold.union)
    return release(actor=actor, source=hold.source)


def _end(held: Reservation, state: str) -> None:
    Reservation.objects.filter(pk=held.pk).update(state=state, ended_on=clock.today())
    held.state, held.ended_on = state, clock.today()


def spend(source: str) -> None:
    """The voucher of the plan was posted: what it held has become an execution (占用转执行)."""
    for held in Reservation.objects.filter(source=source, state=HoldState.OPEN):
        _end(held, HoldState.USED)


def unspend(source: str) -> None:
    """The voucher was reversed: the plan holds its part again (冲销后恢复占用)."""
    Reservation.objects.filter(source=source, state=HoldState.USED).update(state=HoldState.OPEN, ended_on=None)
