"""Inside a union: workshops, teams, stations and their committees; season headcounts (车间队站、季节人数). Source: S017, S018, S021; R005."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit
from gonghui.core.errors import Conflict
from gonghui.orgs.enums import Perm, UnionKind
from gonghui.orgs.models import SeasonCount, Union, WorkUnit
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import inner
from gonghui.orgs.services import tree
from gonghui.orgs.services.common import event, must_be_alive, not_future, sign, violate
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def work_unit_set(*, actor: Actor, union: Union, name: str, headcount: int, on: date) -> WorkUnit:
    """Register a workshop, team or station, or its new headcount (登记车间队站人数). An older day than the known one is refused."""
    actor.require(Perm.POST_EDIT, union)
    must_be_alive(union)
    not_future(on, "人数日期")
    if union.kind not in rules.GRASSROOTS:
        violate("orgs.not_grassroots", f"车间（队、站）登记在基层工会下面，{union.name}是{union.get_kind_display()}。")
    unit = WorkUnit.objects.select_for_update().filter(union=union, name=name.strip(), until=None).first()
    old = unit.headcount if unit else None
    if unit is None:
        unit = WorkUnit.objects.create(union=union, name=name.strip(), headcount=headcount, on=on, since=on)
    elif on < unit.on:
        violate("orgs.headcount_older", f"{unit.name}已有 {unit.on} 的人数，{on} 更早。请核对日期。")
    else:
        WorkUnit.objects.filter(pk=unit.pk).update(headcount=headcount, on=on)
        unit.headcount, unit.on = headcount, on
    audit.record(actor, "orgs.work_unit.set", unit, org_path=union.path, name=unit.name, old=old, new=headcount, on=on)
    return unit


@transaction.atomic
def work_unit_end(*, actor: Actor, unit: WorkUnit, on: date) -> WorkUnit:
    """A workshop, team or station is no more (撤销车间队站)."""
    actor.require(Perm.POST_EDIT, unit.union)
    not_future(on)
    if unit.committee is not None and unit.committee.ended_on is None:
        violate("orgs.committee_stands", f"{unit.name}的工会“{unit.committee.name}”还在，请先撤销它。")
    if not WorkUnit.objects.filter(pk=unit.pk, until=None).update(until=on):
        raise Conflict("orgs.work_unit_ended", f"{unit.name}已经撤销。")
    audit.record(actor, "orgs.work_unit.end", unit, org_path=unit.union.path, on=on)
    return unit


@transaction.atomic
def workshop_build(*, actor: Actor, unit: WorkUnit, name: str, founded_on: date, document_no: str = "") -> Union:
    """Build the committee of a workshop that the rule asks for (组建车间工会); its slip is kept. Source: policy orgs.workshop_committee."""
    actor.require(Perm.UNION_BUILD, unit.union)
    unit = WorkUnit.objects.select_for_update(of=("self",)).select_related("union", "committee").get(pk=unit.pk)
    if unit.until is not None or (unit.committee is not None and unit.committee.ended_on is None):
        raise Conflict("orgs.committee_stands", f"{unit.name}已经有工会，或已经撤销。请刷新后查看。")
    decision = inner.workshop_decision(unit, founded_on)
    if decision.outcome is not True:
        violate("orgs.workshop_small", f"{unit.name} {unit.headcount} 人，{decision.verdict}。请建立工会小组。", slip=decision.as_json())
    union = tree.union_build(
        actor=actor, parent=unit.union, kind=UnionKind.WORKSHOP, name=name, founded_on=founded_on, document_no=document_no,
        area=unit.union.area, industry=unit.union.industry,
    )  # fmt: skip
    WorkUnit.objects.filter(pk=unit.pk).update(committee=union)
    slip = policy.store(actor, decision, subject=f"union:{union.pk}", org_path=union.path)
    audit.record(actor, "orgs.work_unit.committee", unit, org_path=union.path, union=union.pk, slip=slip)
    return union


@transaction.atomic
def season_count(*, actor: Actor, union: Union, season: str, persons: int, on: date) -> SeasonCount:
    """Headcount of a season (登记季节人数) of a cooperative's or herders' union; kept apart from the members' register."""
    actor.require(Perm.POST_EDIT, union)
    must_be_alive(union)
    not_future(on)
    if union.kind not in {UnionKind.COOPERATIVE, UnionKind.HERDER}:
        violate("orgs.no_seasons", f"季节人数只登记专业合作社工会和牧民联合工会，{union.name}是{union.get_kind_display()}。")
    row, made = SeasonCount.objects.get_or_create(union=union, season=season, on=on, defaults={"persons": persons, "actor": sign(actor)})
    if not made:
        raise Conflict("orgs.season_once", f"{on} 的{row.get_season_display()}人数已经登记为 {row.persons} 人。")
    event(union, "season", on, new={"season": season, "persons": persons})
    audit.record(actor, "orgs.season.count", row, org_path=union.path, season=season, persons=persons, on=on)
    return row
