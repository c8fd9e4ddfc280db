"""Quotas (名额): reserved shares with release times, what a member may take, and the simulation on last round's demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from math import floor


@dataclass(frozen=True, slots=True)
class Share:
    """A reserved part of a session (预留名额): for whom, how many, until when."""

    kind: str
    size: int
    taken: int = 0
    key: str = ""
    release_at: datetime | None = None

    def held_back(self, now: datetime) -> int:
        """Places nobody outside the group may take at this moment."""
        return 0 if self.release_at is not None and now >= self.release_at else max(0, self.size - self.taken)

    def fits(self, tags: frozenset[str]) -> bool:
        """Is it meant for somebody with these tags (`first_time`, `night_shift`, `small_union`, `township:<path>`)?"""
        return (f"{self.kind}:{self.key}" if self.key else self.kind) in tags


def open_to(tags: frozenset[str], left: int, shares: Iterable[Share], now: datetime) -> int:
    """Places somebody with these tags may take (我能约的名额).

    Args: left: all places not taken; what is held back for others is subtracted.
    """
    return max(0, left - sum(s.held_back(now) for s in shares if not s.fits(tags)))


def shares_of(capacity: int, ratios: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole places for each share (按比例分预留名额), rounded down; together never more than the capacity."""
    sizes = {kind: floor(capacity * ratio) for kind, ratio in ratios.items() if ratio > 0}
    over = sum(sizes.values()) - capacity
    for kind in sorted(sizes, key=lambda k: (-sizes[k], k)):
        if over <= 0:
            break
        cut = min(over, sizes[kind])
        sizes[kind] -= cut
        over -= cut
    return sizes


# -- simulation on last round's demand ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """One person who wanted a place last round, in the order of arrival (上期的一次需求)."""

    person: int
    slot: str
    tags: frozenset[str] = frozenset()
    served_before: int = 0
    household: str = ""
    town: str = ""
    barred: bool = False
    group: str = ""  # exclusion group of the item that was asked for


@dataclass(frozen=True, slots=True)
class Setting:
    """The rules under trial (试算的规则)."""

    capacity: Mapping[str, int]
    shares: Sequence[Share] = ()
    per_person: int = 1
    never_served_first: bool = False
    per_household: bool = False
    exclusive: bool = True
    bars: bool = True


@dataclass(slots=True)
class Trial:
    """What would have happened (试算结果)."""

    wanted: int = 0
    given: int = 0
    people: set[int] = field(default_factory=set)
    firsts: set[int] = field(default_factory=set)
    towns: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    left: dict[str, int] = field(default_factory=dict)

    @property
    def served(self) -> int:
        """Distinct people served (受益人数)."""
        return len(self.people)

    @property
    def first_share(self) -> Fraction | None:
        """Share of people never served before (首次参加占比)."""
        return Fraction(len(self.firsts), len(self.people)) if self.people else None


def simulate(wishes: Sequence[Wish], setting: Setting) -> Trial:
    """Play last round's wishes against the rules under trial (按上期需求试算): first come first served within the fairness class.

    Reserved shares that nobody of their group asks for are released in a second pass, as they would be in time.
    """
    trial = Trial(wanted=len({w.person for w in wishes}), left=dict(setting.capacity))
    held = [[s, s.size] for s in setting.shares]
    taken: Counter[int] = Counter()
    homes: dict[str, int] = {}
    slots: set[tuple[int, str]] = set()
    order = sorted(range(len(wishes)), key=lambda i: (setting.never_served_first and wishes[i].served_before > 0, i))
    waiting: list[int] = []
    for last in (False, True):
        for i in waiting if last else order:
            wish = wishes[i]
            code = _why_not(wish, setting, trial, held, taken, homes, slots, released=last)
            if code == "reserved" and not last:
                waiting.append(i)
            elif code:
                trial.refused[code] += 1
            else:
                _give(wish, trial, held, taken, homes, slots)
    return trial


def _why_not(
    wish: Wish, setting: Setting, trial: Trial, held: list[list[object]], taken: Counter[int], homes: dict[str, int],
    slots: set[tuple[int, str]], *, released: bool,
) -> str:  # fmt: skip
    if setting.bars and wish.barred:
        return "barred"
    if (wish.person, wish.slot) in slots:
        return "again"
    if taken[wish.person] >= (1 if setting.exclusive else setting.per_person):
        return "cap"
    if setting.per_household and wish.household and homes.get(wish.household, wish.person) != wish.person:
        return "household"
    left = trial.left.get(wish.slot, 0)
    if left <= 0:
        return "full"
    others = sum(int(str(size)) for share, size in held if not released and isinstance(share, Share) and not share.fits(wish.tags))
    return "" if sum(trial.left.values()) - others > 0 else "reserved"


def _give(
    wish: Wish, trial: Trial, held: list[list[object]], taken: Counter[int], homes: dict[str, int], slots: set[tuple[int, str]]
) -> None:
    trial.left[wish.slot] -= 1
    trial.given += 1
    taken[wish.person] += 1
    slots.add((wish.person, wish.slot))
    if wish.household:
        homes.setdefault(wish.household, wish.person)
    for pair in held:
        if isinstance(pair[0], Share) and pair[0].fits(wish.tags) and int(str(pair[1])) > 0:
            pair[1] = int(str(pair[1])) - 1
            break
    trial.people.add(wish.person)
    trial.towns[wish.town] += 1
    if wish.served_before == 0:
        trial.firsts.add(wish.person)
