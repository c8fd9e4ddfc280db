"""Draw and fixtures (抽签、编排): pure, so that anybody can recompute them from the entries and the published seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

POOL, KNOCKOUT, THIRD = "pool", "knockout", "third"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a bout: an entry, or where it will come from (`W3` winner of bout 3, `L3` its loser, `P1-2` second of pool 1)."""

    entry: int | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One bout of the fixtures (一场比赛)."""

    stage: str
    round: int
    number: int
    home: Side
    away: Side
    pool: int = 0


def said(origin: str) -> str:
    """Where a side comes from, in words (来自哪一场)."""
    if origin.startswith("P"):
        pool, rank = origin[1:].split("-")
        return f"{pool} 组第 {rank} 名"
    return f"第 {origin[1:]} 场{'胜者' if origin.startswith('W') else '负者'}" if origin else ""


def drawn(entries: Sequence[int], seed: str) -> list[int]:
    """The order of the lots (签序): by SHA-256 of `seed:entry`, the number of the entry as sign-up gave it."""
    return sorted(entries, key=lambda e: hashlib.sha256(f"{seed}:{e}".encode()).hexdigest())


def rounds(entries: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Single round robin by the circle method (单循环): everybody meets everybody once, nobody twice in a round."""
    ring: list[int | None] = [*entries, *([None] if len(entries) % 2 else [])]
    found, half = [], len(ring) // 2
    for turn in range(max(0, len(ring) - 1)):
        pairs = [(ring[i], ring[-1 - i]) for i in range(half)]
        if turn % 2:
            pairs = [(b, a) for a, b in pairs]
        found.append([(a, b) for a, b in pairs if a is not None and b is not None])
        ring = [ring[0], ring[-1], *ring[1:-1]]
    return found


def pools(order: Sequence[int], count: int) -> list[list[int]]:
    """Entries dealt into pools there and back (蛇形分组), so that sizes differ by one at most."""
    found: list[list[int]] = [[] for _ in range(count)]
    for i, entry in enumerate(order):
        lap, place = divmod(i, count)
        found[place if lap % 2 == 0 else count - 1 - place].append(entry)
    return found


def slots(size: int) -> list[int]:
    """Seeds by slot in a bracket of a power of two, 1 against the last (种子位): 1 and 2 can only meet in the final."""
    found = [1]
    while len(found) < size:
        full = len(found) * 2 + 1
        found = [x for seed in found for x in (seed, full - seed)]
    return found


def size_of(entries: int) -> int:
    """The bracket that holds so many (签位数)."""
    size = 1
    while size < entries:
        size *= 2
    return size


def bracket(seeds: Sequence[Side], *, first: int = 1, start: int = 1, third: bool = True) -> list[Match]:
    """Single knock-out with byes for the best seeds (单淘汰，轮空给前列签位).

    Args: seeds best first; first the number of the first bout; start its round; third whether the losers of the semi-finals meet.
    """
    if len(seeds) < 2:
        return []
    line: list[Side | None] = [seeds[n - 1] if n <= len(seeds) else None for n in slots(size_of(len(seeds)))]
    found: list[Match] = []
    number, turn = first, start
    while len(line) > 1:
        semi, following = len(line) == 4, list[Side | None]()
        for home, away in zip(line[::2], line[1::2], strict=True):
            if home is None or away is None:
                following.append(home or away)
                continue
            found.append(Match(KNOCKOUT, turn, number, home, away))
            following.append(Side(origin=f"W{number}"))
            number += 1
        if semi and third and len(found) >= 2 and all(side is not None and side.origin.startswith("W") for side in following):
            losers = [Side(origin="L" + side.origin[1:]) for side in following if side is not None]
            found.append(Match(THIRD, turn + 1, number, losers[0], losers[1]))
            number += 1
        line, turn = following, turn + 1
    return found


def league(entries: Sequence[int], *, pool: int = 0, first: int = 1) -> list[Match]:
    """All bouts of one pool, round by round (循环赛场次)."""
    found = list[Match]()
    for turn, pairs in enumerate(rounds(entries), 1):
        for home, away in pairs:
            found.append(Match(POOL, turn, first + len(found), Side(home), Side(away), pool))
    return found


def qualifiers(count: int, through: int) -> list[Side]:
    """Places of a knock-out after the pools (出线签位): winners first; the order that lets fewest of one pool meet at once."""
    best: tuple[int, list[tuple[int, int]]] | None = None
    for turns in product(range(count), repeat=max(0, through - 1)):
        order = [(p + (0, *turns)[rank]) % count for rank in range(through) for p in range(count)]
        seeds = [(pool + 1, i // count + 1) for i, pool in enumerate(order)]
        clashes = _clashes(seeds)
        if best is None or clashes < best[0]:
            best = (clashes, seeds)
        if clashes == 0:
            break
    return [Side(origin=f"P{pool}-{rank}") for pool, rank in (best[1] if best else [])]


def _clashes(seeds: list[tuple[int, int]]) -> int:
    """How many first bouts bring two of one pool together."""
    line = [seeds[n - 1] if n <= len(seeds) else None for n in slots(size_of(len(seeds)))]
    return sum(1 for a, b in zip(line[::2], line[1::2], strict=True) if a and b and a[0] == b[0])


def fixtures(
    format: str, order: Sequence[int], *, count: int = 2, through: int = 2, third: bool = True
) -> tuple[list[list[int]], list[Match]]:
    """Pools and bouts of a whole match (编排): `order` is the order of the lots."""
    if format == "round_robin":
        return [list(order)], league(order, pool=1)
    if format == "knockout":
        return [], bracket([Side(e) for e in order], third=third)
    groups, found = pools(order, count), list[Match]()
    for n, group in enumerate(groups, 1):
        found += league(group, pool=n, first=len(found) + 1)
    start = max((m.round for m in found), default=0) + 1
    return groups, found + bracket(qualifiers(count, through), first=len(found) + 1, start=start, third=third)


@dataclass(frozen=True, slots=True)
class Played:
    """A result (成绩)."""

    home: int
    away: int
    home_score: int
    away_score: int


@dataclass(slots=True)
class Row:
    """One line of the standings (积分)."""

    entry: int
    lot: int
    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    scored: int = 0
    against: int = 0
    points: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """What decides, in this order: points, difference, scored."""
        return (self.points, self.scored - self.against, self.scored)


def standings(entries: Sequence[tuple[int, int]], results: Sequence[Played], *, win: int, draw: int, loss: int) -> list[Row]:
    """The table of a pool (积分榜): points, then difference, then scored; still equal, the smaller lot stands first.

    Args: entries (entry, lot).
    """
    table = {entry: Row(entry, lot) for entry, lot in entries}
    for r in results:
        for me, mine, other in ((r.home, r.home_score, r.away_score), (r.away, r.away_score, r.home_score)):
            row = table[me]
            row.played, row.scored, row.against = row.played + 1, row.scored + mine, row.against + other
            row.won, row.drawn, row.lost = row.won + (mine > other), row.drawn + (mine == other), row.lost + (mine < other)
            row.points += win if mine > other else draw if mine == other else loss
    return sorted(table.values(), key=lambda r: (*(-x for x in r.key), r.lot))
