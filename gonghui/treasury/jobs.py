"""Timed work of treasury (定时任务)."""

from __future__ import annotations

from gonghui.accounts.actor import Actor
from gonghui.treasury.services import batches


def silent() -> dict[str, int]:
    """Lines without an answer of the bank become `unknown`; nothing is sent again. Source: policy treasury.answer_days; AID-04."""
    actor = Actor.system("treasury.silent")
    return {"unknown": sum(batches.mark_silent(actor=actor, line=line) for line in batches.silent_lines())}
