"""Places left, for many readers (余票): at most one read of the database a second and item, on one machine.

Each process remembers the answer for a second. Processes share it through a small file beside the database, so that two of
them do not both ask; whoever holds the file's lock asks, the others show what is there.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from gonghui.booking.enums import ItemState, SessionState
from gonghui.booking.models import Item, Quota
from gonghui.core import clock
from gonghui.core.errors import Unavailable
from gonghui.core.lock import FileLock

FRESH = 1.0
MOST_KEPT = 500
_kept: dict[int, tuple[float, bytes]] = {}
_guard = threading.Lock()
MISSING = b'{"code":"core.not_found"}'
asked = 0
"""How often this process has asked the database."""


def answer(item: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and JSON for one poll."""
    if not item.isascii() or not item.isdigit() or len(item) > 12:
        return 404, {}, MISSING
    body = remaining(int(item))
    return (200, {}, body) if body else (404, {}, MISSING)


def remaining(item: int) -> bytes:
    """The JSON of an item that is published; empty for any other."""
    known = _kept.get(item)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    with _guard:
        known = _kept.get(item)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        until, body = _shared(item, known)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[item] = (until, body)
        return body


def forget() -> None:
    """Drop what is remembered here (tests)."""
    _kept.clear()


def _shared(item: int, known: tuple[float, bytes] | None) -> tuple[float, bytes]:
    """What another process read within the last second, or our own reading."""
    if settings.TESTING and not getattr(settings, "BOOKING_SHARED_COUNTS", False):
        return time.monotonic() + FRESH, read(item)
    where = Path(settings.DATA_DIR) / "counts"
    where.mkdir(mode=0o700, exist_ok=True, parents=True)
    path, lock = where / f"booking-{item}.json", FileLock(where / f"booking-{item}.lock", 0.0)
    age, body = _file(path)
    if age < FRESH:
        return time.monotonic() + FRESH - age, body
    try:
        lock.acquire()
    except Unavailable:  # somebody else is asking
        return time.monotonic() + 0.05, known[1] if known is not None else body or read(item)
    try:
        age, body = _file(path)
        if age >= FRESH:
            body, age = read(item), 0.0
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(body)
            fresh.replace(path)
        return time.monotonic() + FRESH - age, body
    finally:
        lock.close()


def _file(path: Path) -> tuple[float, bytes]:
    """Age in seconds and content; a file from the future counts as old."""
    try:
        age = time.time() - path.stat().st_mtime
        return (age if age >= 0 else FRESH), path.read_bytes()
    except OSError:
        return FRESH, b""


def read(item: int) -> bytes:
    """Ask the database (读库)."""
    global asked
    asked += 1
    found = Item.objects.filter(pk=item, state__in=[ItemState.PUBLISHED, ItemState.PAUSED]).prefetch_related("sessions").first()
    if found is None:
        return b""
    caps = list(Quota.objects.filter(item_id=item, reserved=False, kind__in=["item", "session"]))
    whole = min((_left(q) for q in caps if q.session_id is None), default=None)
    sessions = []
    for session in sorted(found.sessions.all(), key=lambda s: (s.starts_at, s.pk)):
        own = min((_left(q) for q in caps if q.session_id == session.pk), default=0)
        left = own if whole is None else min(own, whole)
        open_ = found.state == ItemState.PUBLISHED and session.state == SessionState.OPEN
        sessions.append({"id": session.pk, "left": left, "size": session.capacity, "waiting": session.waiting, "open": open_})
    data: dict[str, Any] = {"item": item, "sessions": sessions, "at": clock.now().isoformat(timespec="seconds")}
    return json.dumps(data, separators=(",", ":")).encode()


def _left(quota: Quota) -> int:
    return 0 if quota.over else max(0, quota.size - quota.taken)
