"""Timed work of booking (预约定时任务)."""

from __future__ import annotations

from datetime import timedelta

from gonghui.booking.services import upkeep
from gonghui.core import jobs


def register() -> None:
    """Called from `BookingConfig.ready()`."""
    jobs.every("booking.expire", timedelta(minutes=1), upkeep.expire, title="预约超时失效与候补递补")
    jobs.every("booking.no_shows", timedelta(hours=1), upkeep.no_shows, title="未到场与到期未用")
    jobs.every("booking.remind", timedelta(minutes=10), upkeep.remind, title="服务开始前提醒")
