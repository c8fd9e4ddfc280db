"""Timed work of income (经费收缴的定时任务). Safe to run twice."""

from __future__ import annotations

from gonghui.accounts.actor import Actor
from gonghui.income.services import payers, staff


def periods() -> dict[str, int]:
    """Lay out the periods that are over (生成申报期)."""
    return {"made": payers.periods_open(actor=Actor.system("income.periods"))}


def reminders() -> dict[str, int]:
    """The yearly reminder to check off-establishment headcounts (每年提醒)."""
    return {"made": staff.staff_remind_all(actor=Actor.system("income.reminders"))}
