"""Figures an app above counts from its own records (由上层应用从记录清点的指标).

What there is little of and what changes afterwards (cases, visits, campaigns) is counted when asked for and never rolled up:
the answer is the records, as of any day. `register(Source(...))` brings the definitions, the counts and the way to the records.
A state counts at who stands above the record's union on the day asked for; an event at who stood above on its own day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gonghui.figures import definitions
from gonghui.orgs.selectors import closure

States = Callable[[date], Iterable[tuple[int, str, int]]]
Events = Callable[[date, date], Iterable[tuple[int, str, date, int]]]
Lines = Sequence[tuple[int, int, date, date | None]]


@dataclass(frozen=True)
class Source:
    """An app's family of figures (一族指标). All its keys begin with `name`, its rates with `rate.`.

    states: own counts (union, key, n) at the end of a day; events: (union, key, day, n) after the first day up to the last,
    as known at the end of the last. records: address of the records behind (key, union, since, as_of), opened with `perm`.
    """

    name: str
    label: str
    path: Path
    perm: str
    states: States
    events: Events
    records: Callable[[str, int, date, date], str]


_known: dict[str, Source] = {}


def register(source: Source) -> None:
    """Called by an app above in its `ready()`."""
    if source.name in _known:
        raise ValueError(f"指标来源重复登记：{source.name}")
    _known[source.name] = source
    definitions.register(source.name, source.path)


def known() -> list[Source]:
    return list(_known.values())


def get(name: str) -> Source:
    return _known[name]


class Batch:
    """Counts of several unions as of one day; each source is read once, when first asked for."""

    def __init__(self, union_ids: Iterable[int], as_of: date, since: date) -> None:
        self.union_ids, self.as_of, self.since = frozenset(union_ids), as_of, since
        self._read: dict[str, Mapping[int, Mapping[str, int]]] = {}

    def of(self, name: str, union_id: int) -> Mapping[str, int]:
        if name not in self._read:
            self._read[name] = counts(_known[name], self.union_ids, self.as_of, self.since)
        return self._read[name].get(union_id, {})


def counts(source: Source, union_ids: Iterable[int], as_of: date, since: date) -> Mapping[int, Mapping[str, int]]:
    """Every count of a source at each of the unions, those below included."""
    wanted = set(union_ids)
    own = [(node, key, as_of, n) for node, key, n in source.states(as_of)]
    own += source.events(since, as_of)
    lines = closure.lines_up({node for node, *_ in own})
    out: dict[int, Counter[str]] = defaultdict(Counter)
    for node, key, day, n in own:
        for union in above(lines.get(node, ()), day) & wanted:
            out[union][key] += n
    return out


def above(lines: Lines, day: date) -> set[int]:
    """Who stands above on a day, itself included. A union's first lines reach back before its founding."""
    at = max(day, min((since for _a, _d, since, _u in lines), default=day))
    return {ancestor for ancestor, _depth, since, until in lines if since <= at and (until is None or until > at)}


def below(union_id: int, rows: Iterable[tuple[int, int, date]]) -> set[int]:
    """Which of the records (pk, union, day) stood below a union on their day: what a figure of that union counts (下钻)."""
    found = list(rows)
    lines = closure.lines_up({node for _pk, node, _day in found})
    return {pk for pk, node, day in found if union_id in above(lines.get(node, ()), day)}


__all__ = ["Batch", "Source", "above", "below", "counts", "get", "known", "register"]
