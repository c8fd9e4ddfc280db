"""Reads of stages and demonstration points (阶段、示范点). Source: S009, S010, P21."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.organising.enums import FollowState, Perm
from gonghui.organising.models import Follower, Point, StageReview
from gonghui.organising.selectors import policy_values
from gonghui.orgs.enums import Body, PostTitle, Stage
from gonghui.orgs.rules import tree
from gonghui.orgs.selectors import terms, unions
from gonghui.policy.services import Decision

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MONTHS = 6
_activities: list[Callable[[int, date, date], int | None]] = []


def register_activities(count: Callable[[int, date, date], int | None]) -> None:
    """Count a union's activities between two days (登记活动次数来源): apps above that keep activities."""
    if count not in _activities:
        _activities.append(count)


def activities_of(union_id: int, since: date, until: date) -> int | None:
    """Activities from all sources; None where none keeps any."""
    counted = [n for n in (count(union_id, since, until) for count in _activities) if n is not None]
    return sum(counted) if counted else None


@dataclass
class Assessment:
    """A union held against the exit criteria (评定)."""

    stage: str
    slip: Decision | None
    met: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def facts_of(union: Any, on: date, activities: int | None = None) -> dict[str, Any]:
    """What the records say about a union on a day."""
    standing = {s.body: s for s in terms.standing(union, on)}
    bodies = all(standing[b].term is not None and not standing[b].lapsed for b in (Body.COMMITTEE, Body.AUDIT))
    held = set(terms.posts_on(union, on).values_list("body", "title"))
    women = any(b == Body.WOMEN or t == PostTitle.WOMEN_MEMBER for b, t in held)
    counted = activities_of(union.pk, clock.add_months(on, -MONTHS), on)
    certificate = union.certificates.filter(cancelled_on=None).aggregate(until=Max("valid_until"))["until"]
    facts = {
        "chair": (Body.COMMITTEE, PostTitle.CHAIR) in held and not standing[Body.COMMITTEE].lapsed,
        "account": union.accounts.filter(until=None).exists(),
        "ledger": union.memberships.filter(until=None).exists(),
        "bodies": bodies and women,
        "certificate": certificate is not None and certificate > on,
        "activities": counted if counted is not None else activities,
    }
    return {k: v for k, v in facts.items() if v is not None}


def assess(union: Any, on: date, activities: int | None = None) -> Assessment:
    """The stage the records support, one step from the present one at most (按记录评定). Source: policy organising.stage_*."""
    facts = facts_of(union, on, activities)
    first = policy_values.decide(
        "organising.stage_consolidated", {k: facts.get(k) for k in ("chair", "account", "ledger", "activities")}, on, union
    )
    steady = first.outcome if first is not None else None
    later = {"consolidated": steady, **{k: facts.get(k) for k in ("bodies", "certificate", "activities")}}
    second = policy_values.decide("organising.stage_improved", later, on, union)
    slip = first if union.stage == Stage.NEW else second
    met, missing = _split(slip)
    return Assessment(_next(union.stage, steady, second.outcome if second is not None else None), slip, met, missing)


def _next(now: str, steady: bool | None, improved: bool | None) -> str:
    if now == Stage.NEW:
        return Stage.CONSOLIDATED if steady is True else Stage.NEW
    if now == Stage.CONSOLIDATED:
        return Stage.NEW if steady is False else Stage.IMPROVED if improved is True else Stage.CONSOLIDATED
    return Stage.CONSOLIDATED if improved is False else Stage.IMPROVED


def _split(slip: Decision | None) -> tuple[list[str], list[str]]:
    if slip is None:
        return [], []
    met = [c.clause.label for c in slip.clauses if c.result is True]
    return met, [c.clause.label for c in slip.clauses if c.result is not True]


def staged(*, actor: Actor, stage: str = "", stuck: bool = False, union: Any = None, q: str = "") -> QuerySet[Any]:
    """Grassroots unions with the day of their last review (各阶段的工会); stuck ones have not moved for long."""
    rows = unions.union_visible(actor, Perm.CASE_VIEW).filter(ended_on=None, kind__in=[str(k) for k in tree.OWN | tree.JOINT])
    last = StageReview.objects.filter(union=OuterRef("pk")).order_by("-on", "-pk")
    rows = rows.annotate(reviewed_on=Subquery(last.values("on")[:1]))
    if stage:
        rows = rows.filter(stage=stage)
    if union is not None:
        rows = rows.filter(subtree(union.path))
    for word in q.split()[:4]:
        rows = rows.filter(name__icontains=word)
    if stuck:
        rows = rows.filter(stuck_filter(clock.today()))
    return rows.select_related("parent").order_by("founded_on", "pk")


def stuck_filter(day: date) -> Q:
    """Not yet improved, founded long ago and not assessed upwards since. Source: policy organising.stuck_months."""
    months = policy_values.number("organising.stuck_months", day) or 12
    line = clock.add_months(day, -months)
    recently = StageReview.objects.filter(on__gt=line).values("union_id")
    return Q(founded_on__lte=line) & ~Q(stage=Stage.IMPROVED) & ~Q(pk__in=recently)


def stage_counts(actor: Actor) -> dict[str, int]:
    rows = unions.union_visible(actor, Perm.CASE_VIEW).filter(ended_on=None, kind__in=[str(k) for k in tree.OWN | tree.JOINT])
    return dict(rows.order_by().values_list("stage").annotate(n=Count("pk", distinct=True)))


def reviews_of(union: Any) -> list[StageReview]:
    return list(StageReview.objects.filter(union=union).order_by("-on", "-pk"))


# -- demonstration points ----------------------------------------------------------------------------------------


def point_list(*, actor: Actor, theme: str = "", live: bool = True) -> QuerySet[Any]:
    """Points in scope, with how many follow and how many did it (示范点)."""
    rows = Point.objects.filter(actor.within(Perm.POINT_VIEW, "union")).select_related("union")
    if theme:
        rows = rows.filter(theme=theme)
    if live:
        rows = rows.filter(ended_on=None)
    return rows.annotate(
        asked=Count("followers"),
        done=Count("followers", filter=Q(followers__state=FollowState.ADOPTED) | Q(followers__employer__organised=True)),
    ).order_by("-named_on", "-pk")


def point_get(*, actor: Actor, pk: int) -> Point:
    rows = Point.objects.filter(actor.within(Perm.POINT_VIEW, "union")).select_related("union")
    return get_object_or_404(rows, pk=pk)


def followers_of(point: Point, actor: Actor) -> list[Follower]:
    """Who follows, with what the register says happened since (跟学单位). Only those in the reader's scope."""
    seen = actor.within(Perm.POINT_VIEW, "union") | actor.within(Perm.POINT_VIEW, "employer__union")
    rows = point.followers.all() if actor.is_system else point.followers.filter(seen)
    return list(rows.select_related("union", "employer__union").order_by("since", "pk"))


def follower_get(*, actor: Actor, pk: int) -> Follower:
    seen = actor.within(Perm.POINT_VIEW, "union") | actor.within(Perm.POINT_VIEW, "employer__union")
    rows = Follower.objects.all() if actor.is_system else Follower.objects.filter(seen)
    return get_object_or_404(rows.select_related("point__union", "union", "employer__union"), pk=pk)
