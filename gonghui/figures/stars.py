"""Satisfaction as figures (满意度指标): an app says which unions were given how many stars on which day, the rest is here.

Its definitions file names `<name>.rated`, `<name>.satisfied` and `rate.<name>`; four and five stars count as satisfied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from gonghui.figures.sources import Events, Source, register

SATISFIED = 4
Stars = Callable[[date, date], Iterable[tuple[int, date, int]]]
"""(union, day, stars) of each rating after the first day up to the last."""


def counted(name: str, stars: Stars, more: Events | None = None) -> Events:
    """Events of a source out of its ratings, with `more` of its own."""

    def events(since: date, until: date) -> Iterator[tuple[int, str, date, int]]:
        seen: Counter[tuple[int, str, date]] = Counter()
        for union, day, given in stars(since, until):
            seen[union, f"{name}.rated", day] += 1
            if given >= SATISFIED:
                seen[union, f"{name}.satisfied", day] += 1
        yield from ((union, key, day, n) for (union, key, day), n in seen.items())
        yield from more(since, until) if more else ()

    return events


def register_stars(
    name: str, label: str, path: Path, perm: str, stars: Stars, records: Callable[[str, int, date, date], str], more: Events | None = None
) -> None:
    """Make the figures of a service known."""
    register(Source(name, label, path, perm, lambda day: (), counted(name, stars, more), records))


__all__ = ["SATISFIED", "counted", "register_stars"]
