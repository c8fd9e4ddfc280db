"""Files that leave the platform (导出): read through the actor's own scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.files.export import Column, export_table
from gonghui.income.enums import Perm
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import dues, levy, recon
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DEFINITION = {
    "应缴": "职工工资总额 × 拨缴比例，按申报期计算；工资总额的口径见每笔申报的工资项目",
    "欠缴": "过了应缴日期、还没有缴清的部分",
    "会费": "月基本工资尾数不足 10 元的部分不计，再乘会费比例；保留会籍的不缴",
}


def declarations(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """Periods owed as filtered on the page (拨缴台账)."""
    union = unions.union_get(actor=actor, pk=int(args["union"]), perm=Perm.LEVY_VIEW) if args.get("union") else None
    rows = levy.declarations(actor, union, state=str(args.get("state", "")), q=str(args.get("q", "")))
    columns: list[Column | str] = [
        "单位", "收缴工会", "所属期", Column("职工人数", "number"), Column("工资总额", "money"), Column("应缴", "money"), Column("已缴", "money"),
        Column("欠缴", "money"), Column("应缴日期", "date"), "状态",
    ]  # fmt: skip
    data = (
        (d.payer.employer.name, d.union.name, Period(d.since, d.months).label, d.workers, d.base_fen, d.levy_fen, d.paid_fen, d.owed_fen, d.due_on,
         d.get_state_display())
        for d in rows.iterator(chunk_size=2000)
    )  # fmt: skip
    return "拨缴台账.xlsx", export_table(columns, data, title="拨缴台账", actor=actor, definition=DEFINITION)


def dues_list(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """A collection list (会费收缴单). No wage is in it."""
    listing = dues.list_get(actor=actor, pk=int(args["listing"]))
    columns: list[Column | str] = [
        "姓名", Column("证件号", width=22), Column("应缴", "money"), Column("已缴", "money"), Column("未缴", "money"), "免缴原因"
    ]  # fmt: skip
    data = (
        (i.person.name, i.person.id_mask, i.due_fen, i.paid_fen, i.owed_fen, i.get_free_display())
        for i in dues.items(listing, which=str(args.get("which", "")))
    )
    title = f"{listing.union.name}会费收缴单（{Period(listing.since, listing.months).label}）"
    return f"{title}.xlsx", export_table(columns, data, title=title, actor=actor, definition=DEFINITION)


def reconciliation(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """A reconciliation with its differences (三方核对)."""
    row = recon.recon_get(actor=actor, pk=int(args["recon"]))
    columns: list[Column | str] = ["核对项目", "原因", "会员或单位", Column("人数差", "number"), Column("金额差", "money"), "处理", "说明"]
    data = (
        (x.get_axis_display(), x.get_cause_display(), x.person.name if x.person else x.employer.name if x.employer else "", x.count, x.fen,
         x.get_state_display(), x.reason)
        for x in recon.lines(row)
    )  # fmt: skip
    title = f"{row.union.name}三方核对（{Period(row.since, row.months).label}）"
    sums = {s.label: f"{s.left_label} {s.left}，{s.right_label} {s.right}，差 {s.count}" for s in recon.sides(row)}
    return f"{title}.xlsx", export_table(columns, data, title=title, actor=actor, definition=sums)
