"""What must hold on live data (核对): run by `gonghui verify`."""

from __future__ import annotations

from collections.abc import Generator

from gonghui.accounts import selectors as accounts
from gonghui.oversight.enums import StatementState
from gonghui.oversight.models import AuditTask, Statement, TeamMember
from gonghui.oversight.rules import sampling
from gonghui.oversight.selectors import audits
from gonghui.oversight.services import publicity


def draws_repeat() -> Generator[str, None, int]:
    """Every draw comes out the same again, from a list nobody changed, of vouchers nobody changed."""
    checked = 0
    for task in AuditTask.objects.exclude(seed="").select_related("union").iterator():
        checked += 1
        if sampling.roster_digest(task.roster) != task.roster_digest:
            yield f"审计任务 {task.pk} 的抽样清单被改过。"
        rows = list(task.samples.values_list("key", "digest", "voucher__digest"))
        lines = task.roster.split("\n") if task.roster else []
        if [key for key, _d, _v in rows] != sampling.drawn(task.seed, lines, task.size):
            yield f"审计任务 {task.pk} 的样本按种子重算不一致。"
        for key, then, now in rows:
            if then != now:
                yield f"审计任务 {task.pk} 抽中的凭证 {key} 内容变了。"
    return checked


def independence() -> Generator[str, None, int]:
    """Nobody audits books he keeps."""
    rows = TeamMember.objects.exclude(task__state="closed").select_related("task__union")
    for row in rows.iterator():
        who = accounts.actor_by_id(row.user_id)
        for why in audits.conflicts(who, row.task.union) if who is not None else ():
            yield f"审计任务 {row.task_id} 的成员 {row.user_id} {why}。"
    return rows.count()


def published() -> Generator[str, None, int]:
    """A published statement says what it said."""
    rows = Statement.objects.filter(state=StatementState.PUBLISHED)
    for row in rows.iterator():
        if publicity.digest(row) != row.digest:
            yield f"公布表 {row.pk} 的内容和公布时的摘要不一致。"
    return rows.count()


CHECKS = [
    ("OVE-01", "审计抽样可以重算，清单和凭证没有改动", draws_repeat),
    ("OVE-02", "审计人员不审自己经手的账", independence),
    ("OVE-03", "已公布的财务公布表没有改动", published),
]
