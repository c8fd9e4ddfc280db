"""Checking every row (检查): read, tidy, judge; what waits for a person is stored sealed."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import bulk, crypto, jobs
from gonghui.core.errors import BadInput
from gonghui.files.imports import flows, pipeline, protocol, reading, vault
from gonghui.files.imports.enums import BatchState, RowState
from gonghui.files.imports.models import ImportBatch, ImportRow
from gonghui.files.imports.protocol import Context, Handler, Problem
from gonghui.files.imports.reading import ROW
from gonghui.files.imports.services.doors import allowed

INLINE_BYTES = 1_500_000
MOST_WAITING = 20_000
JOB_CHECK = "files.import.check"


def batch_check(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Check every row (检查): at once for a small file, as a job for a large one."""
    allowed(actor, batch)
    if batch.size <= INLINE_BYTES:
        return check_now(actor=actor, batch=batch)
    with transaction.atomic():
        job = jobs.enqueue(actor, JOB_CHECK, f"检查 {batch.name}", org_path=batch.org_path, batch=batch.pk)
        ImportBatch.objects.filter(pk=batch.pk).update(job_id=job.pk)
        batch.job_id = job.pk
        if batch.state == BatchState.CHECKED:  # checked again: it waits for the job as it did the first time
            flows.BATCH.advance(batch, BatchState.MAPPED, actor=actor, org_path=batch.org_path)
    return batch


def check_now(*, actor: Actor, batch: ImportBatch, tell: protocol.Tell = protocol.quiet) -> ImportBatch:
    """Read, tidy and judge; store the rows that wait for a person."""
    judged = _judged(actor, batch, tell)
    return _checked(actor, batch, judged)


def _judged(actor: Actor, batch: ImportBatch, tell: protocol.Tell) -> pipeline.Judged:
    handler, context = protocol.handler(batch.kind), context_of(actor, batch)
    sheet, skipped = prepared(batch, handler, context, tell)
    tell(0, sheet.frame.height, "正在核对")
    return pipeline.judge(sheet, handler, context, skipped)


def prepared(
    batch: ImportBatch, handler: Handler, context: Context, tell: protocol.Tell, table: reading.Table | None = None
) -> tuple[protocol.Sheet, list[int]]:
    tell(0, 0, "正在读表")
    table = table or reading.read(vault.get(batch), sheet=batch.sheet)
    frame = pipeline.body(table, handler, batch.mapping, batch.header_row, batch.options.get("rows"))
    fixes, skipped = _fixes(batch)
    return pipeline.prepare(frame, handler, context, fixes=fixes), skipped


def _fixes(batch: ImportBatch) -> tuple[dict[int, dict[str, str]], list[int]]:
    fixes: dict[int, dict[str, str]] = {}
    skipped = []
    for row in ImportRow.objects.filter(batch=batch).exclude(state=RowState.OPEN, fixes=None):
        if row.state == RowState.SKIPPED:
            skipped.append(row.row)
        elif row.fixes is not None:
            fixes[row.row] = json.loads(crypto.unseal(vault.ROWS, "fixes", row.pk, row.fixes))
    return fixes, skipped


def context_of(actor: Actor, batch: ImportBatch) -> Context:
    choices = dict(ImportRow.objects.filter(batch=batch).exclude(choice="").values_list("row", "choice"))
    skipped = frozenset(ImportRow.objects.filter(batch=batch, state=RowState.SKIPPED).values_list("row", flat=True))
    return Context(actor, batch.org_path, batch.as_of, batch.options, choices, batch.pk, skipped)


@transaction.atomic
def _checked(actor: Actor, batch: ImportBatch, judged: pipeline.Judged) -> ImportBatch:
    store_waiting(batch, judged)
    vault.keep(batch, "tidied", judged.sheet.cells)
    counts = {
        **judged.counts,
        "rows": judged.rows,
        "tidied": judged.sheet.tidied,
        "notes": [*batch.options.get("read", []), *judged.plan.notes],
        "error": "",
    }
    return flows.BATCH.advance(batch, BatchState.CHECKED, actor=actor, org_path=batch.org_path, changes=counts, counts=judged.counts)


def store_waiting(batch: ImportBatch, judged: pipeline.Judged) -> None:
    """Replace the waiting rows, keeping what was already corrected, chosen or skipped."""
    old = {r.row: r for r in ImportRow.objects.filter(batch=batch)}
    fixes, _skipped = _fixes(batch)
    by_row: dict[int, list[Problem]] = {}
    for p in judged.problems:
        by_row.setdefault(p.row, []).append(p)
    touched = {n for n, r in old.items() if r.fixes is not None or r.choice or r.state == RowState.SKIPPED}
    numbers = sorted(set(by_row) | touched)
    if len(numbers) > MOST_WAITING:
        raise BadInput(
            "imports.too_many_bad",
            f"{len(numbers):,} 行有问题，多于 {MOST_WAITING:,} 行。多半是某一列对错了，请回到上一步核对表头，或改好原表再上传。",
            rows=len(numbers),
        )
    source = judged.sheet.frame if judged.sheet.raw is None else judged.sheet.raw
    raw = {int(r[ROW]): r for r in source.filter(pl.col(ROW).is_in(numbers)).iter_rows(named=True)}
    ImportRow.objects.filter(batch=batch).delete()
    if not numbers:
        return
    ids = bulk.reserve_ids(ImportRow, len(numbers))
    seal_cells, seal_fixes = crypto.sealer(vault.ROWS, "cells"), crypto.sealer(vault.ROWS, "fixes")
    rows = []
    for pk, n in zip(ids, numbers, strict=True):
        before, problems = old.get(n), by_row.get(n, [])
        state = (
            RowState.SKIPPED if before is not None and before.state == RowState.SKIPPED else RowState.OPEN if problems else RowState.FIXED
        )
        cells = json.dumps({k: v for k, v in raw.get(n, {}).items() if k != ROW and not k.startswith("_")}, ensure_ascii=False)
        fixed = seal_fixes(pk, json.dumps(fixes[n], ensure_ascii=False)) if n in fixes else None
        cause = problems[0].code if problems else before.cause if before else ""
        rows.append(
            ImportRow(
                pk=pk,
                batch=batch,
                row=n,
                cause=cause,
                problems=[as_dict(p) for p in problems],
                cells=seal_cells(pk, cells),
                fixes=fixed,
                choice=before.choice if before else "",
                state=state,
            )
        )
    ImportRow.objects.bulk_create(rows, batch_size=500)


def as_dict(problem: Problem) -> dict[str, Any]:
    """A problem as stored and shown."""
    return {
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "suggestion": problem.suggestion,
        "choices": [list(c) for c in problem.choices],
    }


def summary(judged: pipeline.Judged) -> dict[str, Any]:
    """A checked table as plain data."""
    problems = [{"row": p.row, **as_dict(p)} for p in sorted(judged.problems, key=lambda p: p.row)]
    return {"rows": judged.rows, **judged.counts, "tidied": judged.sheet.tidied, "notes": judged.plan.notes, "problems": problems}
