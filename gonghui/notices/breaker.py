"""Stops knocking at a door that does not open (熔断): five failures in a row, then one try a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from gonghui.core import clock

FAILURES = 5
REST = timedelta(minutes=1)


class Breaker:
    """Closed: all pass. Open: none until the rest is over, then one trial."""

    def __init__(self, failures: int = FAILURES, rest: timedelta = REST) -> None:
        self.most, self.rest, self.failures = failures, rest, 0
        self.open_until: datetime | None = None

    def allows(self) -> bool:
        """May a message be tried now?"""
        return self.open_until is None or clock.now() >= self.open_until

    @property
    def is_open(self) -> bool:
        return self.open_until is not None

    def worked(self) -> None:
        """The door opened."""
        self.failures, self.open_until = 0, None

    def failed(self) -> None:
        """It did not."""
        self.failures += 1
        if self.failures >= self.most:
            self.open_until = clock.now() + self.rest


sms = Breaker()
