"""The one clock (时钟). `today()` is the business day in Asia/Shanghai; nothing else in the project asks the system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("gonghui_clock", default=None)


def now() -> datetime:
    """This instant, aware, in Asia/Shanghai."""
    return _frozen.get() or datetime.now(SHANGHAI)


def today() -> date:
    """The business day (业务日)."""
    return now().date()


@contextmanager
def at(moment: datetime | date) -> Iterator[None]:
    """Hold the clock at a moment: for imports of history and for tests. A date means its noon."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 12, tzinfo=SHANGHAI)
    token = _frozen.set(moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))
    try:
        yield
    finally:
        _frozen.reset(token)


def add_months(day: date, months: int) -> date:
    """The same day of another month; the month's last day where it is shorter (月末顺延到当月最后一天)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
