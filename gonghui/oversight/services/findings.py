"""Scores, findings, the report, rectification and follow-up (评分、发现、报告、整改)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from gonghui.accounts import selectors as accounts
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.oversight import flows
from gonghui.oversight.enums import FindingState, Perm, TaskState
from gonghui.oversight.models import AuditPlan, AuditTask, Finding, Proof, Rectification, Sample, Score
from gonghui.oversight.selectors import audits, law
from gonghui.oversight.services.common import independent, working

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.files.models import File

LEAST = 6


@transaction.atomic
def scores_set(*, actor: Actor, task: AuditTask, values: Mapping[str, tuple[int, str]]) -> int:
    """Write deductions with their reasons (评分): item -> (points off, reason). Returns the total.

    Raises: BadInput oversight.too_much; RuleViolation oversight.no_reason.
    """
    row = working(actor, task, TaskState.FIELD)
    for score in Score.objects.filter(task=row, item__in=list(values)):
        points, reason = values[score.item]
        if not 0 <= points <= score.full:
            raise BadInput("oversight.too_much", f"“{score.label}”满分 {score.full} 分，扣分要在 0 到 {score.full} 之间。")
        if points and not reason.strip():
            raise RuleViolation("oversight.no_reason", f"“{score.label}”扣了 {points} 分，请写扣分原因。")
        Score.objects.filter(pk=score.pk).update(deducted=points, reason=reason.strip()[:200] if points else "")
    total = total_of(row)
    audit.record(actor, "oversight.score.set", row, org_path=row.union.path, total=total)
    return total


def total_of(task: AuditTask) -> int:
    """The score: the whole less the deductions."""
    return law.full(task.until) - sum(task.scores.values_list("deducted", flat=True))


@transaction.atomic
def finding_add(
    *, actor: Actor, task: AuditTask, title: str, words: str, rule: str, advice: str, item: str = "", sample: int | None = None,
    amount_fen: int = 0,
) -> Finding:  # fmt: skip
    """Write a finding with its clause (记录问题). Args: sample: the number of a drawn voucher it stands on."""
    row = working(actor, task, TaskState.FIELD)
    drawn = Sample.objects.filter(task=row, n=sample).first() if sample else None
    if sample and drawn is None:
        raise NotFound()
    made = Finding.objects.create(
        task=row, item=item, title=title.strip()[:80], words=words.strip()[:600], rule=rule, clause=law.clause(rule, row.union, row.until),
        voucher=drawn.voucher if drawn is not None else None, amount_fen=amount_fen, advice=advice.strip()[:400], by=actor.ref, at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "oversight.finding.recorded", made, org_path=row.union.path, rule=rule)
    return made


@transaction.atomic
def task_report(*, actor: Actor, task: AuditTask, opinion: str, due_on: date | None = None) -> AuditTask:
    """Give the report out (出具审计报告): number, score, findings due. Without findings the task is closed.

    Raises: RuleViolation oversight.not_looked, oversight.due_past, oversight.opinion.
    """
    row = working(actor, task, TaskState.FIELD)
    today = clock.today()
    left = row.samples.filter(look__isnull=True).count()
    if left:
        raise RuleViolation("oversight.not_looked", f"抽中的凭证还有 {left} 张没有查看，看完再出报告。")
    if len(opinion.strip()) < LEAST:
        raise RuleViolation("oversight.opinion", f"请写审计意见（至少 {LEAST} 个字）。")
    due = due_on or today + timedelta(days=law.number("rectify_days", row.union, today))
    if due <= today:
        raise RuleViolation("oversight.due_past", "整改期限要在今天以后。")
    plan = AuditPlan.objects.select_for_update(of=("self",)).get(pk=row.plan_id)
    serial = plan.tasks.exclude(number="").count() + 1
    for finding in row.findings.filter(state=FindingState.NOTED):
        flows.FINDING.advance(finding, FindingState.OPEN, actor=actor, org_path=row.union.path, changes={"due_on": due})
    found = row.findings.exists()
    changes = {"opinion": opinion.strip()[:1000], "total": total_of(row), "number": f"经审〔{plan.year}〕{serial} 号", "reported_on": today}
    if not found:
        changes["closed_on"] = today
    to = TaskState.REPORTED if found else TaskState.CLOSED
    return flows.TASK.advance(row, to, actor=actor, org_path=row.union.path, changes=changes, total=changes["total"])


def _finding(finding: Finding) -> Finding:
    row = Finding.objects.select_for_update(of=("self",)).select_related("task__union", "task__plan").filter(pk=finding.pk).first()
    if row is None:
        raise NotFound()
    return row


@transaction.atomic
def rectify(*, actor: Actor, finding: Finding, words: str, files: Sequence[File] = ()) -> Rectification:
    """Report what was mended, with proof (报告整改). Raises RuleViolation oversight.no_proof, oversight.own_report; Conflict."""
    row = _finding(finding)
    actor.require(Perm.RECTIFY, row.task.union)
    if audits.on_team(actor, row.task):
        raise RuleViolation("oversight.own_report", "审计组的人不能代被审工会报告整改。")
    if len(words.strip()) < LEAST:
        raise RuleViolation("oversight.rectify_words", f"请写清怎样整改的（至少 {LEAST} 个字）。")
    if not files:
        raise RuleViolation("oversight.no_proof", "请附整改证明：补签的清单、退款凭据、制度文件等的照片或扫描件。")
    if row.state != FindingState.OPEN:
        raise Conflict("oversight.wrong_state", f"这个问题现在是“{row.get_state_display()}”，不用再报整改。")
    made = Rectification.objects.create(finding=row, words=words.strip()[:600], by=actor.ref, by_name=actor.name[:40], at=clock.now())
    Proof.objects.bulk_create(Proof(rectification=made, file=f, name=f.name, sha256=f.sha256) for f in files)
    flows.FINDING.advance(row, FindingState.ANSWERED, actor=actor, org_path=row.task.union.path, files=[f.sha256 for f in files])
    return made


@transaction.atomic
def follow_up(*, actor: Actor, finding: Finding, accepted: bool, opinion: str, due_on: date | None = None) -> Finding:
    """Look again (复查): accept, or send back with a new day. The last one accepted closes the task.

    Raises: RuleViolation oversight.not_on_team, oversight.not_independent, oversight.follow_opinion, oversight.due_past.
    """
    row, today = _finding(finding), clock.today()
    actor.require(Perm.AUDIT_DO, row.task.union)
    independent(actor, row.task)
    if not audits.on_team(actor, row.task):
        raise RuleViolation("oversight.not_on_team", "复查由审计组的人办理。")
    if not opinion.strip():
        raise RuleViolation("oversight.follow_opinion", "请写复查意见。")
    if row.state != FindingState.ANSWERED:
        raise Conflict("oversight.wrong_state", f"这个问题现在是“{row.get_state_display()}”，没有待复查的整改。")
    if not accepted and (due_on is None or due_on <= today):
        raise RuleViolation("oversight.due_past", "退回重新整改，请定一个今天以后的期限。")
    report = row.rectifications.latest("pk")
    seen: dict[str, Any] = {"seen_by": actor.ref, "seen_name": actor.name[:40], "seen_at": clock.now(), "opinion": opinion.strip()[:300]}
    Rectification.objects.filter(pk=report.pk).update(accepted=accepted, **seen)
    path = row.task.union.path
    if not accepted:
        changes = {"due_on": due_on, "escalated_on": None}
        return flows.FINDING.advance(row, FindingState.OPEN, actor=actor, org_path=path, changes=changes, why=opinion)
    flows.FINDING.advance(row, FindingState.CLOSED, actor=actor, org_path=path, changes={"closed_on": today})
    if not row.task.findings.exclude(state=FindingState.CLOSED).exists():
        flows.TASK.advance(row.task, TaskState.CLOSED, actor=actor, org_path=path, changes={"closed_on": today})
    return row


@transaction.atomic
def escalate(*, actor: Actor) -> int:
    """Tell the union above of findings past their day, once each (逾期上报). Returns how many."""
    rows = Finding.objects.filter(state=FindingState.OPEN, due_on__lt=clock.today(), escalated_on=None)
    count = 0
    for row in rows.select_related("task__union__parent", "task__plan__union").order_by("pk"):
        union = row.task.union
        above = union.parent or union
        users = set(accounts.users_holding(Perm.AUDIT_PLAN, row.task.plan.union.path)) | set(
            accounts.users_holding(Perm.STATEMENT_VIEW, above.path)
        )
        notices.notice_send(
            actor, kind=NoticeKind.TASK, title=f"审计问题逾期没有整改：{union.name}"[:80],
            body=f"{row.title}，整改期限 {row.due_on:%Y年%m月%d日}，依据 {row.clause}。", link=reverse("oversight:finding", args=[row.pk]),
            users=users, once=f"oversight.finding:{row.pk}:{row.due_on}",
        )  # fmt: skip
        if Finding.objects.filter(pk=row.pk, escalated_on=None).update(escalated_on=clock.today()):
            audit.record(actor, "oversight.finding.escalated", row, org_path=union.path, due=row.due_on)
            count += 1
    return count
