"""Files that leave oversight (导出): the list of overrides, the list sampled from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.files.export import Column, export_table
from gonghui.oversight.forms import OverrideFilter
from gonghui.oversight.models import AuditTask
from gonghui.oversight.rules import sampling
from gonghui.oversight.selectors import overrides as reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DEFINITION = {
    "来源": "凭证：记账时的提示不符合、经批准仍记账；计划：支出计划不符合规则、经批准仍办理",
    "系统结论": "申请时规则库的结论",
}


def asked(args: dict[str, Any]) -> dict[str, Any]:
    """The filters of the page, cleaned; a bad one filters nothing."""
    form = OverrideFilter(args)
    form.is_valid()
    return {k: v for k, v in form.cleaned_data.items() if v}


def overrides(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """Overrides as filtered on the page (例外清单)."""
    columns: list[Column | str] = [
        Column("来源", width=8), Column("工会", width=28), "事项", Column("金额（元）", "money"), Column("系统结论", width=40), Column("理由", width=40), "申请人",
        Column("申请日期", "date"), "状态", "批准人", Column("意见", width=30),
    ]  # fmt: skip
    rows = (
        (r.origin, r.union, r.what, r.fen, r.words, r.reason, r.asker, r.asked_at, r.state_label, r.approver, r.opinion)
        for r in reads.rows(actor, **asked(args))
    )
    return "例外清单.xlsx", export_table(columns, rows, title="例外清单", actor=actor, definition=DEFINITION)


def roster(task: AuditTask) -> bytes:
    """The list sampled from, seed and draw, as `tools/check_sample.py` reads it (抽样清单)."""
    head = [f"# 种子: {task.seed}", f"# 抽取张数: {task.size}", f"# 清单摘要: {task.roster_digest}", sampling.HEAD]
    rows = task.roster.split("\n") if task.roster else []
    keys = list(task.samples.values_list("key", flat=True))
    return ("\ufeff" + "\n".join([*head, *rows, "# 抽中", *keys]) + "\n").encode()
