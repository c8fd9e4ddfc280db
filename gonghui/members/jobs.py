"""Timed work of membership (会籍定时任务): seasons, unclaimed transfers, retention. Safe to run twice."""

from __future__ import annotations

from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.core.jobs import Progress
from gonghui.members.models import Comparison, Membership, Transfer
from gonghui.members.selectors import places
from gonghui.members.services import privacy, settling, standing, transfers


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


def placing(progress: Progress | None = None) -> dict[str, Any]:
    """Members of a pool who by now have a workplace are placed by the order of joining (会员库按规则安置), MEM-6-1.

    Only the workplace decides; whoever has none waits for the officer of the area.
    """
    actor, done = Actor.system("placing"), 0
    waiting = Membership.objects.filter(until=None, standing="active", union__kind="pool").select_related("union", "person").order_by("pk")
    refused = []
    for spell in list(waiting):
        job = spell.person.employments.filter(until=None).select_related("employer__union").order_by("since", "pk").first()
        route = places.route(job.employer) if job is not None else None
        if route is None or route.union.pk == spell.union_id:
            continue
        try:
            transfers.place_from_pool(actor=actor, membership=spell, union=route.union)
            done += 1
        except Refusal as refusal:
            refused.append({"spell": spell.pk, "why": refusal.message})
    return {"done": done, "refused": refused}


def comparisons(progress: Progress | None = None) -> dict[str, Any]:
    """Differences the register has settled by now are closed (名册差异自动核销)."""
    actor, settled = Actor.system("comparisons"), 0
    for row in Comparison.objects.filter(signed_on=None).select_related("union").order_by("pk"):
        settled += settling.comparison_refresh(actor=actor, comparison=row)
    return {"settled": settled}


def retention(progress: Progress | None = None) -> dict[str, int]:
    """What is past its time is deleted (到期清理)."""
    return privacy.retention_run(actor=Actor.system("retention"))


HANDLERS = {
    "members.seasons": seasons,
    "members.unclaimed": unclaimed,
    "members.placing": placing,
    "members.retention": retention,
    "members.comparisons": comparisons,
}
