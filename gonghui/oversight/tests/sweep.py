"""What the sweep asks of this app (扫描部件)."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.core import clock
from gonghui.finance.selectors import books, vouchers
from gonghui.oversight.models import Question
from gonghui.oversight.rules import halves
from gonghui.oversight.services import audits, findings, publicity, training
from gonghui.oversight.tests import make

T = ("task", "team", "begin", "roster", "look", "scores", "finding_new", "report", "task_print")
ARGS: dict[str, str] = {
    **{f"oversight:{n}.pk": "oversight.AuditPlan" for n in ("plan", "plan_issue", "plan_print")},
    **{f"oversight:{n}.pk": "oversight.AuditTask" for n in T},
    "oversight:look.n": "=1",
    **{f"oversight:{n}.pk": "oversight.Finding" for n in ("finding", "rectify", "follow", "proof")},
    "oversight:proof.n": "=1",
    **{f"oversight:{n}.pk": "finance.Book" for n in ("board", "total")},
    "oversight:total.key": "=cash",
    "oversight:trail.pk": "finance.Voucher",
    **{f"oversight:{n}.pk": "oversight.Statement" for n in ("statement", "statement_publish", "statement_print", "m-statement")},
    "oversight:answer.pk": "oversight.Question",
    **{f"oversight:{n}.pk": "oversight.TrainingClass" for n in ("class", "class_hold", "class_print")},
}
OWNED = {"oversight:m-statement"}


def furnish(world: Any, tree: Any) -> None:
    """A plan, a task with finding and proof, a published statement with a question, a class."""
    union, today = tree.union, clock.today()
    year, half = halves.last_ended(today)
    since, until = halves.span(year, half)
    held = books.book_of(union)
    if held is None:
        held = make.finance.book_open(actor=make.system, union=union, since=date(since.year, 1, 1))
    if not vouchers.vouchers(held).filter(state="draft").exists():
        maker = make.hand(make.Role.FINANCE, union, "钱会计")
        make.finance.entry(actor=maker, book=held, event="hospital", on=max(held.since, today), amount=5_000, words="看望会员")
    who = make.auditor(union)
    row = make.task(union, who, since=since, until=until, visit=today)
    row = audits.task_begin(actor=who, task=row, seed="2026")
    for n in row.samples.values_list("n", flat=True):
        audits.sample_look(actor=who, task=row, n=n, fine=True)
    note = findings.finding_add(
        actor=who, task=row, title="没有签收表", words="清单没有人签字。", rule="finance.three_systems", advice="补签清单。"
    )
    findings.task_report(actor=who, task=row, opinion="账目基本清楚，手续要补齐。")
    chair = make.hand(make.Role.CHAIR, union, "张主席")
    findings.rectify(actor=chair, finding=note, words="已补签全部清单。", files=[make.paper(chair, union)])
    if held.since <= until:
        clerk = make.hand(make.Role.FINANCE, union, "钱会计")
        told = publicity.statement_make(actor=clerk, union=union, year=year, half=half)
        publicity.statement_publish(actor=chair, statement=told)
        Question.objects.create(statement=told, person=tree.members[0].person, words="会费用到哪里了", asked_at=clock.now())
    training.class_make(actor=chair, union=union, title="财务培训", on=today, place="会议室", unions=[union])
