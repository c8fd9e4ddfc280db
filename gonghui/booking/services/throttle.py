"""A member may ask so often (限速): keyed on the member, never on the address (500 members of one factory share one).

In the memory of each process; the unique claims are what keeps a second place away, this only keeps the load away.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

SPAN = 10.0
MOST_KEPT = 50_000


class Throttle:
    """A bucket of `most()` requests in ten seconds for each member (令牌桶)."""

    def __init__(self, most: Callable[[], int], now: Callable[[], float] = monotonic) -> None:
        self._most, self._now = most, now
        self._left: dict[int, tuple[float, float]] = {}

    def wait(self, person: int) -> float:
        """Count one request; 0 when it may go on, else seconds to wait."""
        most, now = float(self._most()), self._now()
        left, at = self._left.get(person, (most, now))
        left = min(most, left + (now - at) * most / SPAN)
        if left < 1.0:
            self._left[person] = (left, now)
            return (1.0 - left) * SPAN / most
        if len(self._left) >= MOST_KEPT:
            self._prune(now)
        self._left[person] = (left - 1.0, now)
        return 0.0

    def _prune(self, now: float) -> None:
        """Whoever has been silent for the whole span has a full bucket again."""
        self._left = {p: (left, at) for p, (left, at) in self._left.items() if now - at < SPAN}
