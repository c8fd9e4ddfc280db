"""Reads of teams and kits (队伍、器材查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.services.enums import ActivityKind, ActivityState, EntryMode, Perm
from gonghui.services.models import Activity, Kit, Practice, PracticeMark, Team, TeamMember
from gonghui.services.selectors import health

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def teams(*, actor: Actor, q: str = "", kind: str = "") -> QuerySet[Team]:
    """Teams in scope with their strength and goods (队伍)."""
    rows = Team.objects.filter(actor.within(Perm.ACTIVITY_VIEW, "union")).select_related("union")
    rows = rows.filter(name__icontains=q) if q else rows
    rows = rows.filter(kind=kind) if kind in ActivityKind.values else rows
    strength = Count("members", filter=Q(members__until=None), distinct=True)
    return rows.annotate(strength=strength, goods=Count("kits", filter=Q(kits__returned_on=None), distinct=True)).order_by("name", "pk")


def team_get(*, actor: Actor, pk: int) -> Team:
    """One team, or 404."""
    row = teams(actor=actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def members_of(team: Team) -> QuerySet[TeamMember]:
    """Who plays in it now (队员)."""
    return TeamMember.objects.filter(team=team, until=None).select_related("person").order_by("since", "pk")


def kits(*, actor: Actor, q: str = "") -> QuerySet[Kit]:
    """Goods given out, those still out first (器材)."""
    rows = Kit.objects.filter(actor.within(Perm.ACTIVITY_VIEW, "union")).select_related("union", "team")
    rows = rows.filter(Q(site__icontains=q) | Q(goods__icontains=q)) if q else rows
    return rows.order_by("-issued_on", "-pk")


def kit_get(*, actor: Actor, pk: int) -> Kit:
    """One kit for whoever may take it back, or 404."""
    row = Kit.objects.filter(actor.within(Perm.ACTIVITY_EDIT, "union"), pk=pk).select_related("union").first()
    if row is None:
        raise NotFound()
    return row


def for_member(person_id: int) -> QuerySet[Team]:
    """Teams the member may join, with whether the member is in (我能参加的队伍)."""
    mine = health.standing(person_id)
    inside = TeamMember.objects.filter(team=OuterRef("pk"), person=person_id, until=None)
    rows = Team.objects.filter(until=None, union__path__in=mine.paths if mine else ())
    return rows.annotate(inside=Exists(inside)).select_related("union").order_by("-inside", "name", "pk")


def practices(team: Team) -> QuerySet[Practice]:
    """Practices with how many came (训练安排)."""
    return team.practices.annotate(came=Count("marks")).order_by("-starts_at", "-pk")


def practice_get(*, actor: Actor, pk: int) -> Practice:
    """One practice for whoever runs the team, or 404."""
    row = Practice.objects.filter(actor.within(Perm.ACTIVITY_EDIT, "team__union"), pk=pk).select_related("team__union").first()
    if row is None:
        raise NotFound()
    return row


def participation(team: Team) -> list[tuple[TeamMember, int]]:
    """Players with the practices each came to (参加次数)."""
    counts = dict(
        PracticeMark.objects.filter(practice__team=team, practice__cancelled_at=None).values_list("person").annotate(n=Count("pk"))
    )
    return [(m, counts.get(m.person_id, 0)) for m in members_of(team)]


def matches_open(*, actor: Actor, team: Team) -> QuerySet[Activity]:
    """Team matches that take entries, of unions the actor runs (能报名的赛事)."""
    rows = Activity.objects.filter(actor.within(Perm.ACTIVITY_EDIT, "union"), state=ActivityState.OPEN, mode=EntryMode.TEAM)
    return rows.exclude(entries__team=team, entries__withdrawn_at=None).order_by("since", "pk")


def coming(person_id: int) -> list[Practice]:
    """Practices ahead of the teams one is in (我的训练)."""
    mine = TeamMember.objects.filter(person=person_id, until=None).values("team")
    rows = Practice.objects.filter(team__in=mine, starts_at__gt=clock.now(), cancelled_at=None)
    return list(rows.select_related("team").order_by("starts_at", "pk")[:10])
