"""The whole way in one call (一次导入): for the command line and the demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.files.imports import flows, headers, pipeline, protocol, reading, vault
from gonghui.files.imports.enums import BatchState
from gonghui.files.imports.models import ImportBatch, ImportRow
from gonghui.files.imports.protocol import Context, Handler
from gonghui.files.imports.services.checking import context_of, prepared, summary
from gonghui.files.imports.services.upload import memory, uploaded
from gonghui.files.imports.services.writing import write


def import_run(
    *,
    actor: Actor,
    kind: str,
    content: bytes,
    name: str,
    org_path: str,
    org_name: str = "",
    as_of: date | None = None,
    dry_run: bool = False,
    options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole way in one call, for the command line and the demo: good rows go in, the others come back with reasons.

    Raises: NotPermitted; BadInput imports.*. With `dry_run` nothing is stored at all.
    """
    handler = protocol.handler(kind)
    handler.require(actor, org_path)
    table = reading.read(content)
    if dry_run:
        found = headers.find(table.frame, handler.columns, memory(org_path, kind))
        context = Context(actor, org_path, as_of or clock.today(), dict(options or {}))
        judged = pipeline.run(table, handler, context, mapping=found.mapping, header_row=found.row)
        return {"kind": kind, "dry_run": True, **summary(judged)}
    batch = uploaded(actor, handler, content, name, table, org_path, org_name, as_of, {**(options or {}), "only_good": True})
    try:
        context = context_of(actor, batch)
        sheet, _skipped = prepared(batch, handler, context, protocol.quiet, table)
        del table
        done = _write_whole(actor, batch, handler, context, sheet)
    except Refusal:
        vault.remove(batch)
        ImportBatch.objects.filter(pk=batch.pk).delete()
        raise
    return {"kind": kind, "dry_run": False, "batch": batch.pk, **done}


def _write_whole(actor: Actor, batch: ImportBatch, handler: Handler, context: Context, sheet: protocol.Sheet) -> dict[str, Any]:
    with transaction.atomic():
        flows.BATCH.advance(batch, BatchState.MAPPED, actor=actor, org_path=batch.org_path)
        ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.COMMITTING, tidied=sheet.tidied)
        done = write(actor, batch, handler, context, sheet, [])
    problems = [{"row": r.row, **p} for r in ImportRow.objects.filter(batch=done).order_by("row") for p in r.problems]
    return {
        "rows": done.rows,
        **{v: getattr(done, v) for v in protocol.VERDICTS},
        "tidied": done.tidied or sheet.tidied,
        "notes": done.notes,
        "problems": problems,
    }
