"""Which quotas a booking counts in (名额的取用), without a database: all caps that match, and one share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

OPEN_KINDS = frozenset({"item", "session", "general"})


@dataclass(slots=True)
class Shelf:
    """A quota row as the hot path sees it (名额行)."""

    id: int
    kind: str
    key: str
    reserved: bool
    size: int
    taken: int
    over: bool
    release_at: datetime | None

    @property
    def left(self) -> int:
        """Places left; none while the quota is over."""
        return 0 if self.over else max(0, self.size - self.taken)

    def fits(self, tags: Collection[str]) -> bool:
        """Is it meant for somebody with these tags?"""
        return self.kind in OPEN_KINDS or (f"{self.kind}:{self.key}" if self.key else self.kind) in tags

    def open_to(self, tags: Collection[str], now: datetime) -> bool:
        """May somebody with these tags take from this share at this moment?"""
        return self.fits(tags) or (self.release_at is not None and now >= self.release_at)


def choose(shelves: Iterable[Shelf], tags: Collection[str], now: datetime) -> list[Shelf] | None:
    """The quotas to take from, or None when there is no place: own share first, then the general one, then released ones."""
    caps, shares = [], []
    for shelf in shelves:
        if shelf.reserved:
            shares.append(shelf)
        elif shelf.fits(tags):
            if not shelf.left:
                return None
            caps.append(shelf)
    if not shares:
        return caps
    usable = [s for s in shares if s.left and s.open_to(tags, now)]
    if not usable:
        return None
    best = min(usable, key=lambda s: (0 if s.kind != "general" and s.fits(tags) else 1 if s.kind == "general" else 2, s.id))
    return [*caps, best]


def left_for(shelves: Iterable[Shelf], tags: Collection[str], now: datetime) -> int:
    """How many places somebody with these tags could take (我能约的名额)."""
    rows = list(shelves)
    caps = [s.left for s in rows if not s.reserved and s.fits(tags)]
    shares = [s for s in rows if s.reserved]
    if shares:
        caps.append(sum(s.left for s in shares if s.open_to(tags, now)))
    return min(caps) if caps else 0
