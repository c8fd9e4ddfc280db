"""Health checks (职工体检、女职工专项检查): plan, sessions, places, attendance, sealed results. Source: R126; S183, S184."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.core import audit, clock, crypto
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.services import flows
from gonghui.services.enums import CareKind, CheckKind, Perm, PlanState, VisitState
from gonghui.services.models import CareEvent, HealthPlan, HealthResult, HealthSession, HealthVisit, ResultLook
from gonghui.services.selectors import health as reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE, FIELD = "services.healthresult", "text"
MOST_TEXT = 4000


@transaction.atomic
def plan_make(*, actor: Actor, union: Any, year: int, kind: str, title: str, items: str, contact: str, advice: str = "") -> HealthPlan:
    """Plan the check of a year (制定体检计划).

    Raises: Conflict services.plan_twice.
    """
    actor.require(Perm.HEALTH_EDIT, union)
    if HealthPlan.objects.filter(union=union, year=year, kind=kind).exists():
        raise Conflict("services.plan_twice", f"{union.name} {year} 年已经有{CheckKind(kind).label}计划，请在原计划里加场次。")
    row = HealthPlan.objects.create(
        union=union,
        year=year,
        kind=kind,
        title=title.strip(),
        items=items.strip(),
        advice=advice.strip(),
        contact=contact.strip(),
        made_at=clock.now(),
    )
    audit.record(actor, "services.plan.created", row, org_path=union.path, kind=kind, year=year)
    return row


@transaction.atomic
def session_add(*, actor: Actor, plan: HealthPlan, hospital: str, address: str, starts_at: datetime, capacity: int) -> HealthSession:
    """Add a session at a hospital (加场次).

    Raises: RuleViolation services.plan_closed, services.other_year; BadInput services.capacity.
    """
    actor.require(Perm.HEALTH_EDIT, plan.union)
    if plan.state == PlanState.CLOSED:
        raise RuleViolation("services.plan_closed", "这个计划已经结束，不能再加场次。要加的，先重新开放。")
    if starts_at.year != plan.year:
        raise RuleViolation("services.other_year", f"场次在 {starts_at.year} 年，计划是 {plan.year} 年的，请核对日期。")
    if capacity < 1:
        raise BadInput("services.capacity", "名额至少 1 个。")
    row = HealthSession.objects.create(
        plan=plan, hospital=hospital.strip(), address=address.strip(), starts_at=starts_at, capacity=capacity
    )
    audit.record(actor, "services.healthsession.session_added", row, org_path=plan.union.path, plan=plan.pk, capacity=capacity)
    return row


@transaction.atomic
def plan_open(*, actor: Actor, plan: HealthPlan) -> HealthPlan:
    """Open for booking on the phone (开放预约).

    Raises: RuleViolation services.no_sessions; Conflict core.wrong_state.
    """
    actor.require(Perm.HEALTH_EDIT, plan.union)
    if not plan.sessions.exists():
        raise RuleViolation("services.no_sessions", "还没有场次，请先加场次再开放预约。")
    return flows.PLAN.advance(
        plan, PlanState.OPEN, actor=actor, org_path=plan.union.path, changes={"opened_at": clock.now(), "closed_at": None}
    )


@transaction.atomic
def plan_close(*, actor: Actor, plan: HealthPlan) -> HealthPlan:
    """Close the plan of the year (结束计划).

    Raises: RuleViolation services.not_recorded while somebody's attendance is not recorded.
    """
    actor.require(Perm.HEALTH_EDIT, plan.union)
    waiting = HealthVisit.objects.filter(plan=plan, state=VisitState.BOOKED).count()
    if waiting:
        raise RuleViolation("services.not_recorded", f"还有 {waiting} 人的到检情况没有登记，登记后再结束。")
    return flows.PLAN.advance(plan, PlanState.CLOSED, actor=actor, org_path=plan.union.path, changes={"closed_at": clock.now()})


@transaction.atomic
def visit_book(*, actor: Actor, session: int) -> HealthVisit:
    """The person at the phone takes a place (本人预约体检).

    Raises: NotFound for a plan that is not open to the person; Conflict services.full, services.booked;
    RuleViolation services.over, services.not_for_you.
    """
    row = HealthSession.objects.select_related("plan__union").filter(pk=session).first()
    mine = reads.standing(actor.person_id) if actor.person_id else None
    if actor.person_id is None or row is None or mine is None or row.plan.state != PlanState.OPEN or row.plan.union.path not in mine.paths:
        raise NotFound()
    if not reads.is_due(row.plan, mine.woman):
        raise RuleViolation("services.not_for_you", "这是女职工专项检查。登记的性别有误的，请到“我的会籍”更正。")
    if row.starts_at <= clock.now():
        raise RuleViolation("services.over", "这一场已经开始，请选以后的场次。")
    if HealthVisit.objects.filter(plan=row.plan, person=actor.person_id, state__in=(VisitState.BOOKED, VisitState.ATTENDED)).exists():
        raise Conflict("services.booked", "您已经约过这次体检。要换时间，先取消原来的预约。")
    if not HealthSession.objects.filter(pk=row.pk, taken__lt=F("capacity")).update(taken=F("taken") + 1):
        raise Conflict("services.full", "这一场刚刚约满，请另选一场。")
    try:
        with transaction.atomic():
            visit = HealthVisit.objects.create(
                plan=row.plan, session=row, person_id=actor.person_id, union_id=mine.union_id, booked_at=clock.now()
            )
    except IntegrityError as fault:
        raise Conflict("services.booked", "您已经约过这次体检。要换时间，先取消原来的预约。") from fault
    audit.record(actor, "services.healthvisit.visit_booked", visit, org_path=row.plan.union.path, session=row.pk)
    return visit


@transaction.atomic
def visit_cancel(*, actor: Actor, visit: HealthVisit) -> HealthVisit:
    """The person gives the place back (本人取消).

    Raises: NotFound for somebody else's; RuleViolation services.over; Conflict core.wrong_state.
    """
    if actor.person_id is None or visit.person_id != actor.person_id:
        raise NotFound()
    if visit.session.starts_at <= clock.now():
        raise RuleViolation("services.over", "这一场已经开始，不能取消。没有去的，可以再约以后的场次。")
    row = flows.VISIT.advance(visit, VisitState.CANCELLED, actor=actor, org_path=visit.plan.union.path, changes={"ended_at": clock.now()})
    HealthSession.objects.filter(pk=visit.session_id, taken__gt=0).update(taken=F("taken") - 1)
    return row


@transaction.atomic
def visit_attend(*, actor: Actor, visit: HealthVisit, came: bool) -> HealthVisit:
    """The hospital's or the centre's desk records who came (登记到检). A mistake is put right by recording the other.

    Raises: RuleViolation services.too_early, services.has_result; Conflict core.wrong_state, services.booked.
    """
    actor.require(Perm.HEALTH_ATTEND, visit.plan.union)
    if visit.session.starts_at.date() > clock.today():
        raise RuleViolation("services.too_early", "这一场还没到日子，不能登记到检。")
    if not came and HealthResult.objects.filter(visit=visit).exists():
        raise RuleViolation("services.has_result", "已经封存了检查结果，不能改为没有来。")
    to = VisitState.ATTENDED if came else VisitState.MISSED
    try:
        with transaction.atomic():
            return flows.VISIT.advance(visit, to, actor=actor, org_path=visit.plan.union.path, changes={"ended_at": clock.now()})
    except IntegrityError as fault:
        raise Conflict("services.booked", "这位职工另外还有一场预约，请先在那一场登记。") from fault


@transaction.atomic
def result_put(*, actor: Actor, visit: HealthVisit, text: str) -> HealthResult:
    """Seal a result for the person (封存检查结果): written once; nobody but the person opens it, the desk neither.

    Raises: RuleViolation services.not_attended; BadInput services.no_text; Conflict services.result_twice.
    """
    actor.require(Perm.HEALTH_RESULT, visit.plan.union)
    if visit.state != VisitState.ATTENDED:
        raise RuleViolation("services.not_attended", "先登记到检，再录入检查结果。")
    if not text.strip() or len(text) > MOST_TEXT:
        raise BadInput("services.no_text", f"请填检查结果，最多 {MOST_TEXT:,} 字。")
    if HealthResult.objects.filter(visit=visit).exists():
        raise Conflict("services.result_twice", "这位职工的结果已经封存，不能改。录错的，请本人联系医院更正。")
    row = HealthResult.objects.create(visit=visit, put_by=actor.ref, put_at=clock.now())
    HealthResult.objects.filter(pk=row.pk).update(text_sealed=crypto.seal(TABLE, FIELD, row.pk, text.strip()))
    audit.record(actor, "services.healthresult.result_put", row, org_path=visit.plan.union.path)
    return row


@transaction.atomic
def result_open(*, actor: Actor, visit: int) -> str:
    """The person opens the own result on the phone; the look is recorded (本人查看结果).

    Raises: NotFound for everybody else, whatever permission they hold.
    """
    row = HealthResult.objects.select_related("visit__plan__union").filter(visit=visit, visit__person=actor.person_id).first()
    if actor.person_id is None or row is None or row.text_sealed is None:
        raise NotFound()
    text = crypto.unseal(TABLE, FIELD, row.pk, row.text_sealed)
    ResultLook.objects.create(result=row, at=clock.now())
    audit.record(actor, "services.healthresult.result_opened", row, org_path=row.visit.plan.union.path)
    return text


@transaction.atomic
def care_record(
    *, actor: Actor, union: Any, kind: str, title: str, on: date, place: str, speaker: str = "", people: int = 0, copies: int = 0
) -> CareEvent:
    """Put down a lecture or handbooks given out (登记讲座、手册).

    Raises: BadInput services.care_counts.
    """
    actor.require(Perm.HEALTH_EDIT, union)
    if (kind == CareKind.LECTURE and not people) or (kind == CareKind.HANDBOOK and not copies):
        raise BadInput("services.care_counts", "讲座请填参加人数，发放手册请填册数。")
    row = CareEvent.objects.create(
        union=union, kind=kind, title=title.strip(), on=on, place=place.strip(), speaker=speaker.strip(), people=people, copies=copies,
        made_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "services.careevent.recorded", row, org_path=union.path, kind=kind, people=people, copies=copies)
    return row
