"""Requests of the same instant are committed together (成组提交): one durable commit serves many members.

Whoever comes first leads: it settles what has gathered and wakes the others with their answers; meanwhile the next group
gathers. No thread of its own, no wait when nobody else is there. An answer is given only after the commit (BK-09).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from gonghui.booking.services.engine import Answer, Ask
from gonghui.booking.services.giving import settle
from gonghui.core.errors import Refusal, Unavailable

log = logging.getLogger(__name__)
MOST = 256
PATIENCE = 10.0


class _Seat:
    """A request that waits for its answer."""

    __slots__ = ("answer", "ask", "fault", "heir", "wake")

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.answer: Answer | None = None
        self.fault: BaseException | None = None
        self.heir = False
        self.wake = threading.Lock()
        self.wake.acquire()


class Desk:
    """The group commit of one process (成组提交台)."""

    def __init__(self, work: Callable[[Sequence[Ask]], list[Answer]] = settle, *, own: bool = False) -> None:
        """Args: own: settle on a connection of the desk's own, whichever thread leads: one warm connection instead of one a thread."""
        self._work, self._own = work, own
        self._line: BaseDatabaseWrapper | None = None
        self._guard = threading.Lock()
        self._seats: deque[_Seat] = deque()
        self._led = False
        self.groups = self.asks = 0

    def submit(self, ask: Ask) -> Answer:
        """The answer, after its group is committed. Raises Unavailable when it takes too long: the same key may be sent again."""
        seat = _Seat(ask)
        with self._guard:
            self._seats.append(seat)
            leads, self._led = not self._led, True
        if not leads and not seat.wake.acquire(timeout=PATIENCE) and not self._called(seat):
            raise Unavailable(retry_after=1)
        if seat.answer is None and seat.fault is None:
            self._lead()
        if seat.fault is not None:
            raise seat.fault if isinstance(seat.fault, Refusal) else Unavailable(retry_after=1) from seat.fault
        if seat.answer is None:  # settled by nobody: cannot happen while a leader hands on
            raise Unavailable(retry_after=1)
        return seat.answer

    def _called(self, seat: _Seat) -> bool:
        """After too long a wait: was this seat made leader in the last instant? If not, it leaves the line."""
        with self._guard:
            if not seat.heir and seat in self._seats:
                self._seats.remove(seat)
            return seat.heir

    def _lead(self) -> None:
        """Settle one group and hand the lead to the first of the next."""
        with self._guard:
            group = [self._seats.popleft() for _ in range(min(MOST, len(self._seats)))]
        try:
            for seat, answer in zip(group, self._answers([s.ask for s in group]), strict=True):
                seat.answer = answer
        except BaseException as fault:  # every member of the group must be told, whatever happened
            if not isinstance(fault, Refusal | OperationalError | InterfaceError):
                log.exception("booking group failed")
            for seat in group:
                seat.fault = fault
        finally:
            with self._guard:
                heir = self._seats[0] if self._seats else None
                self._led = heir is not None
                if heir is not None:
                    heir.heir = True
                self.groups, self.asks = self.groups + 1, self.asks + len(group)
            if heir is not None:
                heir.wake.release()
            for seat in group:
                if seat.wake.locked():
                    seat.wake.release()

    def _answers(self, asks: Sequence[Ask]) -> list[Answer]:
        """Once more on a fresh connection when the old one is dead. Keys make the second try harmless, even after a commit."""
        with self._connected():
            try:
                return self._work(asks)
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block:
                    raise
                connection.close()
                return self._work(asks)

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """The desk's connection in the place of the thread's while it leads; only one thread leads at a time."""
        held = connections[DEFAULT_DB_ALIAS]
        if not self._own or held.in_atomic_block:
            yield
            return
        if self._line is None:
            self._line = connections.create_connection(DEFAULT_DB_ALIAS)
            self._line.inc_thread_sharing()
        connections[DEFAULT_DB_ALIAS] = self._line
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = held

    def close(self) -> None:
        """Close the desk's connection (tests)."""
        if self._line is not None:
            self._line.close()
            self._line = None


desk = Desk(own=not settings.TESTING)
