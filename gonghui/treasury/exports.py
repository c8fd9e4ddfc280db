"""Files that leave treasury (导出): budget with execution, consolidated budget, asset register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.files.export import Column, export_table
from gonghui.treasury.enums import Side
from gonghui.treasury.selectors import assets as asset_reads
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.selectors import finals as final_reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

BUDGET_WORDS = {
    "预算数": "执行中的预算版本里的数，调整后以调整数为准",
    "执行数": "已记账凭证的发生额，不含期初和年终结转；冲销的已抵减",
    "占用": "已审核未记账的凭证，加上计划占用、还没有做凭证的金额",
    "余额": "预算数减执行数减占用",
}


def budget(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """One budget with its execution (预算和执行表)."""
    row = reads.budget_get(actor=actor, pk=int(args["pk"]))
    columns: list[Column | str] = [
        Column("方向", width=8), "科目", Column("项目", width=36), Column("上年决算", "money"), Column("预算数", "money"), Column("执行数", "money"), Column("占用", "money"), Column("余额", "money"),
    ]  # fmt: skip
    lines = [
        (Side(u.side).label, u.item.account, u.name, u.line.last_fen if u.line else None, u.budget, u.done, u.waiting + u.held, u.left)
        for u in reads.execution(row).uses
    ]
    title = f"{row.union.name} {row.year} 年预算和执行"
    return f"{title}.xlsx", export_table(columns, lines, title=title, actor=actor, definition=BUDGET_WORDS)


FINAL_WORDS = {
    "预算数": "年末执行中的预算里的数，没有预算的为 0",
    "决算数": "结账后账里的发生额，不含期初和年终结转；冲销的已抵减",
    "差异": "决算数减预算数",
}


def final(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """One final account (决算表)."""
    row = final_reads.final_get(actor=actor, pk=int(args["pk"]))
    columns: list[Column | str] = [
        Column("方向", width=8), "科目", Column("项目", width=36), Column("预算数", "money"), Column("决算数", "money"), Column("差异", "money"), Column("差异说明", width=48),
    ]  # fmt: skip
    lines: list[tuple[Any, ...]] = [
        (Side(x.side).label, x.account, x.name, x.budget_fen, x.done_fen, x.gap_fen, x.words) for x in row.lines.all()
    ]
    lines += [
        ("收入", "", "收入合计", row.budget_income_fen, row.income_fen, row.income_fen - row.budget_income_fen, ""),
        ("支出", "", "支出合计", row.budget_spending_fen, row.spending_fen, row.spending_fen - row.budget_spending_fen, ""),
        ("", "", "本年收支差额", row.budget_income_fen - row.budget_spending_fen, row.surplus_fen, 0, row.notes),
    ]
    title = f"{row.union.name} {row.year} 年决算"
    return f"{title}.xlsx", export_table(columns, lines, title=title, actor=actor, definition=FINAL_WORDS)


def consolidated(actor: Actor, union: Any, year: int) -> tuple[str, bytes]:
    """The consolidated budget of a subtree (汇总预算表)."""
    found = reads.consolidated(actor=actor, union=union, year=year)
    columns: list[Column | str] = [
        Column("方向", width=8),
        "科目",
        Column("名称", width=30),
        Column("预算数", "money"),
        Column("执行数", "money"),
    ]
    lines = [(Side(r.side).label, r.account, r.name, r.budget, r.done) for r in found.rows]
    title = f"{union.name} {year} 年汇总预算"
    return f"{title}.xlsx", export_table(columns, lines, title=title, actor=actor, definition=BUDGET_WORDS)


def assets(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """The asset register as filtered (资产台账)."""
    rows = asset_reads.asset_list(actor=actor, kind=str(args.get("kind", "")), state=str(args.get("state", "")), q=str(args.get("q", "")))
    columns: list[Column | str] = [
        "资产编号", Column("名称", width=24), "类别", "工会", "保管人", "状态", Column("取得日期", "date"), Column("原值", "money"), Column("累计折旧", "money"), Column("净值", "money"), "存放地点",
    ]  # fmt: skip
    data = (
        (
            a.number,
            a.name,
            a.get_kind_display(),
            a.union.name,
            a.custodian.name if a.custodian else "",
            a.get_state_display(),
            a.bought_on,
            a.cost_fen,
            a.depreciated_fen,
            a.net_fen,
            a.place,
        )
        for a in rows.iterator(chunk_size=2000)
    )
    return "资产台账.xlsx", export_table(
        columns, data, title="资产台账", actor=actor, definition={"净值": "原值减累计折旧", "活动服装": "归购置单位所有，由职工保管"}
    )
