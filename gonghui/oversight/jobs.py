"""Timed work of oversight (经审与公开的定时任务). Safe to run twice."""

from __future__ import annotations

from gonghui.accounts.actor import Actor
from gonghui.oversight.services import findings, publicity, training


def escalate() -> dict[str, int]:
    """Findings past their day (整改逾期上报)."""
    return {"told": findings.escalate(actor=Actor.system("oversight.escalate"))}


def publication() -> dict[str, int]:
    """Half-years not published in time (公布逾期提醒)."""
    return {"told": publicity.warn_late(actor=Actor.system("oversight.publication"))}


def cascade() -> dict[str, int]:
    """Classes not passed on in time (培训逾期没有传达)."""
    return {"told": training.cascade_remind(actor=Actor.system("oversight.cascade"))}
