"""Files that leave oversight (导出): the list of overrides, the list sampled from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from gonghui.files.export import Column, export_table
from gonghui.oversight.forms import OverrideFilter
from gonghui.oversight.models import AuditTask
from gonghui.oversight.rules import sampling
from gonghui.oversight.selectors import audits
from gonghui.oversight.selectors import overrides as reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DEFINITION = {
    "来源": "凭证：记账时的提示不符合、经批准仍记账；计划：支出计划不符合规则、经批准仍办理",
    "系统结论": "申请时规则库的结论",
}


FINDINGS = {"逾期上报": "过了整改期限没有报告整改，报给上级工会和经审会的日期", "办结": "经审人员复查通过的日期"}


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


def findings(actor: Actor, args: dict[str, Any], export: Any = None) -> tuple[str, bytes]:
    """Findings as filtered on the page, with what was done about each (审计问题台账)."""
    columns: list[Column | str] = [
        "问题", Column("工会", width=28), Column("事实", width=40), Column("依据", width=40), Column("金额（元）", "money"), Column("整改要求", width=30),
        Column("整改期限", "date"), "状态", Column("逾期上报", "date"), Column("办结", "date"), Column("整改报告次数", "number"),
    ]  # fmt: skip
    wanted = {k: str(args[k]) for k in ("q", "state") if args.get(k)}
    rows = (
        (f.title, f.task.union.name, f.words, f.clause, f.amount_fen or None, f.advice, f.due_on, str(f.get_state_display()), f.escalated_on, f.closed_on, f.times)
        for f in audits.findings(actor, **wanted).annotate(times=Count("rectifications"))
    )  # fmt: skip
    return "审计问题台账.xlsx", export_table(columns, rows, title="审计问题台账", actor=actor, definition=FINDINGS)


def roster(task: AuditTask) -> bytes:
    """The list sampled from, seed and draw, as `tools/check_sample.py` reads it (抽样清单)."""
    head = [f"# 种子: {task.seed}", f"# 抽取张数: {task.size}", f"# 清单摘要: {task.roster_digest}", sampling.HEAD]
    rows = task.roster.split("\n") if task.roster else []
    keys = list(task.samples.values_list("key", flat=True))
    return ("\ufeff" + "\n".join([*head, *rows, "# 抽中", *keys]) + "\n").encode()
