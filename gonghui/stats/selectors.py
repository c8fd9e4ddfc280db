"""Cross tables of the workforce (职工队伍结构统计): counted from records in scope, every percentage with its denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from gonghui.figures import words
from gonghui.figures.rules import bands
from gonghui.members.enums import Perm
from gonghui.members.selectors import counts

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.selectors.closure import Node

UNKNOWN = "未登记"
POPULATIONS = {"workers": "职工", "members": "会员"}
OF = {"row": "占本行", "column": "占本列", "all": "占全部"}
SENIORITY = (("不满 1 年", 0, 0), ("1–4 年", 1, 4), ("5–9 年", 5, 9), ("10–19 年", 10, 19), ("20–29 年", 20, 29), ("30 年以上", 30, 200))
COHORT_STEP = 5


@dataclass(frozen=True)
class Dim:
    """One way to group (分组)."""

    key: str
    label: str
    column: str
    name: Callable[[Any, date, Mapping[str, str]], str]
    codes: str = ""


def _coded(value: Any, day: date, labels: Mapping[str, str]) -> str:
    return labels.get(str(value), str(value)) if value not in (None, "") else UNKNOWN


def _age(value: Any, day: date, labels: Mapping[str, str]) -> str:
    return UNKNOWN if value is None else bands.LABELS[bands.band(day.year - int(value))]


def _seniority(value: Any, day: date, labels: Mapping[str, str]) -> str:
    years = day.year - value.year - ((day.month, day.day) < (value.month, value.day))
    return next(name for name, low, high in SENIORITY if low <= max(years, 0) <= high)


def _cohort(value: Any, day: date, labels: Mapping[str, str]) -> str:
    """Five-year cohorts of when they began, counted back from the year of the day."""
    steps = (day.year - value.year) // COHORT_STEP
    last = day.year - steps * COHORT_STEP
    return f"{last - COHORT_STEP + 1}–{last} 年" if steps < 4 else f"{day.year - 4 * COHORT_STEP} 年以前"


DIMS = {
    d.key: d
    for d in (
        Dim("education", "学历", "person__education", _coded, "education"),
        Dim("cohort", "入职（入会）年份", "since", _cohort),
        Dim("seniority", "工龄（会龄）", "since", _seniority),
        Dim("sex", "性别", "person__sex", _coded, "sex"),
        Dim("age", "年龄段", "person__birth_date__year", _age),
        Dim("ethnic", "民族", "person__ethnic", _coded, "ethnic"),
        Dim("group", "八大群体", "person__group", _coded, "group"),
    )
}
ORDERS: dict[str, list[str]] = {"seniority": [s[0] for s in SENIORITY], "age": [bands.LABELS[b[0]] for b in bands.BANDS]}


@dataclass(frozen=True)
class Table:
    """A cross table with its margins (交叉表)."""

    rows: list[str]
    columns: list[str]
    cells: Mapping[tuple[str, str], int]
    total: int
    of: str

    def row_total(self, row: str) -> int:
        return sum(self.cells.get((row, c), 0) for c in self.columns)

    def column_total(self, column: str) -> int:
        return sum(self.cells.get((r, column), 0) for r in self.rows)

    def denominator(self, row: str, column: str) -> int:
        """What a cell is divided by."""
        return {"row": self.row_total(row), "column": self.column_total(column), "all": self.total}[self.of]

    def share(self, row: str, column: str) -> Fraction | None:
        whole = self.denominator(row, column)
        return Fraction(self.cells.get((row, column), 0), whole) if whole else None

    def lines(self) -> list[dict[str, Any]]:
        """Rows for the page: cells with count, share and denominator."""
        return [
            {
                "name": r,
                "total": self.row_total(r),
                "cells": [{"n": self.cells.get((r, c), 0), "share": self.share(r, c), "of": self.denominator(r, c)} for c in self.columns],
            }
            for r in self.rows
        ]

    def footer(self) -> list[int]:
        return [self.column_total(c) for c in self.columns]


def cross(*, actor: Actor, union: Node, as_of: date, population: str, row: str, column: str, of: str = "column") -> Table:
    """Count people of a union and below by two groupings as of a day.

    Only who may open the records behind the cells sees them. Raises: NotPermitted, NotFound outside scope, KeyError for an unknown grouping.
    """
    actor.require(Perm.MEMBER_VIEW, union)
    down, across = DIMS[row], DIMS[column]
    people = counts.jobs_on(actor, union, as_of) if population == "workers" else counts.spells_on(actor, union, as_of)
    names = {d.key: words.labels(d.codes) for d in (down, across)}
    cells: Counter[tuple[str, str]] = Counter()
    found = (
        people.order_by()
        .values_list(down.column, across.column)
        .annotate(n=Count("person_id", distinct=True))
        .values_list(down.column, across.column, "n")
    )
    for a, b, n in found:
        cells[down.name(a, as_of, names[down.key]), across.name(b, as_of, names[across.key])] += n
    rows = _ordered(down, {r for r, _c in cells}, cells, 0)
    columns = _ordered(across, {c for _r, c in cells}, cells, 1)
    return Table(rows, columns, cells, sum(cells.values()), of)


def _ordered(dim: Dim, found: set[str], cells: Counter[tuple[str, str]], side: int) -> list[str]:
    """In the order of the scale, else the largest first; 未登记 last."""
    if dim.key in ORDERS:
        known = [n for n in ORDERS[dim.key] if n in found]
    elif dim.key == "cohort":
        known = sorted((n for n in found if n != UNKNOWN), reverse=True)
    else:
        size: Counter[str] = Counter()
        for pair, n in cells.items():
            size[pair[side]] += n
        known = sorted((n for n in found if n != UNKNOWN), key=lambda n: (-size[n], n))
    return [*known, *([UNKNOWN] if UNKNOWN in found else [])]
