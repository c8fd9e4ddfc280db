"""Counting, ranking and overlaps of campaigns (计数、排名、范围重叠)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction


@dataclass(frozen=True)
class Area:
    """What a team answers for: subtrees by path, employers by key."""

    team: int
    paths: tuple[str, ...] = ()
    employers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Fact:
    """Something that counts from a day on: where it lies in the tree, of which employer."""

    pk: int
    path: str
    on: date
    employer: int | None = None


def team_of(areas: Sequence[Area], path: str, employer: int | None) -> int | None:
    """The team that answers for a place: a named employer goes before an area, the deeper area before the wider one."""
    if employer is not None:
        for area in areas:
            if employer in area.employers:
                return area.team
    found = [(len(p), area.team) for area in areas for p in area.paths if path.startswith(p)]
    return max(found)[1] if found else None


def overlap(areas: Sequence[Area], path: str) -> int | None:
    """A team that already answers for a part of this subtree, or for all of it."""
    for area in areas:
        if any(path.startswith(p) or p.startswith(path) for p in area.paths):
            return area.team
    return None


def tally(areas: Sequence[Area], facts: Iterable[Fact], day: date) -> dict[int | None, int]:
    """How many by team up to and with the day; None is what no team answers for. The sum is the whole."""
    found: dict[int | None, int] = {area.team: 0 for area in areas}
    for fact in facts:
        if fact.on <= day:
            team = team_of(areas, fact.path, fact.employer)
            found[team] = found.get(team, 0) + 1
    return found


def cumulative(days: Sequence[date], facts: Iterable[Fact]) -> list[int]:
    """How many up to each of the days (累计)."""
    on = sorted(f.on for f in facts)
    out, i = [], 0
    for day in days:
        while i < len(on) and on[i] <= day:
            i += 1
        out.append(i)
    return out


def ticks(first: date, last: date, most: int = 12) -> list[date]:
    """At most so many days from the first to the last, the last among them (走势的日期)."""
    if last <= first:
        return [max(first, last)]
    step = max(1, -(-(last - first).days // (most - 1)))
    days = [first + timedelta(days=n) for n in range(0, (last - first).days, step)]
    return [*days[: most - 1], last] if days[-1] != last else days


@dataclass(frozen=True)
class Place:
    """A team's place in the ranking (排名)."""

    team: int
    done: int
    target: int | None
    rank: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.done, self.target) if self.target else None


def ranking(done: Mapping[int, int], targets: Mapping[int, int]) -> list[Place]:
    """By share of the target, then by number; teams without a target stand behind, equal ones share the place (并列)."""

    def key(team: int) -> tuple[int, Fraction, int]:
        target = targets.get(team)
        return (1 if target else 0, Fraction(done[team], target) if target else Fraction(0), done[team])

    ordered = sorted(done, key=lambda t: (key(t), -t), reverse=True)
    places: list[Place] = []
    for i, team in enumerate(ordered):
        rank = places[-1].rank if i and key(team) == key(ordered[i - 1]) else i + 1
        places.append(Place(team, done[team], targets.get(team), rank))
    return places


def judged(counted: int, target: int) -> str:
    """Outcome of a measured account: done at the target, failed at nothing, else in part."""
    return "done" if counted >= target else "failed" if counted == 0 else "partial"
