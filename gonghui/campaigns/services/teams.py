"""Teams, what they answer for, targets (小队、包干范围、指标). No place belongs to two teams, so no record counts twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.accounts import selectors as accounts
from gonghui.campaigns.enums import Perm
from gonghui.campaigns.models import Assignment, Campaign, Target, Team
from gonghui.campaigns.rules import progress as rules
from gonghui.campaigns.selectors import progress
from gonghui.campaigns.services.common import belongs, held, saved
from gonghui.core import audit
from gonghui.core.errors import BadInput, NotFound, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def team_add(*, actor: Actor, campaign: Campaign, name: str, leader_name: str, leader_id: int | None = None) -> Team:
    """Form a team (组队). Raises: BadInput campaigns.values, campaigns.leader; Conflict."""
    row = held(actor, campaign)
    if not name.strip() or not leader_name.strip():
        raise BadInput("campaigns.values", "请写小队名称和队长。")
    made: Team = saved(Team(campaign=row, name=name.strip(), leader_name=leader_name.strip(), leader_id=_known(leader_id)))
    audit.record(actor, "campaigns.team.created", made, org_path=row.union.path, name=made.name)
    return made


@transaction.atomic
def team_edit(*, actor: Actor, team: Team, leader_name: str, leader_id: int | None = None) -> Team:
    """Another leader (换队长)."""
    row = held(actor, team.campaign)
    if not leader_name.strip():
        raise BadInput("campaigns.values", "请写队长姓名。")
    old = team.leader_id
    Team.objects.filter(pk=team.pk).update(leader_name=leader_name.strip()[:40], leader=_known(leader_id))
    team.refresh_from_db()
    audit.record(actor, "campaigns.team.changed", team, org_path=row.union.path, old_leader=old, leader=team.leader_id)
    return team


def _known(user_id: int | None) -> int | None:
    """A leader's account must be able to see campaigns. Raises: BadInput campaigns.leader."""
    if user_id is None:
        return None
    found = accounts.actor_by_id(user_id)
    if found is None or not found.may(Perm.CAMPAIGN_VIEW):
        raise BadInput("campaigns.leader", "这个账号不能看集中行动，不能做队长。请换一个账号，或只写姓名。")
    return user_id


@transaction.atomic
def assign(*, actor: Actor, team: Team, union: Any = None, employer: Any = None) -> Assignment:
    """Give a team a union with all below it, or one employer (包干).

    Raises: NotFound outside the campaign's union; RuleViolation campaigns.overlap when another team has a part of it.
    """
    row = held(actor, team.campaign)
    if (union is None) == (employer is None):
        raise BadInput("campaigns.values", "包干范围写一个工会或一个单位。")
    place = union.path if union is not None else employer.union.path
    if not place.startswith(row.union.path):
        raise NotFound()
    areas = progress.areas_of(row)
    twice = next((a.team for a in areas if employer is not None and employer.pk in a.employers), None)
    taken = rules.overlap(areas, union.path) if union is not None else twice
    if taken is not None:
        other = Team.objects.get(pk=taken)
        raise RuleViolation("campaigns.overlap", f"{union or employer}和“{other.name}”的包干范围重叠，同一条记录会数两次。请先调整。")
    made: Assignment = saved(Assignment(team=team, union=union, employer=employer))
    audit.record(actor, "campaigns.team.assign", team, org_path=row.union.path, union=union, employer=employer)
    return made


@transaction.atomic
def target_set(*, actor: Actor, campaign: Campaign, measure: str, value: int, team: Team | None = None, union: Any = None) -> Target:
    """Set a target of the campaign, a team or an area (定指标); a later one replaces it, with the old number in the audit."""
    row = held(actor, campaign)
    belongs(row, team)
    if union is not None and not union.path.startswith(row.union.path):
        raise NotFound()
    old = Target.objects.filter(campaign=row, team=team, union=union, measure=measure).first()
    was = old.value if old else None
    made = old or Target(campaign=row, team=team, union=union, measure=measure)
    made.value = value
    saved(made)
    audit.record(actor, "campaigns.target.set", made, org_path=row.union.path, measure=measure, old=was, new=value, team=team)
    return made
