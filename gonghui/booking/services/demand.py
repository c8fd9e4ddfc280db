"""Who asked and got nothing (未满足的需求): gathered in memory, written together, at most once per member, session, reason and day.

Planning needs it, no right hangs on it: it is written after the first press, in small parts, and what a killed process had
not yet written (ten seconds' worth) is lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from django.db import Error, transaction

from gonghui.booking.models import Demand
from gonghui.booking.rules.passes import Pass
from gonghui.core import clock

log = logging.getLogger(__name__)
SOON, MOST, CHUNK, PAUSE = 10.0, 20_000, 200, 0.05
_lock = threading.Lock()
_noted: dict[tuple[int, int, str], tuple[Pass, Any]] = {}
_timer: threading.Timer | None = None


def note(found: Pass, reason: str) -> None:
    """Remember one unmet request; it is written some seconds later by a thread of its own."""
    global _timer
    with _lock:
        if len(_noted) < MOST:
            _noted.setdefault((found.session, found.person, reason), (found, clock.now()))
        if _timer is None:
            _timer = threading.Timer(SOON, _late)
            _timer.daemon = True
            _timer.start()


def _late() -> None:
    """The timer's work, on a connection of its own that is closed again."""
    global _timer
    from django.db import connection

    with _lock:
        _timer = None
    try:
        flush(PAUSE)
    except Error:
        log.exception("unmet requests not written")
    finally:
        connection.close()


def flush(pause: float = 0.0) -> int:
    """Write what was noted, a few hundred rows at a time so that no booking waits for it. Returns how many."""
    with _lock:
        rows = [(found, reason, at) for (_session, _person, reason), (found, at) in _noted.items()]
        _noted.clear()
    for start in range(0, len(rows), CHUNK):
        write(rows[start : start + CHUNK])
        time.sleep(pause)
    return len(rows)


@transaction.atomic
def write(rows: Sequence[tuple[Pass, str, Any]]) -> int:
    """Write unmet requests at once (pass, reason, when). Returns how many."""
    made = [
        Demand(
            item_id=found.item,
            session_id=found.session,
            person_id=found.person,
            reason=reason,
            on=at.date(),
            at=at,
            union_path=found.union_path,
            first_time=found.first_time,
            shift=found.shift,
        )
        for found, reason, at in rows
    ]
    Demand.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    return len(made)
