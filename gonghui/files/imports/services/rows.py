"""Mending rows in place (就地修改): values, skips, clean-ups taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl
from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import crypto
from gonghui.core.errors import BadInput
from gonghui.files.imports import flows, pipeline, vault
from gonghui.files.imports.enums import BatchState, RowState
from gonghui.files.imports.models import ImportBatch, ImportRow
from gonghui.files.imports.reading import ROW
from gonghui.files.imports.services.checking import as_dict, context_of
from gonghui.files.imports.services.doors import allowed, still_open


@transaction.atomic
def row_fix(*, actor: Actor, row: ImportRow, values: Mapping[str, str], choice: str = "") -> ImportRow:
    """Correct cells of one row, or choose (就地改); the row is checked again at once, unless its kind judges rows together.

    Raises: Conflict imports.not_open; BadInput imports.choice for a choice that was not offered.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=row.batch_id)
    handler = allowed(actor, batch)
    still_open(batch)
    cells = row_cells(row)
    fixes = {**row_fixes(row), **{k: v for k, v in values.items() if k in cells}}
    offered = {str(v) for p in row.problems for v, _label in p.get("choices", [])}
    if choice and choice not in offered | {row.choice}:
        raise BadInput("imports.choice", "请从列出的办法中选一个。")
    row.choice = choice or row.choice
    row.fixes = crypto.seal(vault.ROWS, "fixes", row.pk, json.dumps(fixes, ensure_ascii=False)) if fixes else None
    if handler.together:  # alone it says nothing: the caller has the whole table checked again
        row.state = RowState.OPEN
        row.save(update_fields=["choice", "fixes", "state"])
        return row
    context = context_of(actor, batch)
    context.choices[row.row] = row.choice
    frame = pl.DataFrame([{ROW: row.row, **cells}], schema={ROW: pl.UInt32, **dict.fromkeys(cells, pl.String)})
    judged = pipeline.judge(pipeline.prepare(frame, handler, context, fixes={row.row: fixes}), handler, context)
    row.problems = [as_dict(p) for p in judged.problems]
    row.state = RowState.OPEN if row.problems else RowState.FIXED
    row.cause = row.problems[0]["code"] if row.problems else row.cause
    row.save(update_fields=["problems", "state", "cause", "choice", "fixes"])
    return row


@transaction.atomic
def row_skip(*, actor: Actor, row: ImportRow, skip: bool = True) -> ImportRow:
    """Leave a row out, or take it back (跳过、撤回): its file content stays as it was."""
    batch = ImportBatch.objects.select_for_update().get(pk=row.batch_id)
    allowed(actor, batch)
    still_open(batch)
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
    allowed(actor, batch)
    still_open(batch)
    kept = [u for u in batch.options.get("untidy", []) if u != [row, column]]
    options = {**batch.options, "untidy": [*kept, [row, column]] if back else kept}
    return flows.BATCH.advance(
        batch, BatchState.MAPPED, actor=actor, org_path=batch.org_path, changes={"options": options}, row=row, column=column
    )
