"""The roster as a kind of import (花名册导入的登记)."""

from __future__ import annotations

from typing import Any

from gonghui.files.imports import protocol
from gonghui.files.imports.protocol import Context, Handler, Plan, Sheet, Tell
from gonghui.members.enums import Perm
from gonghui.members.imports import planning, tidying, undoing, writing
from gonghui.members.imports.columns import CAUSES, COLUMNS

_VALUES = {c.key: set((c.choices or {}).values()) for c in COLUMNS if c.key in tidying.SOFT}


class Roster(Handler):
    """Persons, labour relations and memberships from one table."""

    kind, label, perm, order = "roster", "花名册", Perm.ROSTER_IMPORT, 10
    columns = COLUMNS
    causes = CAUSES

    def prepare(self, sheet: Sheet, context: Context) -> Sheet:
        return tidying.prepare(sheet, context, _VALUES)

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        return planning.Planner(sheet, context).run()

    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        return writing.write(plan.state, context)

    def undo(self, kept: dict[str, Any], context: Context) -> None:
        undoing.undo(kept)


def register() -> None:
    """Called from `MembersConfig.ready()`."""
    from gonghui.core import menu
    from gonghui.members.imports import bench

    protocol.register(Roster())
    menu.register(
        menu.Entry("files.imports", "数据导入", "file-import", "files:imports:home", group="组织与会员", perm=Perm.ROSTER_IMPORT, order=160)
    )
    bench.register()
