"""Files that leave the platform (导出)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.files.export import Column, export_table
from gonghui.spending.forms import ListFilter
from gonghui.spending.selectors import plans as reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DEFINITION = {
    "计划": "按日期、种类、结论筛选后的支出计划，不含慰问的事由和姓名",
    "结论": "编制或送审时规则库的结论，办理时按实际日期再判断",
}


def plans(actor: Actor, args: dict[str, Any], export: Any) -> tuple[str, bytes]:
    """The list of plans as filtered on the page (支出计划)."""
    given = {("kind" if k == "plan_kind" else k): v for k, v in args.items()}
    form = ListFilter(given)
    data = form.cleaned_data if form.is_valid() else {}
    rows = reads.listed(reads.filtered(reads.plan_visible(actor), data))
    columns: list[Column | str] = [
        "计划号", "工会", "种类", "名称", Column("日期", "date"), Column("人数", "number", 8), Column("总额（元）", "money", 14), "付款方式",
        "收款人", "结论", "一句话", "状态", Column("记账日期", "date"),
    ]  # fmt: skip
    source = (
        (p.number, p.union.name, p.get_kind_display(), p.title, p.on, p.named or p.count, p.total_fen, p.get_method_display(), p.payee,  # type: ignore[attr-defined]  # annotated, choices is a function
         p.get_outcome_display(), p.headline, p.get_state_display(), p.paid_on)
        for p in rows.iterator(chunk_size=1000)
    )  # fmt: skip
    return "支出计划.xlsx", export_table(columns, source, title="支出计划", actor=actor, definition=DEFINITION)
