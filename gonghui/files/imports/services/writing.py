"""Writing a batch, whole or not at all, and taking it back (写入、撤销). MEM-06."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import audit, clock, jobs
from gonghui.core.errors import Conflict, Refusal, RuleViolation
from gonghui.files.imports import flows, pipeline, protocol, vault
from gonghui.files.imports.enums import BatchState, RowState
from gonghui.files.imports.models import ImportBatch, ImportRow
from gonghui.files.imports.protocol import Context, Handler
from gonghui.files.imports.reading import ROW
from gonghui.files.imports.services.checking import context_of, prepared, store_waiting
from gonghui.files.imports.services.doors import allowed

JOB_COMMIT = "files.import.commit"


@transaction.atomic
def batch_commit(*, actor: Actor, batch: ImportBatch, only_good: bool = False) -> ImportBatch:
    """Queue the writing of a checked batch (确认导入).

    Args: only_good: rows that still wait are left out and can follow in a batch of their own.
    Raises: RuleViolation imports.rows_open; RuleViolation imports.nothing; Conflict.
    """
    allowed(actor, batch)
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
    handler, context = protocol.handler(batch.kind), context_of(actor, batch)
    sheet, skipped = prepared(batch, handler, context, tell)
    tell(0, sheet.frame.height, f"正在写入 {sheet.frame.height:,} 行")
    try:
        return write(actor, batch, handler, context, sheet, skipped)
    except Refusal as refusal:
        flows.BATCH.advance(batch, BatchState.CHECKED, actor=actor, org_path=batch.org_path, changes={"error": refusal.message[:300]})
        raise


@transaction.atomic(savepoint=False)  # a savepoint would make bulk writes under triggers slow, see core.bulk
def write(
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
    store_waiting(seen, judged)
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
    handler = allowed(actor, batch)
    if len(reason.strip()) < 2:
        raise RuleViolation("imports.reason", "撤销导入要写明理由。请补填后再撤销。")
    seen = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if seen.state != BatchState.COMMITTED:
        raise Conflict("imports.not_committed", "这一批现在不能撤销。请刷新后查看最新状态。")
    handler.undo(vault.kept(seen, "undo") or {}, context_of(actor, seen))
    return flows.BATCH.advance(
        seen, BatchState.UNDONE, actor=actor, org_path=seen.org_path, changes={"undone_at": clock.now()}, reason=reason
    )


@transaction.atomic
def batch_abandon(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Give up a batch that was not written (放弃); its file is deleted."""
    allowed(actor, batch)
    ended = flows.BATCH.advance(batch, BatchState.ABANDONED, actor=actor, org_path=batch.org_path)
    ImportRow.objects.filter(batch=batch).delete()
    transaction.on_commit(lambda: vault.remove(ended))
    return ended


@transaction.atomic
def batch_follow(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Go on with the rows that were left out (接着处理余下的行) in a batch of their own. Raises: RuleViolation imports.nothing."""
    allowed(actor, batch)
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
    allowed(actor, batch)
    audit.record(actor, "files.import.bad_rows_taken", batch, org_path=batch.org_path, rows=rows)
