"""Which campaigns an actor may see and write in (集中行动的查看范围)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from gonghui.accounts.actor import LEVEL, covers
from gonghui.campaigns.enums import Basis, Perm
from gonghui.campaigns.models import Assignment, Campaign, Category, Team
from gonghui.core import clock
from gonghui.core.errors import NotFound

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SHOWN = (Basis.GROUP, Basis.MIGRANT, Basis.SECTOR, Basis.ZONE, Basis.TWO_NEW, Basis.HERDER)
"""What a campaign may be about; types of two-new organisations are for the dashboard."""


def _above(paths: list[str]) -> list[str]:
    """Paths of all unions above these."""
    return sorted({p[:n] for p in paths for n in range(LEVEL, len(p), LEVEL)})


def visible(actor: Actor) -> QuerySet[Campaign]:
    """Campaigns of the actor's unions, those that work in the actor's area, and those with a team of the actor's own."""
    seen = Q(actor.within(Perm.CAMPAIGN_VIEW, "union"))
    paths = actor.paths(Perm.CAMPAIGN_VIEW)
    if paths and "" not in paths:
        near = actor.within(Perm.CAMPAIGN_VIEW, "union") | actor.within(Perm.CAMPAIGN_VIEW, "employer__union")
        near |= Q(union__path__in=_above(paths))
        seen |= Q(pk__in=Assignment.objects.filter(near).values("team__campaign"))
        seen |= Q(pk__in=Team.objects.filter(leader=actor.user_id).values("campaign"))
    return Campaign.objects.filter(seen).select_related("union")


def campaign_get(*, actor: Actor, pk: int) -> Campaign:
    """One campaign the actor may see, or 404."""
    row = visible(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def campaign_list(*, actor: Actor, q: str = "") -> QuerySet[Campaign]:
    """Campaigns by name or union, the newest first."""
    rows = visible(actor)
    for word in q.split()[:4]:
        rows = rows.filter(Q(name__icontains=word) | Q(union__name__icontains=word) | Q(goal__icontains=word))
    return rows


def teams_to_log(actor: Actor, campaign: Campaign) -> list[Team]:
    """Teams the actor may write for: all with a permission at the campaign's union, else those led or near."""
    if not actor.may(Perm.LOG_EDIT):
        return []
    teams = list(campaign.teams.prefetch_related("assignments__union", "assignments__employer__union"))
    if actor.may(Perm.LOG_EDIT, campaign.union):
        return teams
    return [t for t in teams if (actor.user_id and t.leader_id == actor.user_id) or _near(actor, t)]


def _near(actor: Actor, team: Team) -> bool:
    """Does the team work inside the actor's area?"""
    paths = actor.paths(Perm.LOG_EDIT)
    places = [place.path for a in team.assignments.all() if (place := a.union or (a.employer and a.employer.union))]
    return any(covers(scope, place) for scope in paths for place in places)


def category_list(*, on: date | None = None, basis: tuple[str, ...] = ()) -> QuerySet[Category]:
    """Entries of the dictionaries in force on a day; all of them without one."""
    rows = Category.objects.all()
    if on is not None:
        rows = rows.filter(Q(until=None) | Q(until__gt=on), since__lte=on)
    return rows.filter(basis__in=basis) if basis else rows


def category_choices(campaign: Campaign | None = None) -> list[tuple[str, str]]:
    """Entries a campaign may be about, with those it already names."""
    rows = list(category_list(on=clock.today(), basis=SHOWN))
    if campaign is not None:
        rows += [c for c in campaign.categories.all() if c not in rows]
    return [(str(c.pk), c.label) for c in rows]


def part_get(*, actor: Actor, model: Any, pk: int, lookup: str = "campaign") -> Any:
    """A part of a campaign (team, charge, inspection…) of one the actor may see, or 404."""
    row = model.objects.filter(pk=pk, **{f"{lookup}__in": visible(actor)}).select_related(f"{lookup}__union").first()
    if row is None:
        raise NotFound()
    return row
