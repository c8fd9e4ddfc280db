"""Timed work of benefits (定时任务)."""

from __future__ import annotations

from gonghui.accounts.actor import Actor
from gonghui.benefits.services import claims


def lapse() -> dict[str, int]:
    """Codes past their day lapse, groups past their hour are settled."""
    return claims.lapse(actor=Actor.system("benefits.lapse"))
