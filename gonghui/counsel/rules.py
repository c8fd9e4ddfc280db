"""Pure rules of psychological care (心理关爱的纯规则)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo

NUMBER = re.compile(r"\d{5,}")
MONDAY_ON = "星期一 星期二 星期三 星期四 星期五 星期六 星期日".split()


def alias_fault(alias: str, name: str) -> str:
    """Why an alias will not do, or "" (化名能不能用): it must not be the real name and hold no long number."""
    plain = alias.strip()
    if len(plain) < 2:
        return "化名至少 2 个字。"
    if name and (plain == name.strip() or name.strip() in plain):
        return "化名里不要写真实姓名，另取一个。"
    if NUMBER.search(plain):
        return "化名里不要写手机号、证件号这样的号码。"
    return ""


def times(
    hours: Iterable[tuple[int, time, time, str]], since: date, until: date, minutes: int, zone: tzinfo
) -> Iterator[tuple[datetime, str]]:
    """Starts of the slots of weekly hours (weekday, begins, ends, mode) between two days, both included; a rest that is too short is no slot."""
    day, table = since, list(hours)
    while day <= until:
        for weekday, begins, ends, mode in table:
            if day.weekday() != weekday:
                continue
            at, end = datetime.combine(day, begins, zone), datetime.combine(day, ends, zone)
            while at + timedelta(minutes=minutes) <= end:
                yield at, mode
                at += timedelta(minutes=minutes)
        day += timedelta(days=1)


def hour_words(weekday: int, begins: time, ends: time) -> str:
    """`星期三 14:00–17:00`."""
    return f"{MONDAY_ON[weekday]} {begins:%H:%M}–{ends:%H:%M}"


def share(part: int, whole: int) -> str:
    """A share with its parts: `83.3%（5/6）`, or — of nothing."""
    return f"{part * 100 / whole:.1f}%（{part}/{whole}）" if whole else "—"
