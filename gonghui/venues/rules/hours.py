"""Open or closed at a moment (开放时间判断)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

DAY = 1440
WEEK = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SPAN = re.compile(r"^\s*(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})\s*$")
Span = tuple[int, int]


def parse(text: str) -> Span | None:
    """`08:30-17:30` as minutes of the day; empty is None. Raises ValueError."""
    if not text.strip():
        return None
    found = SPAN.match(text)
    if not found:
        raise ValueError(text)
    h1, m1, h2, m2 = (int(part) for part in found.groups())
    opens, closes = h1 * 60 + m1, h2 * 60 + m2
    if m1 > 59 or m2 > 59 or not 0 <= opens < closes <= DAY:
        raise ValueError(text)
    return opens, closes


def show(span: Sequence[int] | None) -> str:
    """Minutes as `08:30-17:30`; the whole day in words."""
    if not span:
        return "不开放"
    if tuple(span) == (0, DAY):
        return "全天"
    return f"{span[0] // 60:02d}:{span[0] % 60:02d}-{span[1] // 60:02d}:{span[1] % 60:02d}"


def span_of(hours: Mapping[str, Sequence[int]], weekday: int) -> Span | None:
    """The hours of a weekday, Monday 0."""
    found = hours.get(str(weekday))
    return (int(found[0]), int(found[1])) if found else None


def is_open(span: Span | None, minute: int) -> bool:
    """Is it open at this minute of the day? The closing minute itself is closed."""
    return span is not None and span[0] <= minute < span[1]


def week_words(hours: Mapping[str, Sequence[int]]) -> list[tuple[str, str]]:
    """Days with the same hours drawn together: `周一至周五 08:30-17:30`."""
    rows: list[tuple[int, int, str]] = []
    for day in range(7):
        words = show(span_of(hours, day))
        if rows and rows[-1][2] == words:
            rows[-1] = (rows[-1][0], day, words)
        else:
            rows.append((day, day, words))
    return [(WEEK[a] if a == b else f"{WEEK[a]}至{WEEK[b]}", w) for a, b, w in rows]
