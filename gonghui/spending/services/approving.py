"""What the chair's decision does to a plan (审批结果): callbacks of approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.approvals import kinds
from gonghui.spending import flows
from gonghui.spending.enums import Perm, PlanState
from gonghui.spending.models import Plan
from gonghui.spending.rules.events import EVENTS
from gonghui.spending.selectors import budgets
from gonghui.spending.services import plans
from gonghui.treasury import services as treasury

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def _of(subject_id: str) -> Plan:
    return Plan.objects.select_related("union").get(pk=int(subject_id))


def _to(state: str) -> kinds.Callback:
    def move(actor: Actor, approval: Any) -> None:
        plan = _of(approval.subject_id)
        flows.PLAN.advance(plan, state, actor=actor, org_path=plan.union.path)

    return move


def _approved(actor: Actor, approval: Any) -> None:
    """Confirmed: the plan holds its part of the budget, where there is one."""
    plan = _of(approval.subject_id)
    flows.PLAN.advance(plan, PlanState.APPROVED, actor=actor, org_path=plan.union.path)
    budget, account = (
        budgets.budget_for(plan.union, plan.on, plan.kind, plan.budget_item),
        budgets.account_of(plan.union, plan.on, plan.kind),
    )
    if budget.has_line and account and plan.total_fen <= (budget.left_fen or 0):
        item = f"{account}/{plan.budget_item or EVENTS[plan.kind]}"
        treasury.reserve(actor=actor, union=plan.union, item=item, amount=plan.total_fen, source=plan.source, words_=plan.title, on=plan.on)


HANDLER = kinds.Handler(
    label="支出计划",
    url=lambda pk: reverse("spending:plan", args=[int(pk)]),
    levels=lambda pk: [kinds.Level("工会主席确认", _of(pk).union.path, perm=str(Perm.PLAN_CONFIRM))],
    digest=lambda pk: plans.digest(_of(pk)),
    on_approved=_approved,
    on_refused=_to(PlanState.REFUSED),
    on_returned=_to(PlanState.DRAFT),
    on_withdrawn=_to(PlanState.DRAFT),
    on_voided=_to(PlanState.DRAFT),
)
