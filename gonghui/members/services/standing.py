"""Standing (会籍状态): seasonal pause and resume, retained membership. Source: S048, MEM-10-1, MEM-11-1, CON-8-1, R026."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import RuleViolation
from gonghui.members.enums import EmploymentKind, EndReason, Perm, Standing
from gonghui.members.models import Employment, Membership
from gonghui.members.rules import intervals
from gonghui.members.services import slips, spells

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def retain(*, actor: Actor, membership: Membership, reason: str) -> Membership:
    """Keep the membership of somebody retired, unemployed, or whose unit ended (保留会籍): no dues, no vote.

    Args: reason one of policy members.retained: retired, unemployed, unit_ended.
    Raises: NotPermitted; RuleViolation members.not_retained, members.wrong_standing.
    """
    spell = spells.lock(membership)
    actor.require(Perm.MEMBER_EDIT, spell.union)
    decision = slips.ask("members.retained", {"reason": reason}, on=clock.today(), union=spell.union)
    if decision.outcome is not True:
        raise RuleViolation("members.not_retained", slips.sentence(decision) + "。")
    if spell.standing not in (Standing.ACTIVE, Standing.SUSPENDED):
        raise RuleViolation("members.wrong_standing", f"会籍现在是“{spell.get_standing_display()}”，请先办结再保留。")
    return spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=EndReason.RETAINED, standing=Standing.RETAINED)


def seasonal_due(on: date | None = None) -> list[tuple[Membership, bool]]:
    """Members whose season began or ended (季节窗口到了): (spell, resume). Only for whom the season is the only work."""
    day = on or clock.today()
    rows = Employment.objects.filter(kind=EmploymentKind.SEASONAL, until=None).exclude(season_from="").order_by("pk")
    seasons: dict[int, list[tuple[str, str]]] = {}
    for person, start, stop in rows.values_list("person_id", "season_from", "season_to"):
        seasons.setdefault(person, []).append((start, stop))
    other = Employment.objects.filter(person_id__in=seasons, until=None).exclude(kind=EmploymentKind.SEASONAL)
    busy = set(other.values_list("person_id", flat=True))
    spells_now = Membership.objects.filter(person_id__in=set(seasons) - busy, until=None).select_related("union").order_by("pk")
    found = []
    for spell in spells_now:
        inside = any(intervals.in_season(day, a, b) for a, b in seasons[spell.person_id])
        if spell.standing == Standing.ACTIVE and not inside:
            found.append((spell, False))
        elif spell.standing == Standing.SUSPENDED and inside:
            found.append((spell, True))
    return found


@transaction.atomic
def seasonal_step(*, actor: Actor, spell: Membership, resume: bool) -> Membership:
    """Pause or resume one member by the season (季节性暂停、恢复)."""
    wanted, ended = (Standing.ACTIVE, EndReason.RESUMED) if resume else (Standing.SUSPENDED, EndReason.SUSPENDED)
    if not actor.is_system:
        actor.require(Perm.MEMBER_EDIT, spell.union)
    needed = Standing.SUSPENDED if resume else Standing.ACTIVE
    if spell.standing != needed:
        raise RuleViolation(
            "members.wrong_standing",
            f"会籍现在是“{spell.get_standing_display()}”，不能按季节{'恢复' if resume else '暂停'}。请先办结手上的事。",
        )
    return spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=ended, standing=wanted)


@transaction.atomic
def group_set(*, actor: Actor, membership: Membership, group: object) -> Membership:
    """Put a member into a group of the union (调整小组); the change is dated."""
    spell = spells.lock(membership)
    actor.require(Perm.MEMBER_EDIT, spell.union)
    if getattr(group, "union_id", None) != spell.union_id or getattr(group, "until", None) is not None:
        raise RuleViolation("members.other_group", "这个小组不属于会员所在的工会，或已经撤销。请重新选择。")
    if spell.group_id == group.pk:  # type: ignore[attr-defined]  # a Group, checked above
        return spell
    return spells.change_spell(actor=actor, spell=spell, on=clock.today(), ended=EndReason.REGROUPED, group=group)


@transaction.atomic
def membership_confirm(*, actor: Actor, membership: Membership) -> Membership:
    """Somebody was asked and is still here (核实去向): by the member on the own phone, or by an officer who asked."""
    spell = spells.lock(membership)
    if actor.person_id != spell.person_id:
        actor.require(Perm.MEMBER_EDIT, spell.union)
    Membership.objects.filter(pk=spell.pk).update(confirmed_on=clock.today())
    spell.confirmed_on = clock.today()
    audit.record(actor, "members.membership.confirmed", spell, org_path=spell.union.path)
    return spell
