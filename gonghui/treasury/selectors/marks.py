"""What the board of books says of their budgets (账套的预算情况): expressions over the books, asked by finance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from gonghui.finance.selectors.statements import last_day
from gonghui.treasury.enums import BudgetState
from gonghui.treasury.models import Asset, BankEntry, Budget, DepreciationRun, Reconciliation


def over_budget(day: date) -> Any:
    """Has the book spent more this year than its budget allows in all (超预算)? `spent_fen` is laid beside by finance."""
    held = Budget.objects.filter(union=OuterRef("union"), year=day.year, state=BudgetState.IN_FORCE)
    return Exists(held.filter(spending_fen__lt=OuterRef("spent_fen")))


def no_budget(day: date) -> Any:
    """Is there no budget in force for the year (没有预算)?"""
    return ~Exists(Budget.objects.filter(union=OuterRef("union"), year=day.year, state=BudgetState.IN_FORCE))


def before_closing(book: Any, month: int) -> Iterator[str]:
    """What belongs to a month and is not done yet (结账前提醒): depreciation, the bank's reconciliation."""
    last = last_day(month)
    held = Asset.objects.filter(union=book.union_id, fixed=True, bought_on__lte=last, years__gt=0, ended_on=None).exists()
    if held and not DepreciationRun.objects.filter(union=book.union_id, month=last.replace(day=1)).exists():
        yield f"{month // 100}年{month % 100}月的固定资产折旧还没有计提。"
    lines = BankEntry.objects.filter(account__union=book.union_id, on__lte=last)
    if lines.exists() and not Reconciliation.objects.filter(account__union=book.union_id, on__gte=last).exists():
        yield f"截至 {last:%m月%d日} 的银行存款余额调节表还没有编。"
