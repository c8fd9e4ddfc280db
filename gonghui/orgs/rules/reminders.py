"""When to remind of a day that comes (提醒时点). Pure. Source: policy orgs.term_reminders, orgs.due_reminders; P09."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

OVERDUE = "overdue"


def stage(due: date, today: date, marks: Sequence[int]) -> str | None:
    """The mark reached: `overdue` from the day itself, else the smallest number of days that still holds, else None."""
    left = (due - today).days
    if left <= 0:
        return OVERDUE
    reached = [mark for mark in marks if left <= mark]
    return str(min(reached)) if reached else None
