"""Reads of recuperation (疗休养查询)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.benefits.enums import LIVE_STAYS, SEATED, Perm, ProgrammeState, StayKind, StayState
from gonghui.benefits.models import Batch, ModelWorker, PastStay, Programme, Share, StayApplication
from gonghui.benefits.rules import shares as rules
from gonghui.benefits.selectors import common
from gonghui.core import clock
from gonghui.members.selectors import counts
from gonghui.orgs.rules import tree
from gonghui.orgs.selectors import law, unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision


def _shared(actor: Actor, perm: str) -> Q:
    """Programmes in which a union of the scope, or one above it, has a share."""
    paths = actor.paths(perm)
    above = [head for p in paths for head in tree.ancestors(p)]
    rows = Share.objects.filter(Q(union__path__in=above) | actor.within(perm, "union"))
    return Q(pk__in=rows.values("programme"))


def programme_list(*, actor: Actor, q: str = "", year: int | None = None, kind: str = "", state: str = "") -> QuerySet[Any]:
    """Programmes one organises, and those one has a share in once they are open (疗休养计划)."""
    own = actor.within(Perm.STAY_VIEW, "union")
    rows = Programme.objects.filter(own | (_shared(actor, Perm.STAY_VIEW) & ~Q(state=ProgrammeState.DRAFT))).select_related("union")
    rows = rows.filter(year=year) if year else rows
    rows = rows.filter(kind=kind) if kind in StayKind.values else rows
    rows = rows.filter(state=state) if state in ProgrammeState.values else rows
    rows = rows.filter(name__icontains=q) if q else rows
    live = Count("applications", filter=Q(applications__state__in=LIVE_STAYS))
    return rows.annotate(n=live, seated=Count("applications", filter=Q(applications__state__in=SEATED))).order_by("-year", "-pk")


def programme_get(*, actor: Actor, pk: int) -> Any:
    """One programme one may look at, or 404."""
    return get_object_or_404(programme_list(actor=actor), pk=pk)


def programme_own(*, actor: Actor, pk: int, perm: str = Perm.STAY_EDIT) -> Programme:
    """One programme of the own scope, or 404."""
    return get_object_or_404(Programme.objects.filter(actor.within(perm, "union")).select_related("union"), pk=pk)


def batch_get(*, actor: Actor, pk: int, perm: str = Perm.STAY_EDIT) -> Batch:
    """One batch, or 404."""
    rows = Batch.objects.filter(actor.within(perm, "programme__union")).select_related("programme__union")
    return get_object_or_404(rows, pk=pk)


def application_list(
    *, actor: Actor, programme: Programme | None = None, state: str = "", q: str = "", union: int | None = None, perm: str = Perm.STAY_VIEW
) -> QuerySet[StayApplication]:
    """Applications of people of the scope, or to programmes of the scope (报名)."""
    rows = StayApplication.objects.filter(actor.within(perm, "union") | actor.within(perm, "programme__union"))
    rows = rows.filter(programme=programme) if programme is not None else rows
    rows = rows.filter(state=state) if state in StayState.values else rows
    rows = rows.filter(share__union=union) if union else rows
    rows = rows.filter(Q(person__name__icontains=q) | Q(alias__startswith=q.upper())) if q else rows
    return rows.select_related("person", "union", "share__union", "batch", "programme__union").order_by(
        "share__union__path", F("rank").asc(nulls_last=True), "applied_at", "pk"
    )


def application_get(*, actor: Actor, pk: int, perm: str = Perm.STAY_VIEW) -> StayApplication:
    """One application, or 404."""
    return get_object_or_404(application_list(actor=actor, perm=perm), pk=pk)


def state_counts(rows: QuerySet[StayApplication]) -> dict[str, int]:
    """Applications by state in one statement."""
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def share_of(programme: Programme, path: str) -> Share | None:
    """The share a union's people use: its own, else that of the nearest above (占用哪家的名额)."""
    return programme.shares.filter(union__path__in=tree.ancestors(path)).select_related("union").order_by("-union__depth").first()


def share_list(programme: Programme) -> QuerySet[Share]:
    """Shares with who waits in each."""
    live = Count("applications", filter=Q(applications__state__in=LIVE_STAYS))
    return programme.shares.select_related("union").annotate(n=live).order_by("union__path")


def share_candidates(programme: Programme) -> list[tuple[Any, int]]:
    """Unions directly below the organiser with their members now, or the organiser itself when there is none."""
    below = list(unions.children_on(programme.union, clock.today()).order_by("path"))
    found = [(u, counts.spells_on(common.DESK, u, clock.today()).count()) for u in below or [programme.union]]
    return [(u, n) for u, n in found if n]


def last_stay(person: int) -> date | None:
    """When a person last was on a stay: attended here, or entered from before (上次疗休养)."""
    here = StayApplication.objects.filter(person=person, state=StayState.ATTENDED).aggregate(d=Max("batch__since"))["d"]
    before = PastStay.objects.filter(person=person, removed_why="").aggregate(d=Max("on"))["d"]
    return max((d for d in (here, before) if d is not None), default=None)


def last_stays(persons: list[int]) -> dict[int, date]:
    """As `last_stay` for many, in two statements."""
    found: dict[int, date] = {}
    rows = (
        StayApplication.objects.filter(person__in=persons, state=StayState.ATTENDED, batch__isnull=False)
        .values_list("person_id")
        .annotate(d=Max("batch__since"))
    )
    before = PastStay.objects.filter(person__in=persons, removed_why="").values_list("person_id").annotate(d=Max("on"))
    for person, day in [*rows.order_by(), *before.order_by()]:
        found[person] = max(day, found.get(person, day))
    return found


def honoured(person: int, on: date) -> bool:
    """Holds an honour that is not revoked (劳模或先进)."""
    rows = ModelWorker.objects.filter(Q(revoked_on=None) | Q(revoked_on__gt=on), person=person, awarded_on__lte=on)
    return rows.exists()


def months_between(first: date, last: date) -> int:
    """Whole months."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def eligible(programme: Programme, person: int) -> Decision:
    """The slip: may this person take part? Source: policy benefits.stay_eligible."""
    today, spell, last = clock.today(), common.spell_of(person), last_stay(person)
    share = share_of(programme, spell.union.path) if spell is not None else None
    facts: dict[str, Any] = {
        "member": spell is not None, "covered": share is not None and share.places > 0, "kind": str(programme.kind),
        "honoured": honoured(person, today), "been": last is not None,
    }  # fmt: skip
    if last is not None:
        facts["months_since"] = months_between(last, today)
    return law.decide("benefits.stay_eligible", spell.union if spell is not None else programme.union, today, facts)


def cost(programme: Programme, per_head_fen: int, on: date, days: int = 0) -> Decision:
    """The slip: is the cost of one person within the ceilings? Source: policy benefits.stay_cost."""
    facts = {"days": days or programme.days, "cost_fen": per_head_fen, "ceiling_fen": programme.ceiling_fen}
    return law.decide("benefits.stay_cost", programme.union, on, facts)


def posted(programme: Programme) -> QuerySet[StayApplication]:
    """The public list: names, unions, order, no number of any kind (公示名单)."""
    rows = programme.applications.filter(state__in=[*SEATED, StayState.WAITING]).select_related("person", "share__union", "union", "batch")
    return rows.order_by("share__union__path", "rank")


def past_list(*, actor: Actor, q: str = "") -> QuerySet[PastStay]:
    """Earlier stays entered by the scope (以往疗休养)."""
    rows = PastStay.objects.filter(actor.within(Perm.STAY_VIEW, "union"), removed_why="").select_related("person", "union")
    return (rows.filter(Q(person__name__icontains=q) | Q(place__icontains=q)) if q else rows).order_by("-on", "-pk")


def past_get(*, actor: Actor, pk: int) -> PastStay:
    """One of them, or 404."""
    return get_object_or_404(PastStay.objects.filter(actor.within(Perm.STAY_PROPOSE, "union"), removed_why=""), pk=pk)


def honour_list(*, actor: Actor, q: str = "", level: str = "") -> QuerySet[ModelWorker]:
    """Honours in scope (劳模和先进)."""
    rows = ModelWorker.objects.filter(actor.within(Perm.STAY_VIEW, "union")).select_related("person", "union")
    rows = rows.filter(level=level) if level else rows
    return (rows.filter(Q(person__name__icontains=q) | Q(honour__icontains=q)) if q else rows).order_by("-awarded_on", "-pk")


def honour_get(*, actor: Actor, pk: int) -> ModelWorker:
    """One of them, or 404."""
    return get_object_or_404(ModelWorker.objects.filter(actor.within(Perm.STAY_EDIT, "union")).select_related("union"), pk=pk)


# -- the member at the phone ---------------------------------------------------------------------------------------


def open_to(person: int) -> QuerySet[Any]:
    """Programmes in which the person's union has places, or where the person stands already."""
    spell, mine = common.spell_of(person), StayApplication.objects.filter(person=person)
    found = Q(pk__in=mine.values("programme"))
    if spell is not None:
        shares = Share.objects.filter(union__path__in=tree.ancestors(spell.union.path), places__gt=0)
        found |= Q(pk__in=shares.values("programme"))
    rows = Programme.objects.filter(found).exclude(state=ProgrammeState.DRAFT)
    return rows.select_related("union").order_by("-year", "-pk")


def programme_of(person: int, pk: int) -> Any:
    """One programme for the phone, or 404."""
    return get_object_or_404(open_to(person), pk=pk)


def my_application(person: int, programme: Programme) -> StayApplication | None:
    """Where the person stands in it: the live one, else the last."""
    rows = StayApplication.objects.filter(person=person, programme=programme).select_related("share__union", "batch", "programme__union")
    return rows.filter(state__in=LIVE_STAYS).first() or rows.order_by("-pk").first()


def mine(person: int) -> QuerySet[StayApplication]:
    """My applications, newest first."""
    return StayApplication.objects.filter(person=person).select_related("programme__union", "batch").order_by("-applied_at")


def past_of(person: int) -> QuerySet[PastStay]:
    """My earlier stays."""
    return PastStay.objects.filter(person=person, removed_why="").order_by("-on")


# -- figures -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One year or union of the statistics."""

    name: str
    places: int
    listed: int
    attended: int
    first: int
    heads_fen: int


def statistics(*, actor: Actor, year: int) -> dict[str, Any]:
    """Places, who went, who went for the first time, cost per head, by programme (疗休养统计)."""
    rows = list(
        Programme.objects.filter(actor.within(Perm.STAY_VIEW, "union"), year=year).exclude(state=ProgrammeState.DRAFT).order_by("pk")
    )
    went = Q(state=StayState.ATTENDED)
    lines = []
    for row in rows:
        n = row.applications.aggregate(
            listed=Count("pk", filter=Q(state__in=SEATED)),
            attended=Count("pk", filter=went),
            first=Count("pk", filter=went & Q(last_on=None)),
        )
        spent = row.batches.aggregate(fen=Sum("spent_fen"))["fen"] or 0
        lines.append(Line(row.name, row.places, n["listed"], n["attended"], n["first"], rules.per_head(spent, n["attended"])))
    return {
        "lines": lines,
        "places": sum(x.places for x in lines),
        "attended": sum(x.attended for x in lines),
        "first": sum(x.first for x in lines),
    }
