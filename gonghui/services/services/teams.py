"""Amateur teams and kits for far-off sites (业余队伍、器材包). Source: S186, S187."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.services.enums import Perm
from gonghui.services.models import Kit, Team, TeamMember
from gonghui.services.selectors import health

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def team_make(*, actor: Actor, union: Any, name: str, kind: str, since: date, practice: str = "") -> Team:
    """Register a team (登记队伍).

    Raises: Conflict services.team_name.
    """
    actor.require(Perm.ACTIVITY_EDIT, union)
    if Team.objects.filter(union=union, name=name.strip()).exists():
        raise Conflict("services.team_name", "本工会已有同名的队伍。")
    row = Team.objects.create(union=union, name=name.strip(), kind=kind, since=since, practice=practice.strip())
    audit.record(actor, "services.team.registered", row, org_path=union.path)
    return row


@transaction.atomic
def team_join(*, actor: Actor, team: Team) -> TeamMember:
    """A member joins on the phone (本人入队).

    Raises: NotFound for a team of another union; Conflict services.in_team.
    """
    mine = health.standing(actor.person_id) if actor.person_id else None
    if actor.person_id is None or mine is None or team.union.path not in mine.paths or team.until is not None:
        raise NotFound()
    try:
        with transaction.atomic():
            row = TeamMember.objects.create(team=team, person_id=actor.person_id, since=clock.today())
    except IntegrityError as fault:
        raise Conflict("services.in_team", "您已经是本队队员。") from fault
    audit.record(actor, "services.teammember.added", row, org_path=team.union.path)
    return row


@transaction.atomic
def team_leave(*, actor: Actor, team: Team) -> None:
    """A member leaves on the phone (本人离队)."""
    row = TeamMember.objects.filter(team=team, person=actor.person_id, until=None).first() if actor.person_id else None
    if row is None:
        raise NotFound()
    TeamMember.objects.filter(pk=row.pk).update(until=clock.today())
    audit.record(actor, "services.teammember.ended", row, org_path=team.union.path)


@transaction.atomic
def kit_issue(
    *, actor: Actor, union: Any, site: str, goods: str, quantity: int, issued_on: date, received_by: str, team: Team | None = None
) -> Kit:
    """Give goods out to a site or a team (发放器材)."""
    actor.require(Perm.ACTIVITY_EDIT, union)
    row = Kit.objects.create(
        union=union,
        site=site.strip(),
        goods=goods.strip(),
        quantity=quantity,
        issued_on=issued_on,
        received_by=received_by.strip(),
        team=team,
    )
    audit.record(actor, "services.kit.issued", row, org_path=union.path, quantity=quantity)
    return row


@transaction.atomic
def kit_return(*, actor: Actor, kit: Kit) -> None:
    """Take goods back (收回器材).

    Raises: RuleViolation services.returned.
    """
    actor.require(Perm.ACTIVITY_EDIT, kit.union)
    if not Kit.objects.filter(pk=kit.pk, returned_on=None).update(returned_on=clock.today()):
        raise RuleViolation("services.returned", "这套器材已经收回。")
    audit.record(actor, "services.kit.returned", kit, org_path=kit.union.path)
