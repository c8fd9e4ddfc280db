"""Rota of a service plan (排班). Pure: which shifts of one person cannot stand together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Span:
    """One shift of a person (班次时间)."""

    starts_at: datetime
    ends_at: datetime
    words: str = ""


def clash(new: Span, held: Iterable[Span], rest: timedelta) -> tuple[str, Span] | None:
    """The first held shift that forbids the new one: `overlap` at the same time, `rest` too short between them; None when it fits."""
    for span in sorted(held, key=lambda s: s.starts_at):
        if new.starts_at < span.ends_at and span.starts_at < new.ends_at:
            return "overlap", span
        gap = new.starts_at - span.ends_at if new.starts_at >= span.ends_at else span.starts_at - new.ends_at
        if gap < rest:
            return "rest", span
    return None


def may_check_in(starts_at: datetime, ends_at: datetime, now: datetime, before: timedelta) -> bool:
    """Is the check-in open: from some minutes before the shift until its end?"""
    return starts_at - before <= now <= ends_at
