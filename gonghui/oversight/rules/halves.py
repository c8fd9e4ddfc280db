"""Half-years (半年)."""

from __future__ import annotations

from datetime import date


def half_of(day: date) -> tuple[int, int]:
    """Year and half a day lies in."""
    return day.year, 1 if day.month <= 6 else 2


def span(year: int, half: int) -> tuple[date, date]:
    """First and last day of a half-year."""
    return (date(year, 1, 1), date(year, 6, 30)) if half == 1 else (date(year, 7, 1), date(year, 12, 31))


def last_ended(day: date) -> tuple[int, int]:
    """The half-year that ended before a day."""
    return (day.year, 1) if day.month > 6 else (day.year - 1, 2)


def label(year: int, half: int) -> str:
    """`2026 年上半年`."""
    return f"{year} 年{'上' if half == 1 else '下'}半年"
