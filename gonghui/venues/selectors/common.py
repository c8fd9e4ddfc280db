"""Values and places that reads and writes share (公用查询)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.policy import services as policy
from gonghui.venues.rules import checking, hours

if TYPE_CHECKING:
    from gonghui.venues.models import Venue


def value(key: str, on: date | None = None, union: Any = None) -> Any:
    """A value of the rule base."""
    return policy.value(key, on=on or clock.today(), unit_path=union.path if union is not None else "").value


def number(key: str, on: date | None = None, union: Any = None) -> int:
    """A whole number of the rule base."""
    return int(value(key, on, union))


def checklist(kind: str, on: date | None = None) -> list[tuple[str, int]]:
    """What is looked at in a kind of point. Source: policy venues.checklist."""
    return checking.items_of(value("venues.checklist", on), kind)


def minute_of(moment: datetime) -> int:
    """Minute of the day in Shanghai."""
    local = moment.astimezone(clock.SHANGHAI)
    return local.hour * 60 + local.minute


def now_of(venue: Venue) -> tuple[bool, str]:
    """Is it open now, and in words (现在开不开)? `exceptions` are read from what is loaded."""
    if venue.state != "open":
        return False, f"{venue.get_state_display()}：{venue.reason}"
    today = clock.today()
    special = next((e for e in venue.exceptions.all() if e.on == today), None)
    span = hours.span_of(venue.hours, today.weekday())
    if special is not None:
        span = (special.opens, special.closes) if special.opens is not None and special.closes is not None else None
    note = f"（{special.words}）" if special is not None else ""
    if span is None:
        return False, f"今天不开放{note}"
    minute = minute_of(clock.now())
    if hours.is_open(span, minute):
        return True, f"全天开放{note}" if span == (0, hours.DAY) else f"现在开放，到 {hours.show(span)[6:]}{note}"
    return False, f"{hours.show(span)[:5]} 开门{note}" if minute < span[0] else f"今天已关门{note}"
