"""Reads of the health checks (体检查询). No selector for officers touches a result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from gonghui.accounts.actor import LEVEL
from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.members.selectors import counts, members
from gonghui.policy import services as policy
from gonghui.services.enums import LIVE, CheckKind, Perm, PlanState, VisitState
from gonghui.services.models import CareEvent, HealthPlan, HealthSession, HealthVisit, ResultLook

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

WOMAN = "2"  # GB/T 2261.1


def plans(*, actor: Actor, perm: str = Perm.HEALTH_VIEW, year: int | None = None, kind: str = "", state: str = "") -> QuerySet[HealthPlan]:
    """Plans of the unions in scope, newest year first (体检计划)."""
    rows = HealthPlan.objects.filter(actor.within(perm, "union")).select_related("union")
    rows = rows.filter(year=year) if year else rows
    rows = rows.filter(kind=kind) if kind in CheckKind.values else rows
    rows = rows.filter(state=state) if state in PlanState.values else rows
    booked = Count("visits", filter=Q(visits__state__in=LIVE))
    return rows.annotate(booked=booked, came=Count("visits", filter=Q(visits__state=VisitState.ATTENDED))).order_by("-year", "-pk")


def plan_get(*, actor: Actor, pk: int, perm: str = Perm.HEALTH_VIEW) -> HealthPlan:
    """One plan, or 404."""
    row = plans(actor=actor, perm=perm).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def session_get(*, actor: Actor, pk: int, perm: str = Perm.HEALTH_ATTEND) -> HealthSession:
    """One session for the desk, or 404."""
    row = HealthSession.objects.filter(actor.within(perm, "plan__union"), pk=pk).select_related("plan__union").first()
    if row is None:
        raise NotFound()
    return row


def sessions(*, actor: Actor) -> QuerySet[HealthSession]:
    """Sessions the desk works at, the next first (场次)."""
    rows = HealthSession.objects.filter(actor.within(Perm.HEALTH_ATTEND, "plan__union")).exclude(plan__state=PlanState.DRAFT)
    return rows.select_related("plan__union").order_by("-starts_at", "pk")


def visit_at_desk(*, actor: Actor, pk: int, perm: str = Perm.HEALTH_ATTEND) -> HealthVisit:
    """One visit for the desk of the plan, or 404."""
    row = HealthVisit.objects.filter(actor.within(perm, "plan__union"), pk=pk).select_related("plan__union", "session", "person").first()
    if row is None:
        raise NotFound()
    return row


def visits_of(session: HealthSession) -> QuerySet[HealthVisit]:
    """Who is expected at a session, with whether a result lies sealed (到检名单)."""
    rows = HealthVisit.objects.filter(session=session).exclude(state=VisitState.CANCELLED).select_related("person", "union")
    return rows.annotate(has_result=Count("result")).order_by("person__name", "pk")


def attendance(*, actor: Actor, year: int | None = None, kind: str = "", state: str = "", q: str = "") -> QuerySet[HealthVisit]:
    """What the employer's level sees of its people in any plan, the township's too: who came, nothing more (到检情况)."""
    rows = HealthVisit.objects.filter(actor.within(Perm.HEALTH_VIEW, "union")).exclude(state=VisitState.CANCELLED)
    rows = rows.filter(plan__year=year) if year else rows
    rows = rows.filter(plan__kind=kind) if kind in CheckKind.values else rows
    rows = rows.filter(state=state) if state in VisitState.values else rows
    rows = rows.filter(person__name__icontains=q) if q else rows
    return rows.select_related("plan", "session", "person", "union").order_by("-plan__year", "-session__starts_at", "-pk")


def due(actor: Actor, plan: HealthPlan) -> QuerySet[Any]:
    """Labour relations of those the plan is for, one a person, with whether the person came this year (应检职工)."""
    day = min(clock.today(), date(plan.year, 12, 31))
    came = HealthVisit.objects.filter(person=OuterRef("person"), plan__year=plan.year, plan__kind=plan.kind, state=VisitState.ATTENDED)
    rows: QuerySet[Any] = counts.jobs_on(actor, plan.union, day).annotate(came=Exists(came))
    return rows.filter(person__sex=WOMAN) if plan.kind == CheckKind.WOMEN else rows


def uncovered(actor: Actor, plan: HealthPlan, *, q: str = "") -> QuerySet[Any]:
    """Who of them has not come yet, with whether a place is booked (未检名单)."""
    booked = HealthVisit.objects.filter(person=OuterRef("person"), plan__year=plan.year, plan__kind=plan.kind, state=VisitState.BOOKED)
    rows: QuerySet[Any] = due(actor, plan).filter(came=False).annotate(booked=Exists(booked)).select_related("person", "employer")
    if q:
        rows = rows.filter(Q(person__name__icontains=q) | Q(employer__name__icontains=q))
    return rows.order_by("employer__name", "person__name", "pk")


def coverage(actor: Actor, plan: HealthPlan) -> QuerySet[Any]:
    """Due and covered for each employer, the least covered first (各单位覆盖)."""
    rows: QuerySet[Any] = due(actor, plan).order_by().values("employer_id", "employer__name")
    rows = rows.annotate(n=Count("pk"), done=Count("pk", filter=Q(came=True)), open=Count("pk", filter=Q(came=False)))
    return rows.order_by("-open", "employer__name")


def totals(actor: Actor, plan: HealthPlan) -> dict[str, int]:
    """Due, came, not yet (应检、已检、未检)."""
    found: dict[str, int] = due(actor, plan).order_by().aggregate(n=Count("pk"), done=Count("pk", filter=Q(came=True)))
    return {**found, "open": found["n"] - found["done"]}


def care_events(*, actor: Actor, kind: str = "") -> QuerySet[CareEvent]:
    """Lectures and handbooks (讲座、手册)."""
    rows = CareEvent.objects.filter(actor.within(Perm.HEALTH_VIEW, "union")).select_related("union")
    return (rows.filter(kind=kind) if kind else rows).order_by("-on", "-pk")


# -- the person at the phone ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a person belongs: the union the attendance is shown to, and all paths whose plans are open to the person."""

    union_id: int
    paths: tuple[str, ...]
    woman: bool


def standing(person_id: int) -> Standing | None:
    """Membership first; without it the place of the job. None: belongs nowhere (归属)."""
    spell = members.mine(person_id)
    if spell is not None:
        union, person = spell.union, spell.person
    else:
        job = members.current_jobs([person_id]).get(person_id)
        if job is None or job.employer.union is None:
            return None
        union, person = job.employer.union, job.person
    paths = tuple(union.path[:end] for end in range(LEVEL, len(union.path) + 1, LEVEL))
    return Standing(union.pk, paths, person.sex == WOMAN)


def is_due(plan: HealthPlan, woman: bool) -> bool:
    """Is the check meant for the person? Source: policy services.health_check_due."""
    slip = policy.decide(
        "services.health_check_due", on=clock.today(), unit_path=plan.union.path, facts={"check": str(plan.kind), "woman": woman}
    )
    return slip.outcome is True


def open_to(person_id: int) -> list[HealthPlan]:
    """Plans the person can book now, the nearest union's first (可以预约的体检)."""
    mine = standing(person_id)
    if mine is None:
        return []
    taken = HealthVisit.objects.filter(plan=OuterRef("pk"), person=person_id, state__in=LIVE)
    rows = (
        HealthPlan.objects.filter(~Exists(taken), state=PlanState.OPEN, union__path__in=mine.paths)
        .select_related("union")
        .order_by("-union__depth", "kind")
    )
    return [plan for plan in rows if is_due(plan, mine.woman)]


def free_sessions(plan: HealthPlan) -> QuerySet[HealthSession]:
    """Sessions still to come with places left first (可约场次)."""
    return plan.sessions.filter(starts_at__gt=clock.now()).annotate(free=F("capacity") - F("taken")).order_by("starts_at", "pk")


def mine(person_id: int) -> QuerySet[HealthVisit]:
    """The person's own visits, newest first (我的体检)."""
    rows = HealthVisit.objects.filter(person=person_id).exclude(state=VisitState.CANCELLED)
    return rows.annotate(has_result=Count("result")).select_related("plan__union", "session").order_by("-session__starts_at")


def my_visit(person_id: int, pk: int) -> HealthVisit:
    """One visit of the person, or 404."""
    row = (
        HealthVisit.objects.filter(person=person_id, pk=pk)
        .annotate(has_result=Count("result"))
        .select_related("plan__union", "session")
        .first()
    )
    if row is None:
        raise NotFound()
    return row


def looks(visit: HealthVisit) -> QuerySet[ResultLook]:
    """When the person opened the result (查看记录)."""
    return ResultLook.objects.filter(result__visit=visit).order_by("-at")
