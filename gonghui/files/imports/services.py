"""Importing (导入办理): upload, map, check, fix, commit, undo. A batch is written whole or not at all (MEM-06)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import audit, bulk, clock, crypto, jobs
from gonghui.core.errors import BadInput, Conflict, Refusal, RuleViolation
from gonghui.files.imports import cleaning, flows, guard, headers, pipeline, protocol, reading, vault
from gonghui.files.imports.enums import BatchState, RowState
from gonghui.files.imports.models import HeaderMemory, ImportBatch, ImportRow
from gonghui.files.imports.protocol import Context, Handler, Problem
from gonghui.files.imports.reading import ROW

MOST_WAITING = 20_000
INLINE_BYTES = 1_500_000
JOB_CHECK, JOB_COMMIT = "files.import.check", "files.import.commit"


# -- upload and headers --------------------------------------------------------------------------------------------


def batch_upload(
    *,
    actor: Actor,
    kind: str,
    content: bytes,
    name: str,
    org_path: str,
    org_name: str = "",
    as_of: date | None = None,
    sheet: str = "",
    options: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Take in a file and propose its columns (上传). Nothing is stored when it cannot be read.

    Raises: NotPermitted; NotFound; BadInput imports.*.
    """
    handler = protocol.handler(kind)
    actor.require(handler.perm, org_path)
    table = reading.read(content, sheet=sheet)
    return _uploaded(actor, handler, content, name, table, org_path, org_name, as_of, dict(options or {}))


@transaction.atomic
def _uploaded(
    actor: Actor,
    handler: Handler,
    content: bytes,
    name: str,
    table: reading.Table,
    org_path: str,
    org_name: str,
    as_of: date | None,
    options: dict[str, Any],
) -> ImportBatch:
    found, token = headers.find(table.frame, handler.columns, memory(org_path, handler.kind)), secrets.token_hex(16)
    notes = [f"合并的单元格已按同一内容补到 {table.filled} 格。"] if table.filled else []
    batch = ImportBatch.objects.create(
        token=token, kind=handler.kind, org_path=org_path, org_name=org_name[:120], name=name[-120:], size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        place=vault.put(token, content), sheet=table.sheet[:60], header_row=found.row, headers=found.texts, mapping=found.mapping,
        options={**options, "sure": found.sure, "sheets": table.sheets[:20], "read": notes}, as_of=as_of or clock.today(), actor=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "files.import.uploaded", batch, org_path=org_path, kind=handler.kind, sha256=batch.sha256, size=batch.size)
    return batch


def memory(org_path: str, kind: str) -> dict[str, str]:
    """Headers confirmed before, nearest org first (表头记忆)."""
    rows = HeaderMemory.objects.filter(kind=kind).order_by("org_path", "pk")
    return {r.header: r.column for r in rows if org_path.startswith(r.org_path)}


@transaction.atomic
def batch_map(*, actor: Actor, batch: ImportBatch, mapping: Mapping[str, str]) -> ImportBatch:
    """Confirm which column is which (核对表头) and remember it. Raises: BadInput imports.columns; Conflict."""
    handler = _open(actor, batch)
    chosen = {k: c for k, c in mapping.items() if c and c in batch.headers and any(x.key == k for x in handler.columns)}
    headers.require(chosen, handler.columns)
    for key, column in chosen.items():
        header = headers.plain(batch.headers[column])[:60]
        HeaderMemory.objects.update_or_create(
            org_path=batch.org_path, kind=batch.kind, header=header, defaults={"column": key, "used_at": clock.now()}
        )
    return flows.BATCH.advance(batch, BatchState.MAPPED, actor=actor, org_path=batch.org_path, changes={"mapping": chosen, "error": ""})


# -- check ---------------------------------------------------------------------------------------------------------


def batch_check(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Check every row (检查): at once for a small file, as a job for a large one."""
    _open(actor, batch)
    if batch.size <= INLINE_BYTES:
        return check_now(actor=actor, batch=batch)
    with transaction.atomic():
        job = jobs.enqueue(actor, JOB_CHECK, f"检查 {batch.name}", org_path=batch.org_path, batch=batch.pk)
        ImportBatch.objects.filter(pk=batch.pk).update(job_id=job.pk)
        batch.job_id = job.pk
    return batch


def check_now(*, actor: Actor, batch: ImportBatch, tell: protocol.Tell = protocol.quiet) -> ImportBatch:
    """Read, tidy and judge; store the rows that wait for a person."""
    judged = _judged(actor, batch, tell)
    return _checked(actor, batch, judged)


def _judged(actor: Actor, batch: ImportBatch, tell: protocol.Tell) -> pipeline.Judged:
    handler, context = protocol.handler(batch.kind), _context(actor, batch)
    sheet, skipped = _prepared(batch, handler, context, tell)
    tell(0, sheet.frame.height, "正在核对")
    return pipeline.judge(sheet, handler, context, skipped)


def _prepared(
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


def _context(actor: Actor, batch: ImportBatch) -> Context:
    choices = dict(ImportRow.objects.filter(batch=batch).exclude(choice="").values_list("row", "choice"))
    return Context(actor, batch.org_path, batch.as_of, batch.options, choices, batch.pk)


@transaction.atomic
def _checked(actor: Actor, batch: ImportBatch, judged: pipeline.Judged) -> ImportBatch:
    _store_waiting(batch, judged)
    vault.keep(batch, "tidied", judged.sheet.cells)
    counts = {
        **judged.counts,
        "rows": judged.rows,
        "tidied": judged.sheet.tidied,
        "notes": [*batch.options.get("read", []), *judged.plan.notes],
        "error": "",
    }
    return flows.BATCH.advance(batch, BatchState.CHECKED, actor=actor, org_path=batch.org_path, changes=counts, counts=judged.counts)


def _store_waiting(batch: ImportBatch, judged: pipeline.Judged) -> None:
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


# -- fixing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def row_fix(*, actor: Actor, row: ImportRow, values: Mapping[str, str], choice: str = "") -> ImportRow:
    """Correct cells of one row, or choose (就地改); the row is checked again at once.

    Raises: Conflict imports.not_open; BadInput imports.choice for a choice that was not offered.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=row.batch_id)
    handler = _open(actor, batch)
    _still_open(batch)
    cells = row_cells(row)
    fixes = {**row_fixes(row), **{k: v for k, v in values.items() if k in cells}}
    offered = {str(v) for p in row.problems for v, _label in p.get("choices", [])}
    if choice and choice not in offered | {row.choice}:
        raise BadInput("imports.choice", "请从列出的办法中选一个。")
    context = _context(actor, batch)
    context.choices[row.row] = choice or row.choice
    frame = pl.DataFrame([{ROW: row.row, **cells}], schema={ROW: pl.UInt32, **dict.fromkeys(cells, pl.String)})
    judged = pipeline.judge(pipeline.prepare(frame, handler, context, fixes={row.row: fixes}), handler, context)
    row.problems = [as_dict(p) for p in judged.problems]
    row.state = RowState.OPEN if row.problems else RowState.FIXED
    row.cause = row.problems[0]["code"] if row.problems else row.cause
    row.choice = choice or row.choice
    row.fixes = crypto.seal(vault.ROWS, "fixes", row.pk, json.dumps(fixes, ensure_ascii=False)) if fixes else None
    row.save(update_fields=["problems", "state", "cause", "choice", "fixes"])
    return row


@transaction.atomic
def row_skip(*, actor: Actor, row: ImportRow, skip: bool = True) -> ImportRow:
    """Leave a row out, or take it back (跳过、撤回): its file content stays as it was."""
    batch = ImportBatch.objects.select_for_update().get(pk=row.batch_id)
    _open(actor, batch)
    _still_open(batch)
    if skip:
        row.state = RowState.SKIPPED
        row.save(update_fields=["state"])
        return row
    row.fixes, row.choice = None, ""
    row.save(update_fields=["fixes", "choice"])
    return row_fix(actor=actor, row=row, values={})


def row_cells(row: ImportRow) -> dict[str, str | None]:
    """The cells as read from the file."""
    cells: dict[str, str | None] = json.loads(crypto.unseal(vault.ROWS, "cells", row.pk, row.cells))
    return cells


def row_fixes(row: ImportRow) -> dict[str, str]:
    """The corrected cells."""
    return dict(json.loads(crypto.unseal(vault.ROWS, "fixes", row.pk, row.fixes))) if row.fixes is not None else {}


@transaction.atomic
def tidy_revoke(*, actor: Actor, batch: ImportBatch, row: int, column: str, back: bool = True) -> ImportBatch:
    """Take back one automatic clean-up (撤回自动整理), or allow it again. Check again afterwards."""
    _open(actor, batch)
    _still_open(batch)
    kept = [u for u in batch.options.get("untidy", []) if u != [row, column]]
    options = {**batch.options, "untidy": [*kept, [row, column]] if back else kept}
    return flows.BATCH.advance(
        batch, BatchState.MAPPED, actor=actor, org_path=batch.org_path, changes={"options": options}, row=row, column=column
    )


# -- commit and undo -----------------------------------------------------------------------------------------------


@transaction.atomic
def batch_commit(*, actor: Actor, batch: ImportBatch, only_good: bool = False) -> ImportBatch:
    """Queue the writing of a checked batch (确认导入).

    Args: only_good: rows that still wait are left out and can follow in a batch of their own.
    Raises: RuleViolation imports.rows_open; RuleViolation imports.nothing; Conflict.
    """
    _open(actor, batch)
    waiting = ImportRow.objects.filter(batch=batch, state=RowState.OPEN).count()
    if waiting and not only_good:
        raise RuleViolation("imports.rows_open", f"还有 {waiting} 行要改好或跳过。也可以先导入没有问题的行。", rows=waiting)
    if batch.rows - waiting <= 0:
        raise RuleViolation("imports.nothing", "没有可以导入的行。请先改好有问题的行。")
    job = jobs.enqueue(actor, JOB_COMMIT, f"导入 {batch.name}", org_path=batch.org_path, total=batch.rows, batch=batch.pk)
    options = {**batch.options, "only_good": only_good}
    return flows.BATCH.advance(
        batch, BatchState.COMMITTING, actor=actor, org_path=batch.org_path, changes={"options": options, "job_id": job.pk}
    )


def commit_now(*, actor: Actor, batch: ImportBatch, tell: protocol.Tell = protocol.quiet) -> ImportBatch:
    """Write the batch in one transaction (写入). Safe to run twice: a committed batch stays as it is (JOB-01)."""
    batch.refresh_from_db()
    if batch.state != BatchState.COMMITTING:
        return batch
    handler, context = protocol.handler(batch.kind), _context(actor, batch)
    sheet, skipped = _prepared(batch, handler, context, tell)
    tell(0, sheet.frame.height, f"正在写入 {sheet.frame.height:,} 行")
    try:
        return _write(actor, batch, handler, context, sheet, skipped)
    except Refusal as refusal:
        flows.BATCH.advance(batch, BatchState.CHECKED, actor=actor, org_path=batch.org_path, changes={"error": refusal.message[:300]})
        raise


@transaction.atomic(savepoint=False)  # a savepoint would make bulk writes under triggers slow, see core.bulk
def _write(
    actor: Actor, batch: ImportBatch, handler: Handler, context: Context, sheet: protocol.Sheet, skipped: Sequence[int]
) -> ImportBatch:
    seen = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if seen.state != BatchState.COMMITTING:
        return seen
    judged = pipeline.judge(sheet, handler, context, skipped)
    open_rows = {p.row for p in judged.problems}
    if open_rows and not seen.options.get("only_good"):
        raise RuleViolation(
            "imports.changed", f"检查之后系统里的资料有变动，{len(open_rows)} 行有了新问题。请重新检查。", rows=sorted(open_rows)[:20]
        )
    kept = handler.write(judged.plan, context, protocol.quiet)
    _store_waiting(seen, judged)
    vault.keep(seen, "undo", kept)
    vault.keep(seen, "verdicts", {"rows": judged.verdicts[ROW].to_list(), "verdicts": judged.verdicts[pipeline.VERDICT].to_list()})
    changes = {
        **judged.counts,
        "rows": judged.rows,
        "committed_at": clock.now(),
        "notes": [*seen.options.get("read", []), *judged.plan.notes],
        "error": "",
    }
    return flows.BATCH.advance(
        seen,
        BatchState.COMMITTED,
        actor=actor,
        org_path=seen.org_path,
        changes=changes,
        counts=judged.counts,
        sha256=seen.sha256,
        digest=judged.digest,
    )


@transaction.atomic
def batch_undo(*, actor: Actor, batch: ImportBatch, reason: str) -> ImportBatch:
    """Reverse a committed batch (撤销导入). Refused, naming them, when later changes depend on it.

    Raises: RuleViolation imports.undo_blocked, imports.reason; Conflict.
    """
    handler = _open(actor, batch)
    if len(reason.strip()) < 2:
        raise RuleViolation("imports.reason", "撤销导入要写明理由。请补填后再撤销。")
    seen = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if seen.state != BatchState.COMMITTED:
        raise Conflict("imports.not_committed", "这一批现在不能撤销。请刷新后查看最新状态。")
    handler.undo(vault.kept(seen, "undo") or {}, _context(actor, seen))
    return flows.BATCH.advance(
        seen, BatchState.UNDONE, actor=actor, org_path=seen.org_path, changes={"undone_at": clock.now()}, reason=reason
    )


@transaction.atomic
def batch_abandon(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Give up a batch that was not written (放弃); its file is deleted."""
    _open(actor, batch)
    ended = flows.BATCH.advance(batch, BatchState.ABANDONED, actor=actor, org_path=batch.org_path)
    ImportRow.objects.filter(batch=batch).delete()
    transaction.on_commit(lambda: vault.remove(ended))
    return ended


@transaction.atomic
def batch_follow(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Go on with the rows that were left out (接着处理余下的行) in a batch of their own. Raises: RuleViolation imports.nothing."""
    _open(actor, batch)
    left = list(ImportRow.objects.filter(batch=batch, state=RowState.OPEN).order_by("row").values_list("row", flat=True))
    if batch.state != BatchState.COMMITTED or not left:
        raise RuleViolation("imports.nothing", "没有余下的行。")
    if found := ImportBatch.objects.filter(parent=batch).exclude(state=BatchState.ABANDONED).first():
        return found
    token = secrets.token_hex(16)
    fresh = ImportBatch.objects.create(
        token=token, kind=batch.kind, org_path=batch.org_path, org_name=batch.org_name, name=batch.name, size=batch.size, sha256=batch.sha256, place=vault.put(token, vault.get(batch)),
        state=BatchState.MAPPED, sheet=batch.sheet, header_row=batch.header_row, headers=batch.headers, mapping=batch.mapping, options={**batch.options, "rows": left},
        as_of=batch.as_of, parent=batch, actor=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "files.import.followed", fresh, org_path=batch.org_path, parent=batch.pk, rows=len(left))
    return fresh


@transaction.atomic
def bad_rows_taken(*, actor: Actor, batch: ImportBatch, rows: int) -> None:
    """The rows left out were downloaded, in clear, by somebody (下载没导入的行): the audit log says so."""
    _open(actor, batch)
    audit.record(actor, "files.import.bad_rows_taken", batch, org_path=batch.org_path, rows=rows)


# -- without a person ----------------------------------------------------------------------------------------------


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
    actor.require(handler.perm, org_path)
    table = reading.read(content)
    if dry_run:
        found = headers.find(table.frame, handler.columns, memory(org_path, kind))
        context = Context(actor, org_path, as_of or clock.today(), dict(options or {}))
        judged = pipeline.run(table, handler, context, mapping=found.mapping, header_row=found.row)
        return {"kind": kind, "dry_run": True, **summary(judged)}
    batch = _uploaded(actor, handler, content, name, table, org_path, org_name, as_of, {**(options or {}), "only_good": True})
    try:
        context = _context(actor, batch)
        sheet, _skipped = _prepared(batch, handler, context, protocol.quiet, table)
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
        done = _write(actor, batch, handler, context, sheet, [])
    problems = [{"row": r.row, **p} for r in ImportRow.objects.filter(batch=done).order_by("row") for p in r.problems]
    return {
        "rows": done.rows,
        **{v: getattr(done, v) for v in protocol.VERDICTS},
        "tidied": done.tidied or sheet.tidied,
        "notes": done.notes,
        "problems": problems,
    }


def summary(judged: pipeline.Judged) -> dict[str, Any]:
    """A checked table as plain data."""
    problems = [{"row": p.row, **as_dict(p)} for p in sorted(judged.problems, key=lambda p: p.row)]
    return {"rows": judged.rows, **judged.counts, "tidied": judged.sheet.tidied, "notes": judged.plan.notes, "problems": problems}


# -- jobs ----------------------------------------------------------------------------------------------------------


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


def _open(actor: Actor, batch: ImportBatch) -> Handler:
    handler = protocol.handler(batch.kind)
    actor.require(handler.perm, batch.org_path)
    return handler


def _still_open(batch: ImportBatch) -> None:
    if batch.state not in (BatchState.CHECKED, BatchState.MAPPED):
        raise Conflict("imports.not_open", "这一批已不在检查中，改动没有保存。请刷新后查看最新状态。")


__all__ = [
    "batch_abandon",
    "batch_check",
    "batch_commit",
    "batch_follow",
    "batch_map",
    "batch_undo",
    "batch_upload",
    "check_now",
    "cleaning",
    "commit_now",
    "guard",
    "import_run",
    "memory",
    "row_fix",
    "row_skip",
    "tidy_revoke",
]
