"""Timed work of venues (定时任务)."""

from __future__ import annotations

from gonghui.accounts.actor import Actor
from gonghui.venues.selectors import library as reads
from gonghui.venues.services import library


def overdue() -> dict[str, int]:
    """Readers of overdue books are asked once in the interval. Source: policy venues.remind_gap."""
    actor = Actor.system("venues.overdue")
    return {"reminded": library.remind(actor=actor, rows=reads.overdue(actor))}
