"""Practice and matches of a team (队伍训练、参赛). Source: S187."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.services.enums import EntryMode, Perm
from gonghui.services.models import Activity, Entry, Practice, PracticeMark, Team, TeamMember
from gonghui.services.services import activities

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def practice_set(*, actor: Actor, team: Team, starts_at: datetime, place: str, words: str = "") -> Practice:
    """Plan a practice (安排训练). Raises: RuleViolation services.team_ended; Conflict services.practice_twice."""
    actor.require(Perm.ACTIVITY_EDIT, team.union)
    if team.until is not None:
        raise RuleViolation("services.team_ended", "队伍已经解散。")
    try:
        with transaction.atomic():
            row = Practice.objects.create(team=team, starts_at=starts_at, place=place.strip(), words=words.strip())
    except IntegrityError as fault:
        raise Conflict("services.practice_twice", "这个时间已经有训练。") from fault
    audit.record(actor, "services.practice.practice_set", row, org_path=team.union.path)
    return row


@transaction.atomic
def practice_turn(*, actor: Actor, practice: Practice) -> bool:
    """Call it off, or undo that (取消、恢复训练). Raises: RuleViolation services.practice_over. True: now called off."""
    actor.require(Perm.ACTIVITY_EDIT, practice.team.union)
    if practice.starts_at <= clock.now():
        raise RuleViolation("services.practice_over", "训练已经开始，不能取消。")
    off = practice.cancelled_at is None
    Practice.objects.filter(pk=practice.pk).update(cancelled_at=clock.now() if off else None)
    audit.record(actor, "services.practice.cancelled" if off else "services.practice.restored", practice, org_path=practice.team.union.path)
    return off


@transaction.atomic
def came(*, actor: Actor, practice: Practice, persons: Iterable[int]) -> int:
    """Who came (登记到场); recorded anew it replaces what stood. Raises: NotFound for somebody not in the team; RuleViolation services.too_early."""
    actor.require(Perm.ACTIVITY_EDIT, practice.team.union)
    if practice.starts_at > clock.now() or practice.cancelled_at is not None:
        raise RuleViolation("services.too_early", "训练还没开始或已取消，不能登记到场。")
    wanted = set(persons)
    known = set(TeamMember.objects.filter(team=practice.team).values_list("person_id", flat=True))
    if wanted - known:
        raise NotFound()
    PracticeMark.objects.filter(practice=practice).delete()
    PracticeMark.objects.bulk_create([PracticeMark(practice=practice, person_id=p) for p in sorted(wanted)])
    audit.record(actor, "services.practice.marked_present", practice, org_path=practice.team.union.path, people=len(wanted))
    return len(wanted)


@transaction.atomic
def team_enter(*, actor: Actor, team: Team, activity: Activity, division: str) -> Entry:
    """Enter the team in a match (队伍报名参赛). Raises: RuleViolation services.not_team; Conflict as `entry_add`."""
    actor.require(Perm.ACTIVITY_EDIT, team.union)
    if activity.mode != EntryMode.TEAM:
        raise RuleViolation("services.not_team", "这个活动是个人参赛，由队员自己在手机上报名。")
    strength = TeamMember.objects.filter(team=team, until=None).count()
    if not strength:
        raise RuleViolation("services.no_players", "队里还没有队员，先入队再参赛。")
    row = activities.entry_add(actor=actor, activity=activity, division=division, name=team.name, people=strength)
    Entry.objects.filter(pk=row.pk).update(team=team, union=team.union)
    row.refresh_from_db()
    return row
