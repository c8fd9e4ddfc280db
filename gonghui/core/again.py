"""Races lost to another transaction are run again, a bounded number of times (重试; assurance faults 19 and 20).

PostgreSQL answers a deadlock (40P01) or a conflict of serialisable transactions (40001) by undoing one side whole. Nothing of it
is left, so the same request may simply run again. It may not once any transaction of the request was committed: then the reader is
asked to come back (503), as for every other busy moment.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

LOST = frozenset({"40001", "40P01"})
"""SQLSTATE serialization_failure and deadlock_detected."""
TRIES = 4
WAIT = 0.05
"""Seconds before the second try, doubled for each further one, with up to as much again by chance."""

T = TypeVar("T")


def lost(fault: BaseException) -> bool:
    """Did the store undo this transaction in favour of another?"""
    return isinstance(fault, OperationalError) and getattr(fault.__cause__, "sqlstate", None) in LOST


def bounded(run: Callable[[], T], before: Callable[[], None] = lambda: None) -> T:
    """Run; when a race was lost and nothing was committed yet, call `before` and run again, at most `TRIES` times in all.

    Inside a transaction of somebody else nothing is tried again: that one is lost as a whole.
    """
    for attempt in range(1, TRIES + 1):
        done = getattr(connection, "commits", None)
        try:
            return run()
        except OperationalError as fault:
            if not lost(fault) or attempt == TRIES or connection.in_atomic_block or getattr(connection, "commits", None) != done:
                raise
        before()
        time.sleep(WAIT * 2 ** (attempt - 1) * (1 + random.random()))  # noqa: S311  # spreads two losers, guards nothing
    raise AssertionError("unreachable")


__all__ = ["LOST", "TRIES", "bounded", "lost"]
