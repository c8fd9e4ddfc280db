"""Reads of service plans (重大活动保障查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Count, Model, Q, QuerySet, Sum

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.members.selectors import members
from gonghui.services.enums import EventState, IssueState, Perm
from gonghui.services.models import DutyNote, EventDuty, EventIssue, EventPlan, EventSupply

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

M = TypeVar("M", bound=Model)


def plans(*, actor: Actor, perm: str = Perm.EVENT_VIEW, q: str = "", state: str = "") -> QuerySet[Any]:
    """Plans in scope, the latest first (保障方案)."""
    rows = EventPlan.objects.filter(actor.within(perm, "union")).select_related("union")
    rows = rows.filter(Q(title__icontains=q) | Q(place__icontains=q)) if q else rows
    rows = rows.filter(state=state) if state in EventState.values else rows
    on = Count("duties", filter=Q(duties__removed_at=None), distinct=True)
    late = Count("issues", filter=Q(issues__state=IssueState.OPEN, issues__due_at__lt=clock.now()), distinct=True)
    return rows.annotate(on_rota=on, late=late).order_by("-since", "-pk")


def plan_get(*, actor: Actor, pk: int, perm: str = Perm.EVENT_VIEW) -> Any:
    """One plan, or 404."""
    row = plans(actor=actor, perm=perm).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def duty_get(*, actor: Actor, pk: int) -> EventDuty:
    """One duty for whoever runs the plan, or 404."""
    rows = EventDuty.objects.filter(actor.within(Perm.EVENT_RUN, "plan__union")).select_related("plan__union", "post__plan__union", "shift")
    return _one(rows, pk)


def supply_get(*, actor: Actor, pk: int) -> EventSupply:
    """Goods of a plan one runs, or 404."""
    return _one(EventSupply.objects.filter(actor.within(Perm.EVENT_RUN, "plan__union")).select_related("plan__union"), pk)


def issue_get(*, actor: Actor, pk: int) -> EventIssue:
    """An issue of a plan one runs, or 404."""
    return _one(EventIssue.objects.filter(actor.within(Perm.EVENT_RUN, "plan__union")).select_related("plan__union"), pk)


def _one(rows: QuerySet[M], pk: int) -> M:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def rota(plan: EventPlan) -> list[tuple[Any, list[tuple[Any, list[EventDuty], int]]]]:
    """Shift by shift: the posts with who stands there and how many are missing (排班表)."""
    posts = list(plan.posts.all())
    held: dict[tuple[int, int], list[EventDuty]] = {}
    for duty in plan.duties.filter(removed_at=None).select_related("person").order_by("pk"):
        held.setdefault((duty.shift_id, duty.post_id), []).append(duty)
    return [
        (shift, [(post, held.get((shift.pk, post.pk), []), post.need - len(held.get((shift.pk, post.pk), []))) for post in posts])
        for shift in plan.shifts.all()
    ]


def removed(plan: EventPlan) -> QuerySet[EventDuty]:
    """Who was taken off, for undoing it (已撤下)."""
    return plan.duties.exclude(removed_at=None).select_related("person", "post", "shift").order_by("-removed_at")[:10]


def people_of(actor: Actor, words: str) -> list[int]:
    """Members in scope of this card number, else of this name: ids of persons, at most three."""
    rows, words = members.current(actor), words.strip()
    if not words:
        return []
    found = list(rows.filter(card_no=words).values_list("person_id", flat=True)[:2])
    return found or list(rows.filter(person__name=words).values_list("person_id", flat=True)[:3])


def notes(plan: EventPlan) -> QuerySet[DutyNote]:
    """What the shifts left one another (交班记录)."""
    return DutyNote.objects.filter(duty__plan=plan).select_related("duty__person", "duty__shift", "duty__post").order_by("-pk")


def totals(plan: EventPlan) -> dict[str, int]:
    """The plan in numbers, counted from its records (保障小结)."""
    now = clock.now()
    duties = plan.duties.filter(removed_at=None)
    return {
        "duties": duties.count(), "people": duties.values("person").distinct().count(), "came": duties.exclude(checked_in_at=None).count(),
        "due": duties.filter(shift__ends_at__lt=now).count(), "missed": duties.filter(shift__ends_at__lt=now, checked_in_at=None).count(),
        "issues": plan.issues.count(), "solved": plan.issues.filter(state=IssueState.DONE).count(),
        "late": plan.issues.filter(state=IssueState.OPEN, due_at__lt=now).count(), "out": plan.supplies.filter(consumable=False).aggregate(n=Sum("issued"))["n"] or 0,
        "cared": plan.cares.aggregate(n=Sum("people"))["n"] or 0,
    }  # fmt: skip


# -- the person at the phone ------------------------------------------------------------------------------------------


def shifts_of(person_id: int) -> QuerySet[EventDuty]:
    """My shifts of plans that are published (我的班次)."""
    rows = EventDuty.objects.filter(person=person_id, removed_at=None).exclude(plan__state=EventState.DRAFT)
    return rows.select_related("plan__union", "post", "shift").order_by("shift__starts_at", "pk")


def shift_mine(person_id: int, pk: int) -> EventDuty:
    """One of them, or 404."""
    return _one(shifts_of(person_id), pk)


def before(duty: EventDuty) -> list[DutyNote]:
    """What the same post was told by earlier shifts (上一班留下的话)."""
    rows = DutyNote.objects.filter(duty__plan=duty.plan, duty__post=duty.post).exclude(duty=duty)
    return list(rows.select_related("duty__shift", "duty__person").order_by("-pk")[:5])
