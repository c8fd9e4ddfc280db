"""Makes the export a person asked for (制作导出)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from gonghui.accounts import selectors as accounts
from gonghui.core import clock
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.jobs import Progress
from gonghui.files import kinds, rules, services
from gonghui.files.enums import ExportState
from gonghui.files.models import Export


def export(progress: Progress) -> dict[str, Any]:
    """Build with the rights the asker has now, keep for 24 hours. Safe to run twice: a made export is not made again."""
    row = Export.objects.get(pk=progress.args["export"])
    if row.state != ExportState.QUEUED:
        return {"export": row.pk, "state": row.state}
    actor = accounts.actor_by_id(row.user_id)
    kind = kinds.get(row.kind)
    try:
        if actor is None:
            raise NotFound()
        actor.require(kind.perm, row.org_path or None)
        name, data = kind.build(actor, dict(row.args), row)
    except Refusal as refusal:
        Export.objects.filter(pk=row.pk).update(state=ExportState.FAILED, note=refusal.message[:200])
        raise
    with transaction.atomic():
        file = services.file_make(
            actor,
            name=name,
            data=data,
            purpose="export",
            org_path=row.org_path,
            restricted=True,
            expires_at=clock.now() + rules.EXPORT_LIFE,
        )
        Export.objects.filter(pk=row.pk, state=ExportState.QUEUED).update(state=ExportState.READY, file=file)
    progress.tell(row.count, row.count)
    return {"export": row.pk, "file": file.pk}
