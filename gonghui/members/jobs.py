"""Timed work of membership (会籍定时任务): seasons, unclaimed transfers, retention. Safe to run twice."""

from __future__ import annotations

from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.core.jobs import Progress
from gonghui.members.models import Transfer
from gonghui.members.services import privacy, standing, transfers


def seasons(progress: Progress | None = None) -> dict[str, Any]:
    """Pause and resume by season (季节暂停与恢复)."""
    actor, due, done = Actor.system("seasons"), standing.seasonal_due(), 0
    refused = []
    for spell, resume in due:
        try:
            standing.seasonal_step(actor=actor, spell=spell, resume=resume)
            done += 1
        except Refusal as refusal:
            refused.append({"spell": spell.pk, "why": refusal.message})
        if progress is not None:
            progress.tell(done, len(due))
    return {"due": len(due), "done": done, "refused": refused}


def unclaimed(progress: Progress | None = None) -> dict[str, Any]:
    """Transfers nobody claimed in time go to the territorial union (逾期转入属地)."""
    actor, done = Actor.system("unclaimed"), 0
    due = list(Transfer.objects.filter(state="in_transit", due_on__lte=clock.today()).order_by("pk"))
    refused = []
    for transfer in due:
        try:
            transfers.transfer_fall_back(actor=actor, transfer=transfer)
            done += 1
        except Refusal as refusal:
            refused.append({"transfer": transfer.pk, "why": refusal.message})
        if progress is not None:
            progress.tell(done, len(due))
    return {"due": len(due), "done": done, "refused": refused}


def retention(progress: Progress | None = None) -> dict[str, int]:
    """What is past its time is deleted (到期清理)."""
    return privacy.retention_run(actor=Actor.system("retention"))


HANDLERS = {"members.seasons": seasons, "members.unclaimed": unclaimed, "members.retention": retention}
