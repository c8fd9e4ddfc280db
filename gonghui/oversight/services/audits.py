"""Plans, tasks, team, the draw (审计计划、任务、抽样)."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.accounts import selectors as accounts
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.oversight import flows
from gonghui.oversight.enums import Perm, PlanState, TaskKind, TaskState
from gonghui.oversight.models import AuditPlan, AuditTask, Sample, SampleLook, Score, TeamMember
from gonghui.oversight.rules import sampling
from gonghui.oversight.selectors import audits, law
from gonghui.oversight.services.common import independent, locked, working

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def plan_make(*, actor: Actor, union: Any, year: int, words: str = "") -> AuditPlan:
    """Begin the audit plan of a year (编制审计计划). Raises Conflict oversight.plan_once."""
    actor.require(Perm.AUDIT_PLAN, union)
    try:
        with transaction.atomic():
            row = AuditPlan.objects.create(union=union, year=year, words=words.strip()[:300], made_by=actor.ref, made_at=clock.now())
    except IntegrityError:
        raise Conflict("oversight.plan_once", f"{union.name} {year} 年的审计计划已经有了，请在原计划里加任务。") from None
    audit.record(actor, "oversight.plan.created", row, org_path=union.path, year=year)
    return row


@transaction.atomic
def task_add(
    *, actor: Actor, plan: AuditPlan, union: Any, since: date, until: date, visit_on: date, kind: str = TaskKind.AUDIT
) -> AuditTask:
    """Put a union into the plan (加入审计任务): an audit of the own or the next lower union, a half-year check of any below.

    Raises: NotFound outside; RuleViolation oversight.too_low, oversight.outside. Source: AUD-4, AUD-5.
    """
    actor.require(Perm.AUDIT_PLAN, plan.union)
    actor.require(Perm.AUDIT_PLAN, union)
    if not union.path.startswith(plan.union.path):
        raise RuleViolation("oversight.outside", f"{union.name}不在{plan.union.name}之下，不能列入计划。")
    if kind == TaskKind.AUDIT and union.pk != plan.union_id and union.parent_id != plan.union_id:
        raise RuleViolation("oversight.too_low", f"经审会审计本级和下一级工会。{union.name}不是下一级，请选“半年账务检查”。")
    if until < since:
        raise BadInput("oversight.span", "审计期间的结束日期早于开始日期，请改日期。")
    try:
        with transaction.atomic():
            row = AuditTask.objects.create(plan=plan, union=union, kind=kind, since=since, until=until, visit_on=visit_on)
    except IntegrityError:
        raise Conflict("oversight.task_once", f"{union.name}的这一期间已经在计划里。") from None
    audit.record(actor, "oversight.task.added", row, org_path=union.path, since=since, until=until)
    return row


@transaction.atomic
def plan_issue(*, actor: Actor, plan: AuditPlan) -> AuditPlan:
    """Send the plan out (下达计划): the audited unions see their tasks. Raises RuleViolation oversight.empty_plan, oversight.no_team."""
    actor.require(Perm.AUDIT_PLAN, plan.union)
    if not plan.tasks.exists():
        raise RuleViolation("oversight.empty_plan", "计划里还没有任务，请先加入要审计的工会。")
    bare = plan.tasks.filter(team__isnull=True).select_related("union").first()
    if bare is not None:
        raise RuleViolation("oversight.no_team", f"{bare.union.name}的任务还没有审计组，请先定人。")
    return flows.PLAN.advance(plan, PlanState.ISSUED, actor=actor, org_path=plan.union.path, changes={"issued_on": clock.today()})


@transaction.atomic
def team_add(*, actor: Actor, task: AuditTask, user_id: int, lead: bool = False) -> TeamMember:
    """Put somebody on the team (加入审计组). Raises RuleViolation oversight.not_auditor, oversight.not_independent."""
    row = locked(task)
    actor.require(Perm.AUDIT_PLAN, row.union)
    who = accounts.actor_by_id(user_id)
    if who is None or not who.may(Perm.AUDIT_DO, row.union):
        raise RuleViolation("oversight.not_auditor", "这个人没有这个工会的审计权限，请先由安全管理员授权经审人员。")
    independent(who, row)
    if row.state not in (TaskState.PLANNED, TaskState.FIELD):
        raise Conflict("oversight.wrong_state", "报告已经发出，审计组不再变动。")
    if lead:
        row.team.update(lead=False)
    made, _new = TeamMember.objects.update_or_create(task=row, user_id=user_id, defaults={"lead": lead})
    audit.record(actor, "oversight.team.added", made, org_path=row.union.path, user=user_id)
    return made


@transaction.atomic
def task_begin(*, actor: Actor, task: AuditTask, seed: str = "") -> AuditTask:
    """Begin: freeze the list, draw the seed once, draw the vouchers, lay out the 100-point form (进点抽样).

    Args: seed: where a seed was drawn in public beforehand, such as by lot before witnesses; else the platform draws one.
    Raises: RuleViolation oversight.not_issued. Source: R146, AUD-4.
    """
    row = working(actor, task, TaskState.PLANNED)
    if row.plan.state != PlanState.ISSUED:
        raise RuleViolation("oversight.not_issued", "审计计划还没有下达，不能进点。")
    today, listed = clock.today(), audits.roster(row)
    lines = [line for line, _v in listed]
    size = sampling.size_for(len(lines), law.number("sample_least", row.union, today), law.number("sample_percent", row.union, today))
    text, seed = "\n".join(lines), seed.strip()[:64] or secrets.token_hex(16)
    by_key = {line.split(",")[0]: v for line, v in listed}
    changes = {"seed": seed, "roster": text, "roster_digest": sampling.roster_digest(text), "size": size, "drawn_at": clock.now()}
    row = flows.TASK.advance(row, TaskState.FIELD, actor=actor, org_path=row.union.path, changes=changes, drawn=size, seed=seed)
    keys = sampling.drawn(seed, lines, size)
    Sample.objects.bulk_create(
        Sample(task=row, n=n, key=key, voucher=by_key[key], digest=by_key[key].digest) for n, key in enumerate(keys, 1)
    )
    Score.objects.bulk_create(
        Score(task=row, n=n, item=i.key, label=i.label, full=i.full, reasons=list(i.reasons))
        for n, i in enumerate(law.form_items(today), 1)
    )
    return row


@transaction.atomic
def sample_look(*, actor: Actor, task: AuditTask, n: int, fine: bool, note: str = "") -> SampleLook:
    """Note what was seen in a drawn voucher (记录抽查). Raises RuleViolation oversight.look_note."""
    row = working(actor, task, TaskState.FIELD)
    sample = Sample.objects.filter(task=row, n=n).first()
    if sample is None:
        raise NotFound()
    if not fine and not note.strip():
        raise RuleViolation("oversight.look_note", "有问题的要写明是什么问题。")
    values = {"fine": fine, "note": note.strip()[:200], "by": actor.ref, "at": clock.now()}
    made, _new = SampleLook.objects.update_or_create(sample=sample, defaults=values)
    audit.record(actor, "oversight.sample.looked", made, org_path=row.union.path, key=sample.key, fine=fine)
    return made
