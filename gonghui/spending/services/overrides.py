"""Overrides (例外办理): a reason, and another person who agrees; read by the audit committee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotPermitted, RuleViolation
from gonghui.spending import flows
from gonghui.spending.enums import Outcome, OverrideState, Perm, PlanState
from gonghui.spending.models import Override, Plan
from gonghui.spending.selectors import answers, facts
from gonghui.spending.services import plans

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LEAST_REASON = 10


@transaction.atomic
def override_ask(*, actor: Actor, plan: Plan, reason: str) -> list[Override]:
    """Ask to go ahead although rules say no (申请例外): one row for each rule that refuses.

    Raises: RuleViolation spending.reason_short, spending.nothing_refused; Conflict spending.override_asked.
    """
    plan = plans.lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    if plan.state != PlanState.DRAFT:
        raise RuleViolation("spending.wrong_state", "只有草稿可以申请例外。")
    if len(reason.strip()) < LEAST_REASON:
        raise RuleViolation("spending.reason_short", f"例外的理由至少写 {LEAST_REASON} 个字，经审会要看。")
    answer = answers.judge(facts.draft_of(plan), facts.history_for(plan), near=False)
    refused = [i for i in answer.items if i.outcome == Outcome.REFUSED]
    if not refused:
        raise RuleViolation("spending.nothing_refused", "这个计划没有不能办的规则，不需要申请例外。")
    digest = plans.digest(plan)
    if Override.objects.filter(plan=plan, digest=digest, state__in=[OverrideState.ASKED, OverrideState.GRANTED]).exists():
        raise Conflict("spending.override_asked", "这个计划的例外已经申请过，请等批准人办理。")
    rows = [
        Override(
            plan=plan, key=i.question.name[:160], verdict=f"{i.decision.verdict}（{i.source}）"[:200], reason=reason.strip()[:300], digest=digest,
            asked_by=actor.ref, asked_user=actor.user_id, asked_person=actor.person_id, asked_name=actor.name, asked_at=clock.now(),
        )
        for i in refused
    ]  # fmt: skip
    Override.objects.bulk_create(rows)
    audit.record(actor, "spending.override.asked", plan, org_path=plan.union.path, keys=[r.key for r in rows], reason=reason.strip()[:300])
    return list(Override.objects.filter(plan=plan, digest=digest).order_by("pk"))


@transaction.atomic
def override_decide(*, actor: Actor, override: Override, grant: bool, opinion: str = "") -> Override:
    """Agree or not (批准例外): never by who asked, be it through another account.

    Raises: NotPermitted spending.own_override; RuleViolation spending.reason_missing; Conflict spending.plan_changed.
    """
    row = Override.objects.select_for_update(of=("self",)).select_related("plan__union").get(pk=override.pk)
    union = row.plan.union
    actor.require(Perm.OVERRIDE_DECIDE, union)
    if actor.ref == row.asked_by or actor.same_person(row.asked_user, row.asked_person):
        raise NotPermitted("spending.own_override", "不能批准自己申请的例外，换账号也不行。请由别人办理。")
    if not opinion.strip():
        raise RuleViolation("spending.reason_missing", "请写明意见，同意和不同意都要写。")
    if grant and row.digest != plans.digest(row.plan):
        raise Conflict("spending.plan_changed", "申请以后计划改过，这个例外不再适用。请重新申请。")
    to = OverrideState.GRANTED if grant else OverrideState.DENIED
    changes = {"decided_by": actor.ref, "decided_name": actor.name, "decided_at": clock.now(), "opinion": opinion.strip()[:200]}
    return flows.OVERRIDE.advance(row, to, actor=actor, org_path=union.path, changes=changes, key=row.key, reason=row.reason)
