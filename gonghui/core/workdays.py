"""Working days (工作日) of the mainland: a dated table of ours, an override, a loud fallback.

The table is `core/data/workdays.yaml`: for each year the days off that are no weekend and the weekend days worked. A year that is
not in the table is counted by weekends alone, and `certain` says so: the caller tells the reader that the day may move.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

TABLE = Path(__file__).resolve().parent / "data" / "workdays.yaml"


@cache
def _table() -> tuple[frozenset[int], frozenset[date], frozenset[date]]:
    """Known years, days off on weekdays, weekend days worked."""
    years = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    off = frozenset(day for year in years.values() for day in year["free"])
    worked = frozenset(day for year in years.values() for day in year["worked"])
    return frozenset(years), off, worked


def is_workday(day: date) -> bool:
    """Is it a working day?"""
    _years, off, worked = _table()
    return day in worked or (day.weekday() < 5 and day not in off)


def certain(*days: date) -> bool:
    """Are the years of these days in the table? If not, only weekends were counted."""
    return all(day.year in _table()[0] for day in days)


def add(day: date, count: int) -> date:
    """The last of `count` working days after `day` (第几个工作日); the day itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def between(start: date, end: date) -> int:
    """Whole working days after `start` and before `end` (两日之间的工作日)."""
    return sum(is_workday(start + timedelta(days=i)) for i in range(1, (end - start).days))
