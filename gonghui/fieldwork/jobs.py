"""Timed work of field work (上门服务定时任务). Safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.fieldwork.models import Device, Portfolio
from gonghui.fieldwork.selectors import values
from gonghui.fieldwork.services import devices, follow_ups


def fill() -> dict[str, Any]:
    """New blank spots of every portfolio are followed (列入跟踪)."""
    actor, made = Actor.system("portfolio"), 0
    for row in Portfolio.objects.filter(until=None).select_related("union").order_by("pk"):
        made += follow_ups.portfolio_fill(actor, row, clock.today())
    return {"made": made, "assigned": follow_ups.adopt(actor, clock.today())}


def stale() -> dict[str, Any]:
    """A phone not heard of for longer than it may keep anything is cut off (停用久未同步的手机)."""
    actor, now = Actor.system("devices"), clock.now()
    last = now - timedelta(days=values.number("fieldwork.outbox_days", clock.today()))
    rows = Device.objects.filter(revoked_at=None, registered_at__lt=last).exclude(seen_at__gte=last)
    for row in rows:
        devices.device_revoke(actor=actor, device=row, why="超过保存期限没有同步")
    return {"revoked": len(rows)}
