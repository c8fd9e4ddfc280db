"""A toy importer and small files for tests of the framework (测试用导入)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import xlsxwriter

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.errors import RuleViolation
from gonghui.files.imports import protocol
from gonghui.files.imports.models import HeaderMemory
from gonghui.files.imports.protocol import CREATED, UNCHANGED, UPDATED, Column, Context, Handler, Plan, Problem, Sheet
from gonghui.files.imports.reading import ROW

COLUMNS = (
    Column("name", "名称", ("单位名称",), required=True, kind="name", longest=60),
    Column("number", "编号", ("号码",), required=True, kind="number", sensitive="id"),
    Column("on", "日期", kind="date"),
    Column("open", "是否开业", kind="flag"),
)


class Toy(Handler):
    """Keeps (编号 -> 名称) in the header memory of org `toy`."""

    kind, label, perm, columns = "toy", "测试表", "files.file.view", COLUMNS
    causes = {"twice": "重复"}

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        have = dict(HeaderMemory.objects.filter(kind="toyrow").values_list("header", "column"))
        verdicts, problems, rows, seen = [], [], [], set()
        for r in sheet.frame.iter_rows(named=True):
            if r["number"] in seen and not context.choices.get(r[ROW]):
                problems.append(
                    Problem(
                        r[ROW],
                        "number",
                        "twice",
                        "这个编号在表里出现两次，请定留哪一行。",
                        choices=(("keep", "用这一行"), ("drop", "不用")),
                    )
                )
                continue
            seen.add(r["number"])
            verdict = CREATED if r["number"] not in have else UNCHANGED if have[r["number"]] == r["name"] else UPDATED
            verdicts.append({ROW: r[ROW], "verdict": verdict})
            rows.append((r["number"], r["name"]))
        return Plan(pl.DataFrame(verdicts, schema={ROW: pl.UInt32, "verdict": pl.String}), problems, rows)

    def write(self, plan: Plan, context: Context, tell: protocol.Tell) -> dict[str, Any]:
        made = []
        for number, name in plan.state:
            _row, fresh = HeaderMemory.objects.update_or_create(
                org_path="toy", kind="toyrow", header=number, defaults={"column": name[:40], "used_at": clock.now()}
            )
            if fresh:
                made.append(number)
        return {"made": made}

    def undo(self, kept: dict[str, Any], context: Context) -> None:
        if HeaderMemory.objects.filter(kind="toyuse", header__in=kept["made"]).exists():
            raise RuleViolation("imports.undo_blocked", "后来有人用到了这些行，不能撤销。")
        HeaderMemory.objects.filter(kind="toyrow", header__in=kept["made"]).delete()


def actor() -> Actor:
    return Actor.system("test")


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        sheet = book.add_worksheet("表1")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for n, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(n, c, value, day)
                elif value is not None:
                    sheet.write(n, c, value)
    return out.getvalue()


def text(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


HEAD = ("名称", "编号", "日期", "是否开业")
GOOD = (("甲厂", "A1", "2026-01-02", "是"), ("乙厂", "A2", "2026/1/3", "否"), ("丙厂", "A3", "20260104", ""))
