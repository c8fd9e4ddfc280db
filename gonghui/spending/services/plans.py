"""Plans (支出计划): made, changed, judged, handed in, confirmed, settled."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from gonghui.approvals import services as approvals
from gonghui.core import audit, clock, crypto, money
from gonghui.core.errors import BadInput, NotFound, RuleViolation
from gonghui.finance.selectors import books
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy
from gonghui.spending import flows
from gonghui.spending.enums import PRIVATE, Outcome, Perm, PlanKind, PlanState
from gonghui.spending.models import Participant, Plan, PlanLine, PlanNumber, PlanSlip
from gonghui.spending.selectors import answers, facts
from gonghui.spending.selectors import overrides as waived
from gonghui.spending.services.data import PersonData, PlanData
from gonghui.treasury import services as treasury

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LABELS = dict(PlanKind.choices)
APPROVAL = "spending.plan"
MOST_LINES, MOST_PEOPLE = 40, 5000


@transaction.atomic
def plan_make(*, actor: Actor, union: Any, data: PlanData) -> Plan:
    """A new plan, decided at once by every rule that touches it (编制计划).

    Raises: NotPermitted; BadInput spending.no_lines, spending.no_people, spending.union_ended.
    """
    actor.require(Perm.PLAN_EDIT, union)
    _check(union, data)
    plan = Plan(union=union, number=_number(data.on.year), made_by=actor.ref, made_name=actor.name, made_at=clock.now())
    _fill(plan, data)
    plan.save(force_insert=True)
    _parts(plan, data)
    _judged(plan)
    audit.record(actor, "spending.plan.made", plan, org_path=union.path, kind=plan.kind, total_fen=plan.total_fen, outcome=plan.outcome)
    return plan


@transaction.atomic
def plan_change(*, actor: Actor, plan: Plan, data: PlanData) -> Plan:
    """Change a draft (修改计划); slips of an earlier hand-in stay, overrides no longer fit and have to be asked for anew."""
    plan = lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    _only(plan, PlanState.DRAFT)
    _check(plan.union, data)
    old = plan.total_fen
    _fill(plan, data)
    plan.save()
    PlanLine.objects.filter(plan=plan).delete()
    Participant.objects.filter(plan=plan).delete()
    _parts(plan, data)
    _judged(plan)
    audit.record(actor, "spending.plan.changed", plan, org_path=plan.union.path, old=old, new=plan.total_fen, outcome=plan.outcome)
    return plan


def _check(union: Any, data: PlanData) -> None:
    if union.ended_on is not None and data.on >= union.ended_on:
        raise BadInput("spending.union_ended", f"{union.name}已于 {union.ended_on} 终止，这以后不能再安排支出。")
    lines = [x for x in data.lines if x.quantity and x.unit_fen]
    if not lines or len(data.lines) > MOST_LINES:
        raise BadInput("spending.no_lines", f"请至少填一行有单价和数量的明细，最多 {MOST_LINES} 行。")
    if (not data.people and not data.count) or len(data.people) > MOST_PEOPLE:
        raise BadInput("spending.no_people", f"请选参加的人，或者填人数，最多 {MOST_PEOPLE:,} 人。")


def _number(year: int) -> str:
    """The next number of the year, one writer at a time."""
    row, _made = PlanNumber.objects.select_for_update().get_or_create(year=year)
    PlanNumber.objects.filter(pk=row.pk).update(last=F("last") + 1)
    row.refresh_from_db(fields=["last"])
    return f"支{year}-{row.last:05d}"


def _fill(plan: Plan, data: PlanData) -> None:
    private = data.kind in PRIVATE
    plan.kind, plan.on = data.kind, data.on
    plan.title = LABELS[data.kind] if private else data.title.strip()[:80] or LABELS[data.kind]
    plan.place, plan.place_area = data.place.strip()[:80], (data.place_area or law.place_of(plan.union))[:12]
    plan.method, plan.payee, plan.nature = data.method, data.payee.strip()[:80], data.nature
    plan.count, plan.whole_roll, plan.budget_item = (0 if data.people else data.count), data.whole_roll, data.budget_item[:40]
    plan.more = {k: v.isoformat() if isinstance(v, date) else v for k, v in data.more.items() if v is not None}
    plan.reason = data.reason.strip()[:300]
    plan.total_fen = sum(x.unit_fen * x.quantity for x in data.lines)
    plan.illness_mark = crypto.blind("spending.illness", data.illness.strip()).hex()[:32] if data.illness.strip() else ""


def _parts(plan: Plan, data: PlanData) -> None:
    PlanLine.objects.bulk_create(
        PlanLine(plan=plan, use=x.use, words=x.words[:60], unit_fen=x.unit_fen, quantity=x.quantity, people=x.people, grade=x.grade)
        for x in data.lines
        if x.quantity and x.unit_fen
    )
    people: dict[int, PersonData] = {p.person_id: p for p in data.people}
    Participant.objects.bulk_create(
        [Participant(plan=plan, person_id=p.person_id, kind=p.kind, elsewhere=p.elsewhere) for p in people.values()], batch_size=500
    )
    text = "\n".join(x for x in (data.illness.strip(), data.care.strip()) if x)
    plan.care_sealed = crypto.seal("spending.plan", "care", plan.pk, text) if text else None
    plan.save(update_fields=["care_sealed"])


def _judged(plan: Plan) -> answers.Answer:
    """Decide and keep the outcome in the row: lists read it, the answer page decides anew."""
    answer = answers.judge(facts.draft_of(plan), facts.history_for(plan), near=False)
    plan.outcome, plan.headline, plan.flags = str(answer.outcome), answer.headline[:200], answer.flags
    plan.save(update_fields=["outcome", "headline", "flags"])
    return answer


def lock(plan: Plan) -> Plan:
    """The plan, locked, as it is now."""
    return Plan.objects.select_for_update(of=("self",)).select_related("union").get(pk=plan.pk)


def _only(plan: Plan, *states: str) -> None:
    if plan.state not in states:
        raise RuleViolation("spending.wrong_state", f"这个计划{plan.get_state_display()}，不能再这样办。")


def digest(plan: Plan) -> str:
    """What stands for the material content: people, lines, day, place, money."""
    lines = [(x.use, x.words, x.unit_fen, x.quantity, x.people) for x in plan.lines.order_by("pk")]
    people = list(plan.participants.order_by("person_id").values_list("person_id", "kind", "elsewhere"))
    head = (
        plan.kind,
        plan.on,
        plan.place_area,
        plan.method,
        plan.payee,
        plan.nature,
        plan.count,
        plan.whole_roll,
        sorted(plan.more.items()),
    )
    return hashlib.sha256(audit.canonical([str(head), lines, people]).encode()).hexdigest()


@transaction.atomic
def plan_submit(*, actor: Actor, plan: Plan, reason: str = "") -> Plan:
    """Hand a plan in for the chair to confirm (送主席确认); the slips are kept.

    Raises: NotPermitted; RuleViolation spending.refused (with clause and nearest plan), spending.reason_missing.
    """
    plan = lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    _only(plan, PlanState.DRAFT)
    answer = answers.judge(facts.draft_of(plan), facts.history_for(plan))
    _must_pass(plan, answer, reason)
    keep(actor, plan, answer, "plan")
    union = plan.union
    if plan.approval is None:
        plan.approval = approvals.approval_submit(
            actor=actor, kind=APPROVAL, subject_id=plan.pk, title=f"{plan.title}（{plan.number}）", org_path=union.path, org_name=union.name
        )
    else:
        approvals.approval_resubmit(actor=actor, approval=plan.approval)
    changes = {"approval_id": plan.approval_id, "outcome": str(answer.outcome), "headline": answer.headline[:200], "flags": answer.flags}
    if reason.strip():
        changes["reason"] = reason.strip()[:300]
    return flows.PLAN.advance(plan, PlanState.SUBMITTED, actor=actor, org_path=union.path, changes=changes, total_fen=plan.total_fen)


def _must_pass(plan: Plan, answer: answers.Answer, reason: str) -> None:
    granted = waived.granted_keys(plan, digest(plan))
    refused = [i for i in answer.items if i.outcome == Outcome.REFUSED and i.question.name not in granted]
    if refused:
        raise RuleViolation("spending.refused", refusal(answer, refused), slips=[i.decision.as_json() for i in refused])
    asks = [i for i in answer.items if i.outcome in (Outcome.REASON, Outcome.UNKNOWN)]
    if asks and not (reason.strip() or plan.reason):
        raise RuleViolation("spending.reason_missing", f"{answer.headline}请写明理由再送审，理由会和决定单一起存档。")


def refusal(answer: answers.Answer, items: list[answers.Item]) -> str:
    """The refusal in one breath: clause, what would pass."""
    first = items[0]
    near = answer.lifting or answer.proposals
    how = f"可以这样改：{near[0].text}。" if near else ""
    return f"{first.label}：{first.decision.verdict}（依据：{first.source}）。{how}"


def keep(actor: Actor, plan: Plan, answer: answers.Answer, phase: str) -> None:
    """Store every slip of an answer beside the plan (决定单存档)."""
    perm = str(Perm.CARE_VIEW if plan.kind in PRIVATE else Perm.PLAN_VIEW)
    now = clock.now()
    rows = [
        PlanSlip(
            plan=plan, phase=phase, key=i.decision.key, about=i.question.about[:80], outcome=str(i.outcome), at=now,
            public_id=policy.store(actor, i.decision, subject=f"plan:{plan.pk}", org_path=plan.union.path, perm=perm),
        )
        for i in answer.items
    ]  # fmt: skip
    PlanSlip.objects.bulk_create(rows)


@transaction.atomic
def plan_withdraw(*, actor: Actor, plan: Plan) -> Plan:
    """Take a handed-in plan back to change it (撤回修改)."""
    plan = lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    _only(plan, PlanState.SUBMITTED)
    assert plan.approval is not None
    approvals.approval_withdraw(actor=actor, approval=plan.approval)
    plan.refresh_from_db()
    return plan


@transaction.atomic
def plan_cancel(*, actor: Actor, plan: Plan, reason: str) -> Plan:
    """Drop a plan (取消计划); it no longer counts into the year."""
    plan = lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    if not reason.strip():
        raise RuleViolation("spending.reason_missing", "请写明取消的理由。")
    treasury.release(actor=actor, source=plan.source)
    return flows.PLAN.advance(
        plan, PlanState.CANCELLED, actor=actor, org_path=plan.union.path, changes={"reason": reason.strip()[:300]}, reason=reason[:300]
    )


@transaction.atomic
def plan_settle(*, actor: Actor, plan: Plan, on: date, paid_fen: int | None = None) -> Plan:
    """Note a confirmed plan as paid, for a union whose books are not kept here (登记已支付); decided again as it really was.

    Raises: RuleViolation spending.has_book, spending.refused.
    """
    plan = lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    _only(plan, PlanState.APPROVED)
    if has_book(plan.union):
        raise RuleViolation("spending.has_book", "本工会在平台上记账，请做凭证，记账后自动登记。")
    if paid_fen is not None and paid_fen > plan.total_fen:
        raise RuleViolation("spending.over_plan", f"实际支出 {money.show(paid_fen)}，超过计划，请先修改计划。")
    answer = answers.judge(facts.draft_of(plan, on=on, handed_out=True), facts.history_for(plan), near=True)
    granted = waived.granted_keys(plan, digest(plan))
    refused = [i for i in answer.items if i.outcome == Outcome.REFUSED and i.question.name not in granted]
    if refused:
        raise RuleViolation("spending.refused", refusal(answer, refused))
    changes = {"paid_on": on, "paid_fen": plan.total_fen if paid_fen is None else paid_fen}
    return flows.PLAN.advance(plan, PlanState.POSTED, actor=actor, org_path=plan.union.path, changes=changes, paid_on=on)


def has_book(union: Any) -> bool:
    """Are the union's books kept on the platform?"""
    return books.book_of(union) is not None


@transaction.atomic
def plan_record(*, actor: Actor, union: Any, data: PlanData) -> Plan:
    """Write down what was spent before the platform was used (补登以前的支出), so that intervals and year totals are right.

    Raises: RuleViolation spending.not_past.
    """
    if data.on > clock.today():
        raise RuleViolation("spending.not_past", "补登只能写已经发生的支出。还没有办的，请编制计划。")
    plan = plan_make(actor=actor, union=union, data=data)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.POSTED, paid_on=data.on, paid_fen=plan.total_fen)
    plan.refresh_from_db()
    audit.record(actor, "spending.plan.recorded", plan, org_path=union.path, paid_on=data.on, total_fen=plan.total_fen)
    return plan


@transaction.atomic
def plan_sign(*, actor: Actor, plan: Plan, persons: list[int], on: date) -> int:
    """Note who has signed for what was handed out (登记签收)."""
    plan = lock(plan)
    actor.require(Perm.PLAN_EDIT, plan.union)
    _only(plan, PlanState.APPROVED, PlanState.POSTED)
    done = Participant.objects.filter(plan=plan, person_id__in=persons, signed_on=None).update(signed_on=on)
    audit.record(actor, "spending.plan.signed", plan, org_path=plan.union.path, persons=done)
    return done


@transaction.atomic
def plan_open(*, actor: Actor, plan: Plan, reason: str) -> str:
    """Open the reason and the names of a condolence (查看慰问事由), for a recorded purpose.

    Raises: NotPermitted; RuleViolation spending.reason_missing; NotFound.
    """
    actor.require(Perm.CARE_VIEW, plan.union)
    if len(reason.strip()) < 4:
        raise RuleViolation("spending.reason_missing", "请写明查看的用途，至少 4 个字。")
    if plan.kind not in PRIVATE:
        raise NotFound()
    text = crypto.unseal("spending.plan", "care", plan.pk, plan.care_sealed) if plan.care_sealed else ""
    audit.record(actor, "spending.plan.opened", plan, org_path=plan.union.path, reason=reason.strip()[:200])
    return text
