"""Checking and writing as jobs (后台办理)."""

from __future__ import annotations

from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import jobs
from gonghui.core.errors import Refusal
from gonghui.files.imports.enums import BatchState
from gonghui.files.imports.models import ImportBatch
from gonghui.files.imports.services.checking import check_now
from gonghui.files.imports.services.writing import commit_now


def job_check(progress: jobs.Progress) -> dict[str, Any]:
    """Job: check a large file as the person who uploaded it."""
    batch = ImportBatch.objects.get(pk=progress.args["batch"])
    if batch.state == BatchState.MAPPED:
        try:
            check_now(actor=_behalf(batch), batch=batch, tell=progress.tell)
        except Refusal as refusal:
            ImportBatch.objects.filter(pk=batch.pk).update(error=refusal.message[:300])
            raise
    return {"batch": batch.pk}


def job_commit(progress: jobs.Progress) -> dict[str, Any]:
    """Job: write a batch. After a crash it is claimed again and finds the batch either written or untouched."""
    batch = commit_now(
        actor=_behalf(ImportBatch.objects.get(pk=progress.args["batch"])),
        batch=ImportBatch.objects.get(pk=progress.args["batch"]),
        tell=progress.tell,
    )
    return {
        "batch": batch.pk,
        "rows": batch.rows,
        "created": batch.created,
        "updated": batch.updated,
        "unchanged": batch.unchanged,
        "rejected": batch.rejected,
    }


def _behalf(batch: ImportBatch) -> Actor:
    """The system acting for the person who was permitted when queueing; the audit log names both."""
    actor = Actor.system("import")
    return Actor(ref=batch.actor, name=actor.name, is_system=True)
