"""Depreciation by months (按月折旧): from the month of acquisition, none in the month of disposal, the last month takes the rest.

Source: policy finance.depreciation (ACC-2).
"""

from __future__ import annotations

from datetime import date


def month_of(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def months_between(first: date, last: date) -> int:
    """Whole months from the month of `first` to the month of `last`."""
    return (last.year - first.year) * 12 + last.month - first.month


def due(*, cost: int, taken: int, monthly: int, months: int, bought_on: date, ended_on: date | None, month: date) -> int:
    """What one asset loses in a month (本月折旧额, 分).

    Args: cost and taken in fen; monthly the amount by rule, rounded down; months its whole life; month the first of it.
    """
    if month < month_of(bought_on) or (ended_on is not None and month >= month_of(ended_on)):
        return 0
    left = cost - taken
    if left <= 0:
        return 0
    nth = months_between(bought_on, month) + 1
    return left if nth >= months else min(monthly, left)
