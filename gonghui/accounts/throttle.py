"""Limits (限流): counters in the shared store, raised by one atomic statement, for every app.

Call `hit` before the service's transaction: a count inside it would vanish with the rollback of a refusal.
Source: assurance §5.2 bar 10, §5.3 bar 15, R22.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from gonghui.accounts.limits import Limit
from gonghui.accounts.models import Bucket
from gonghui.core import clock, crypto
from gonghui.core.errors import TooMany

__all__ = ["Limit", "forget", "hit", "refund", "spend", "sweep"]
TABLE = Bucket._meta.db_table
# A block that has ended, or an open window that has passed, starts the count again.
_RAISE = f"""
INSERT INTO "{TABLE}" (key, count, started_at, blocked_until) VALUES (%s, 1, %s, 0)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN "{TABLE}".started_at <= %s THEN 1 ELSE "{TABLE}".count + 1 END,
  started_at = CASE WHEN "{TABLE}".started_at <= %s THEN excluded.started_at ELSE "{TABLE}".started_at END
RETURNING count, started_at
"""  # noqa: S608  # the table's own name


def _ms() -> int:
    return int(clock.now().timestamp() * 1000)


def _key(bucket: str, key: str) -> str:
    return f"{bucket}:{crypto.blind('accounts.bucket', f'{bucket}|{key}').hex()}"


def hit(bucket: str, key: str, limit: int, window: timedelta, *, growing: bool = False) -> int:
    """Count one attempt (计一次).

    Args: bucket what is limited (`search`, `export`); key whom (member, account, network); limit attempts allowed in `window`.
    Returns: the count in this window. Raises: TooMany accounts.too_many with the seconds to wait.
    """
    found, now, millis = _key(bucket, key), _ms(), int(window.total_seconds() * 1000)
    if growing and (wait := _blocked(found, now)):
        raise _too_many(bucket, wait)
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [found, now, now - millis, now - millis])
        count, started = cursor.fetchone()
    if count <= limit:
        return int(count)
    if not growing:
        raise _too_many(bucket, started + millis - now)
    _block(found, now, count - limit)
    return int(count)


def _blocked(key: str, now: int) -> int:
    until = Bucket.objects.filter(key=key).values_list("blocked_until", flat=True).first() or 0
    return max(until - now, 0)


def _block(key: str, now: int, over: int) -> None:
    """One try is let through, the next must wait 1, 2, 4 … 60 s: honest people behind the same address still get in."""
    pause = min(2 ** min(over - 1, 6), 60) * 1000
    Bucket.objects.filter(key=key).update(blocked_until=Greatest(F("blocked_until"), now + pause))


def _too_many(bucket: str, wait_ms: int) -> TooMany:
    seconds = max(1, -(-wait_ms // 1000))
    text = f"{seconds} 秒" if seconds < 120 else f"{-(-seconds // 60)} 分钟"
    return TooMany("accounts.too_many", f"试的次数太多了，请等 {text}再试。", retry_after=seconds, bucket=bucket)


def spend(limit: Limit, key: str) -> int:
    """`hit` with a named limit."""
    return hit(limit.name, key, limit.most, limit.window, growing=limit.growing)


def refund(limit: Limit, key: str) -> None:
    """Take one attempt back: it turned out honest."""
    Bucket.objects.filter(key=_key(limit.name, key), count__gt=0).update(count=F("count") - 1, blocked_until=0)


def forget(limit: Limit, key: str) -> None:
    """Start again from nothing: the right person came in."""
    Bucket.objects.filter(key=_key(limit.name, key)).delete()


def sweep(older: timedelta = timedelta(days=2)) -> int:
    """Remove buckets of past windows (清理限流桶)."""
    return Bucket.objects.filter(started_at__lt=_ms() - int(older.total_seconds() * 1000)).delete()[0]
