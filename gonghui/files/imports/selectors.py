"""Reads of import (导入查询), cut to what the actor may import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from gonghui.accounts.actor import Actor, any_of
from gonghui.core import mask
from gonghui.core.errors import NotFound
from gonghui.files.imports import cleaning, protocol, services, vault
from gonghui.files.imports.enums import RowState
from gonghui.files.imports.models import ImportBatch, ImportRow
from gonghui.files.imports.protocol import Column, Handler

SHOWN = ("name", "employer_name", "union_name", "code")
MOST_CELLS = 6
COMMON = {
    "empty": "没有填", "date": "日期写法", "flag": "是否", "choice": "可选项", "integer": "数字", "long": "过长",
}  # fmt: skip


def kinds(actor: Actor) -> list[Handler]:
    """Kinds the actor may import."""
    return [h for h in protocol.handlers() if actor.may(h.perm)]


def targets(actor: Actor, handler: Handler) -> list[tuple[str, str]]:
    """Where to: the handler's own list, else each scope of the actor."""
    return handler.targets(actor) or [
        (p, "我管理的范围" if i == 0 else f"我管理的范围（{i + 1}）") for i, p in enumerate(actor.paths(handler.perm))
    ]


def visible(actor: Actor) -> Q:
    """Filter over batches."""
    return any_of(Q(kind=h.kind) & h.visible(actor) for h in kinds(actor))


def batch_list(*, actor: Actor) -> QuerySet[ImportBatch]:
    """Batches in scope, newest first."""
    return ImportBatch.objects.filter(visible(actor)).order_by("-pk")


def batch_get(*, actor: Actor, pk: int) -> ImportBatch:
    """One batch in scope. Raises NotFound."""
    batch = ImportBatch.objects.filter(visible(actor), pk=pk).first()
    if batch is None:
        raise NotFound()
    return batch


def row_get(*, batch: ImportBatch, pk: int) -> ImportRow:
    """One waiting row of a batch. Raises NotFound."""
    row = ImportRow.objects.filter(batch=batch, pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def causes(handler: Handler) -> dict[str, str]:
    """Cause -> label of its tab."""
    return {**COMMON, **handler.causes}


def cause_counts(batch: ImportBatch) -> list[tuple[str, int]]:
    """Waiting rows by cause, most first."""
    rows = ImportRow.objects.filter(batch=batch).values("cause").annotate(n=Count("pk")).order_by("-n")
    return [(r["cause"], r["n"]) for r in rows]


def state_counts(batch: ImportBatch) -> dict[str, int]:
    """Waiting rows: `open` with errors, `choice` that only wait for a decision, `fixed`, `skipped`."""
    found = {"open": 0, "choice": 0, "fixed": 0, "skipped": 0}
    for state, problems in ImportRow.objects.filter(batch=batch).values_list("state", "problems"):
        key = "choice" if state == RowState.OPEN and all(p.get("choices") for p in problems) else str(state)
        found[key] += 1
    return found


@dataclass
class Cell:
    """One cell of a waiting row as shown: in clear only where it must be mended."""

    key: str
    label: str
    text: str
    before: str = ""
    message: str = ""
    suggestion: str = ""
    input: bool = False
    fixed: bool = False


@dataclass
class Line:
    """A waiting row as shown."""

    pk: int
    row: int
    state: str
    cells: list[Cell]
    messages: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    choice: str = ""


def lines(rows: list[ImportRow], handler: Handler) -> list[Line]:
    """Rows with the name, the cells in trouble and what to do about them."""
    columns = {c.key: c for c in handler.columns}
    return [_line(row, columns, handler.shown or SHOWN) for row in rows]


def _line(row: ImportRow, columns: dict[str, Column], known_by: Sequence[str]) -> Line:
    cells, fixes = services.row_cells(row), services.row_fixes(row)
    by_column: dict[str, dict[str, Any]] = {}
    line = Line(row.pk, row.row, row.state, [], choice=row.choice)
    for p in row.problems:
        if p.get("choices"):
            line.choices = [(str(v), str(label)) for v, label in p["choices"]]
            line.messages.append(p["message"])
        elif p["column"] in columns:
            by_column.setdefault(p["column"], p)
        else:
            line.messages.append(p["message"])
    keys = [k for k in (*known_by, *by_column, *fixes) if k in columns]
    keys += [c.key for c in columns.values() if c.sensitive and cells.get(c.key)]
    for key in list(dict.fromkeys(keys))[:MOST_CELLS]:
        problem, column = by_column.get(key), columns[key]
        before, text = str(cells.get(key) or ""), fixes.get(key, str(cells.get(key) or ""))
        editable = problem is not None or key in fixes
        line.cells.append(Cell(
            key, column.label, text if editable else shown(text, column), shown(before, column) if key in fixes else "", problem["message"] if problem else "",
            problem["suggestion"] if problem else "", editable, key in fixes and problem is None,
        ))  # fmt: skip
    return line


def shown(text: str, column: Column) -> str:
    """Masked where the column is sensitive."""
    return mask.id_number(text) if column.sensitive == "id" else mask.phone(text) if column.sensitive == "phone" else text


def tidied_cells(batch: ImportBatch, handler: Handler) -> list[dict[str, Any]]:
    """Automatic clean-ups, cell by cell (the first 500)."""
    columns = {c.key: c for c in handler.columns}
    back = {(r, c) for r, c in batch.options.get("untidy", [])}
    rows = []
    for row, key, before, after, kind in vault.kept(batch, "tidied") or []:
        column = columns[key]
        rows.append(
            {
                "row": row,
                "key": key,
                "label": column.label,
                "before": shown(before, column),
                "after": shown(after, column),
                "kind": cleaning.KINDS.get(kind, kind),
            }
        )
    rows += [{"row": r, "key": c, "label": columns[c].label, "back": True} for r, c in sorted(back)]
    return rows


def bad_rows(batch: ImportBatch, handler: Handler) -> tuple[list[str], list[list[str]]]:
    """Rows that were not imported, as in the file, with a 原因 column."""
    heads = [c.label for c in handler.columns if batch.mapping.get(c.key)]
    keys = [c.key for c in handler.columns if batch.mapping.get(c.key)]
    out = []
    for row in ImportRow.objects.filter(batch=batch).exclude(state=RowState.FIXED).order_by("row"):
        cells = {**services.row_cells(row), **services.row_fixes(row)}
        reason = "按您的选择跳过" if row.state == RowState.SKIPPED else "；".join(p["message"] for p in row.problems)
        out.append([str(row.row), *(str(cells.get(k) or "") for k in keys), reason])
    return ["表格行号", *heads, "原因"], out
