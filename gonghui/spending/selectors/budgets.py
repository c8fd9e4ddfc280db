"""What treasury knows of a spending (预算): asked through its selectors."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.core.errors import RuleViolation
from gonghui.finance.rules import level_of, lines_for
from gonghui.finance.selectors import books
from gonghui.spending.rules.draft import Budget
from gonghui.spending.rules.events import EVENTS
from gonghui.treasury.selectors import budgets


def account_of(union: Any, day: date, kind: str) -> str:
    """The account a plan of a kind falls on, empty when the chart of that day has none."""
    try:
        lines = lines_for(EVENTS[kind], on=day, level=level_of(union.kind), amount=1)
    except RuleViolation:
        return ""
    return next((x.account for x in lines if x.debit), "")


def budget_for(union: Any, day: date, kind: str, item: str, *, exclude: str = "") -> Budget:
    """The budget line of a plan and what is left of it; nothing is said where neither books nor budget are kept here."""
    held = budgets.budget_in_force(union, day.year)
    if held is None and books.book_of(union) is None:
        return Budget()
    account = account_of(union, day, kind)
    if not account:
        return Budget()
    left = budgets.item_left(union, day.year, account, (item, EVENTS[kind]), source=exclude)
    income, spending = (held.income_fen, held.spending_fen) if held is not None else (None, None)
    said = f"{day.year} 年预算“{left.name}”" if left.item is not None else f"{day.year} 年预算"
    return Budget(left.item is not None, max(0, left.left), income, spending, said)
