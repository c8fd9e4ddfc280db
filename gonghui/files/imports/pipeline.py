"""From bytes to a judged plan (导入流水线). Reading and tidying need no database; judging only reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from gonghui.files.imports import cleaning, headers
from gonghui.files.imports.protocol import REJECTED, VERDICTS, Context, Handler, Plan, Problem, Sheet
from gonghui.files.imports.reading import ROW, Table

VERDICT = "verdict"


@dataclass
class Judged:
    """A checked table (检查结果): the plan of the good rows, every problem, a verdict for every row read."""

    plan: Plan
    problems: list[Problem]
    verdicts: pl.DataFrame
    sheet: Sheet
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.verdicts.height

    @property
    def digest(self) -> str:
        """Over every row and its verdict, for the audit entry."""
        return hashlib.sha256("\n".join(f"{r},{v}" for r, v in self.verdicts.iter_rows()).encode()).hexdigest()


def body(table: Table, handler: Handler, mapping: Mapping[str, str], header_row: int, only: Iterable[int] | None = None) -> pl.DataFrame:
    """The data rows under the handler's keys, as they stand in the file. Args: only: these row numbers (接续批次)."""
    headers.require(mapping, handler.columns)
    frame = cleaning.pick(table.frame, mapping, handler.columns, header_row)
    return frame.filter(pl.col(ROW).is_in(list(only))) if only is not None else frame


def prepare(
    frame: pl.DataFrame, handler: Handler, context: Context, *, fixes: Mapping[int, Mapping[str, str]] | None = None, shown: bool = True
) -> Sheet:
    """Corrections laid over, tidied by kind, then by the handler."""
    laid = cleaning.overlay(frame, fixes) if fixes else frame
    sheet = cleaning.tidy(laid, handler.columns, context.options.get("untidy", ()), shown)
    sheet.raw = frame
    return handler.prepare(sheet, context)


def judge(sheet: Sheet, handler: Handler, context: Context, skipped: Sequence[int] = ()) -> Judged:
    """Verdict of every row: rows with problems or skipped by hand are rejected, the rest are planned."""
    out = {p.row for p in sheet.problems} | set(skipped)
    every = sheet.frame[ROW]
    good = sheet.frame.filter(~pl.col(ROW).is_in(list(out))) if out else sheet.frame
    plan = handler.plan(Sheet(good, [], sheet.tidied, sheet.cells, sheet.columns), context)
    problems = [p for p in sheet.problems if p.row not in set(skipped)] + plan.problems
    plan.notes = [*sheet.notes, *plan.notes]
    planned = plan.verdicts.select(pl.col(ROW).cast(pl.UInt32), pl.col(VERDICT))
    rest = every.filter(~every.is_in(planned[ROW].to_list())) if planned.height != every.len() else every.clear()
    verdicts = pl.concat([planned, pl.DataFrame({ROW: rest, VERDICT: [REJECTED] * rest.len()}, schema=planned.schema)]).sort(ROW)
    if verdicts.height != every.len() or verdicts[ROW].n_unique() != every.len():
        raise AssertionError(f"{handler.kind}: {verdicts.height} verdicts for {every.len()} rows")
    found = dict(verdicts.group_by(VERDICT).len().iter_rows())
    return Judged(plan, problems, verdicts, sheet, {v: int(found.get(v, 0)) for v in VERDICTS})


def run(table: Table, handler: Handler, context: Context, *, mapping: Mapping[str, str], header_row: int, **more: Any) -> Judged:
    """Body, prepare and judge in one go."""
    return judge(prepare(body(table, handler, mapping, header_row), handler, context, **more), handler, context)
