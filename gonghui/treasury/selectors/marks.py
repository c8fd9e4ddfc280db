"""What the board of books says of their budgets (账套的预算情况): expressions over the books, asked by finance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from gonghui.treasury.enums import BudgetState
from gonghui.treasury.models import Budget


def over_budget(day: date) -> Any:
    """Has the book spent more this year than its budget allows in all (超预算)? `spent_fen` is laid beside by finance."""
    held = Budget.objects.filter(union=OuterRef("union"), year=day.year, state=BudgetState.IN_FORCE)
    return Exists(held.filter(spending_fen__lt=OuterRef("spent_fen")))


def no_budget(day: date) -> Any:
    """Is there no budget in force for the year (没有预算)?"""
    return ~Exists(Budget.objects.filter(union=OuterRef("union"), year=day.year, state=BudgetState.IN_FORCE))
