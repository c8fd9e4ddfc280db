"""Timed work of the register (登记定时任务). Safe to run twice."""

from __future__ import annotations

from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.orgs.services import projects, reminders


def remind() -> dict[str, Any]:
    """Reminders of what comes due (期限提醒)."""
    return reminders.reminders_send(actor=Actor.system("orgs.reminders"))


def projects_due() -> dict[str, int]:
    """Open the follow-up of projects that have reached their end (项目完工)."""
    return projects.projects_due(actor=Actor.system("orgs.projects"))
