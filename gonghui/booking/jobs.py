"""Timed work of booking (预约定时任务)."""

from __future__ import annotations

from datetime import timedelta

from gonghui.accounts.actor import Actor
from gonghui.booking.services import profiles, upkeep
from gonghui.core import jobs


def register() -> None:
    """Called from `BookingConfig.ready()`."""
    jobs.every("booking.expire", timedelta(minutes=1), upkeep.expire, title="预约超时失效与候补递补")
    jobs.every("booking.no_shows", timedelta(hours=1), upkeep.no_shows, title="未到场与到期未用")
    jobs.every("booking.opening", timedelta(minutes=1), opening, title="开始预约提醒")
    jobs.every("booking.remind", timedelta(minutes=10), upkeep.remind, title="服务开始前提醒")


def opening() -> int:
    """Tell those who asked to be told before booking opens (开始提醒)."""
    return profiles.reminders_send(actor=Actor.system("booking.opening"))
