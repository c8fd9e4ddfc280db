"""Arithmetic of spells and seasons (会籍段、季节窗口的计算). Intervals are [since, until); until None is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

FOREVER = date.max


@dataclass(frozen=True)
class Spell:
    """A dated interval with what it belongs to."""

    since: date
    until: date | None
    key: int = 0

    @property
    def empty(self) -> bool:
        return self.until is not None and self.until <= self.since


def overlap(a: Spell, b: Spell) -> bool:
    """Do two intervals share a day? Empty ones share nothing."""
    return not a.empty and not b.empty and a.since < (b.until or FOREVER) and b.since < (a.until or FOREVER)


def clashes(spells: Iterable[Spell]) -> list[tuple[Spell, Spell]]:
    """Pairs of neighbours that overlap (MEM-01)."""
    ordered = sorted((s for s in spells if not s.empty), key=lambda s: (s.since, s.until or FOREVER))
    found: list[tuple[Spell, Spell]] = []
    widest: Spell | None = None
    for spell in ordered:
        if widest is not None and overlap(widest, spell):
            found.append((widest, spell))
        if widest is None or (spell.until or FOREVER) > (widest.until or FOREVER):
            widest = spell
    return found


def pieces(since: date, until: date | None, parts: Iterable[tuple[int, date, date | None]]) -> list[tuple[int, date, date | None]]:
    """An interval cut along dated parts (for example along the places of an employer). What no part covers is left out."""
    found = []
    for key, start, stop in parts:
        first = max(since, start)
        last = min(until or FOREVER, stop or FOREVER)
        if first < last:
            found.append((key, first, None if last == FOREVER else last))
    return found


def in_season(day: date, start: str, stop: str) -> bool:
    """Does a day lie in the season `MM-DD`…`MM-DD`, both ends included? A season may run over the new year (11-01…03-15)."""
    if not start or not stop:
        return True
    text = day.strftime("%m-%d")
    return start <= text <= stop if start <= stop else text >= start or text <= stop


def season_fault(start: str, stop: str) -> str:
    """What is wrong with a season, or ""."""
    if bool(start) != bool(stop):
        return "季节的起止要成对填写，写成 05-01 到 10-15 这样。"
    for text in (start, stop):
        if text:
            try:
                date.fromisoformat(f"2024-{text}")  # a leap year: 02-29 is a day
            except ValueError:
                return f"“{text}”不是月-日，请写成 05-01 这样。"
    return ""
