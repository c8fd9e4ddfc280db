"""Who sees small cells (小格子谁能看): those who hold the records. Others get rows with cells hidden (RPT-04)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from gonghui.accounts import permissions
from gonghui.core import clock
from gonghui.figures.rules import small_cells
from gonghui.figures.selectors.periods import default_date
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor, HasPath
    from gonghui.figures.selectors.values import Row

RECORDS = "members.member.view"
"""Who may open the member records owns the cells. The permission belongs to an app above; unknown, nobody owns them."""
HIDDEN = "小于下限，不显示"


def owns(actor: Actor, union: HasPath) -> bool:
    """May the actor open the records behind the numbers of this union?"""
    return actor.is_system or (RECORDS in permissions.known() and actor.may(RECORDS, union))


def least() -> int:
    """k: fewer persons than this are not shown. Source: policy figures.small_cell."""
    return int(policy.value("figures.small_cell", on=clock.today()).value)


def published(actor: Actor, union: HasPath, as_of: date, rows: list[Row]) -> list[Row]:
    """Rows as this actor may see them.

    Not owning the records, one sees groups of persons only at the top of one's own scope and on the current date, so that
    neither a level below nor another day gives a hidden cell away by subtraction; and there with small cells hidden.
    """
    if owns(actor, union):
        return rows
    top = union.path in actor.paths("figures.figure.view") and as_of == default_date(actor.memo)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if _person_group(row):
            groups.setdefault(row.slug, []).append(row)
    hide = {row.key for found in groups.values() for row in found} if not top else _hidden(groups)
    return [replace(row, value=None, numerator=None, note=HIDDEN) if row.key in hide else row for row in rows]


def _person_group(row: Row) -> bool:
    return row.unit == "人" and row.key not in ("workers", "members", "members.with_suspended")


def _hidden(groups: dict[str, list[Row]]) -> set[str]:
    k, out = least(), set[str]()
    for rows in groups.values():
        cells = {row.key: int(row.value or 0) for row in rows}
        if len(cells) == 1:  # a part against the whole: hide it when it is small
            out |= {key for key, n in cells.items() if 0 < n < k}
        else:
            out |= small_cells.hidden(cells, k)
    return out
