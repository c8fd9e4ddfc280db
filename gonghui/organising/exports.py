"""Lists that leave organising (导出): the ledger of cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.files.export import Column, export_table

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 20_000
COLUMNS: list[Column | str] = [
    "编号", Column("工会", width=30), "事项", "形式", Column("单位", width=26), "环节", Column("进入环节", "date"), Column("期限", "date"), "超期",
    Column("由谁批准", width=20), Column("属地", width=20), "组长", Column("提出", "date"), Column("办结", "date"), "同意筹备文号", "批准文号", Column("终止理由", width=24),
]  # fmt: skip


def cases(actor: Actor, rows: Iterable[Any], scope: str) -> tuple[str, bytes]:
    """The ledger as shown (建会事项台账)."""
    today = clock.today()
    lines = (
        (
            c.number, c.name, c.get_kind_display(), c.get_form_display() if c.form else "", c.employer.name if c.employer else "",
            c.get_state_display(), c.since, c.due, "超期" if c.due is not None and c.due < today else "", c.approver.name if c.approver else "",
            c.org.name, c.chair_name, c.opened_on, c.closed_on, c.prepare_no, c.result_no, c.end_reason,
        )
        for c in rows
    )  # fmt: skip
    note = {"范围": scope, "超期": "环节期限早于导出当天，且事项没有办结", "期限": "进入环节当天由规则算定"}
    return f"建会事项台账-{today}.xlsx", export_table(COLUMNS, lines, title="建会事项台账", actor=actor, definition=note)
