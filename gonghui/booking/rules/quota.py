"""Quotas in planning (名额计划): shares in whole places, and the simulation of rules on last round's demand.

The places themselves are given out by `rules.places`, here as in the live booking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor

from gonghui.booking.rules.places import Shelf, choose


def shares_of(capacity: int, ratios: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole places for each share (按比例分预留名额), rounded down; together never more than the capacity."""
    sizes = {kind: floor(capacity * ratio) for kind, ratio in ratios.items() if ratio > 0}
    over = sum(sizes.values()) - capacity
    for kind in sorted(sizes, key=lambda k: (-sizes[k], k)):
        cut = max(0, min(over, sizes[kind]))
        sizes[kind] -= cut
        over -= cut
    return sizes


@dataclass(frozen=True, slots=True)
class Wish:
    """One person who wanted a place last round, in the order of arrival (上期的一次需求)."""

    person: int
    slot: str
    tags: frozenset[str] = frozenset()
    served_before: int = 0
    household: str = ""
    town: str = ""
    shift: str = "unknown"
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """The rules under trial (试算的规则): quota rows by slot, and how often one person or household may take."""

    shelves: Mapping[str, Sequence[Shelf]]
    per_person: int = 1
    never_served_first: bool = False
    per_household: bool = False
    bars: bool = True


@dataclass(slots=True)
class Trial:
    """What would have happened (试算结果)."""

    wanted: int = 0
    given: int = 0
    people: set[int] = field(default_factory=set)
    firsts: set[int] = field(default_factory=set)
    towns: Counter[str] = field(default_factory=Counter)
    shifts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def served(self) -> int:
        """Distinct people served (受益人数)."""
        return len(self.people)

    @property
    def first_share(self) -> Fraction | None:
        """Share of people never served before (首次参加占比)."""
        return Fraction(len(self.firsts), len(self.people)) if self.people else None


BEFORE = datetime(2000, 1, 1)  # noqa: DTZ001  # no real moment: before any release of a copied shelf
AFTER = BEFORE + timedelta(days=2)


def simulate(wishes: Sequence[Wish], setting: Setting) -> Trial:
    """Play last round's wishes against the rules under trial (按上期需求试算).

    In order of arrival, the never served first where that is the rule. Shares that nobody of their group asked for are
    released in a second pass, as they would be in time. A wish for a slot the new round does not have takes any slot left.
    """
    return _Play(wishes, setting).run()


class _Play:
    """One run of the simulation."""

    def __init__(self, wishes: Sequence[Wish], setting: Setting) -> None:
        self.wishes, self.setting = wishes, setting
        self.shelves = {slot: [_fresh(s) for s in rows] for slot, rows in setting.shelves.items()}
        self.taken: Counter[int] = Counter()
        self.homes: dict[str, int] = {}
        self.trial = Trial(wanted=len({w.person for w in wishes}))

    def run(self) -> Trial:
        first = self.setting.never_served_first
        order = sorted(range(len(self.wishes)), key=lambda i: (first and self.wishes[i].served_before > 0, i))
        waiting = [i for i in order if self.place(self.wishes[i], BEFORE) == "full"]
        last: dict[int, str] = {}
        for i in waiting:
            last[self.wishes[i].person] = self.place(self.wishes[i], AFTER)
        self.trial.refused["full"] = sum(1 for code in last.values() if code == "full")
        return self.trial

    def place(self, wish: Wish, now: datetime) -> str:
        """Give a place, or say why not."""
        if code := self.why_not(wish):
            self.trial.refused[code] += 1
            return code
        slots = [wish.slot] if wish.slot in self.shelves else list(self.shelves)
        for slot in slots:
            if (rows := choose(self.shelves[slot], wish.tags, now)) is not None:
                self.give(wish, rows)
                return ""
        return "full"

    def why_not(self, wish: Wish) -> str:
        if self.setting.bars and wish.barred:
            return "barred"
        if self.taken[wish.person] >= self.setting.per_person:
            return "cap"
        home = self.homes.get(wish.household, wish.person) if self.setting.per_household and wish.household else wish.person
        return "" if home == wish.person else "household"

    def give(self, wish: Wish, rows: list[Shelf]) -> None:
        for row in rows:
            row.taken += 1
        self.taken[wish.person] += 1
        if wish.household:
            self.homes.setdefault(wish.household, wish.person)
        trial = self.trial
        trial.given += 1
        if wish.person not in trial.people:
            trial.towns[wish.town] += 1
            trial.shifts[wish.shift] += 1
        trial.people.add(wish.person)
        if wish.served_before == 0:
            trial.firsts.add(wish.person)


def _fresh(s: Shelf) -> Shelf:
    return Shelf(s.id, s.kind, s.key, s.reserved, s.size, 0, False, BEFORE + timedelta(days=1) if s.reserved else None)
