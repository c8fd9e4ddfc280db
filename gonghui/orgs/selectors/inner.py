"""Reads inside unions: workshops and their gap, establishment of city systems, cooperatives and herders (车间队站缺口、产业工会职数、合作社).

Source: S017, S018, S021, S023; policy orgs.workshop_committee, orgs.industrial_posts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.core import clock
from gonghui.orgs import hooks
from gonghui.orgs.enums import Body, CoverageForm, PostTitle, UnionKind
from gonghui.orgs.models import Coverage, Post, SeasonCount, Union, WorkUnit
from gonghui.orgs.selectors import law, policy_values, unions
from gonghui.policy.services import Decision, Fact

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def workshop_decision(unit: WorkUnit, on: date | None = None) -> Decision:
    """Must this workshop have a committee (车间、队、站是否建工会)?"""
    facts = {"persons": Fact(unit.headcount, source="车间（队、站）登记", as_of=unit.on)}
    return law.decide("orgs.workshop_committee", unit.union, on or clock.today(), facts)


def work_units(union: Union) -> list[WorkUnit]:
    """Workshops, teams and stations of a union, the largest first."""
    return list(WorkUnit.objects.filter(union=union, until=None).select_related("committee", "union").order_by("-headcount", "name"))


def work_unit_get(*, actor: Actor, pk: int, perm: str) -> WorkUnit:
    return get_object_or_404(WorkUnit.objects.filter(actor.within(perm, "union")).select_related("union", "committee"), pk=pk)


def workshop_gaps(*, actor: Actor) -> QuerySet[WorkUnit]:
    """Sub-units that reach the headcount line and have no committee (车间工会缺口), the largest first."""
    line = policy_values.number("orgs.workshop_committee.threshold", clock.today())
    rows = WorkUnit.objects.filter(Q(committee=None) | Q(committee__ended_on__isnull=False), until=None, union__ended_on=None)
    rows = rows.filter(union__in=Union.objects.filter(unions.union_scope(actor)))
    rows = rows.filter(headcount__gte=line) if line is not None else rows.none()
    return rows.select_related("union").order_by("-headcount", "pk")


@dataclass(frozen=True)
class Establishment:
    """Leadership posts of a city system: asked and filled (领导职数)."""

    union: Union
    headcount: int | None
    slip: Decision | None
    chairs: int
    vices: int

    @property
    def wanted_chairs(self) -> int | None:
        return _whole(self.slip, "chairs")

    @property
    def wanted_vices(self) -> int | None:
        return _whole(self.slip, "vices")

    @property
    def short(self) -> int:
        """Posts not filled."""
        return max((self.wanted_chairs or 0) - self.chairs, 0) + max((self.wanted_vices or 0) - self.vices, 0)

    @property
    def over(self) -> int:
        """Posts above the establishment; nothing is over where nothing is laid down."""
        if self.slip is None or self.slip.outcome is not True:
            return 0
        return max(self.chairs - (self.wanted_chairs or 0), 0) + max(self.vices - (self.wanted_vices or 0), 0)


def _whole(slip: Decision | None, name: str) -> int | None:
    value = slip.values.get(name) if slip is not None and slip.outcome is True else None
    return int(value) if value is not None else None


def establishments(*, actor: Actor, only: Union | None = None) -> list[Establishment]:
    """Posts asked and filled of every city-level industrial union in scope."""
    rows = Union.objects.filter(unions.union_scope(actor), kind=UnionKind.CITY_INDUSTRIAL, ended_on=None).order_by("path")
    held = list(rows.filter(pk=only.pk) if only is not None else rows)
    today = clock.today()
    persons = _system_heads([u.pk for u in held], today)
    filled: dict[int, dict[str, int]] = defaultdict(dict)
    posts = Post.objects.filter(Q(until=None) | Q(until__gt=today), union__in=held, body=Body.COMMITTEE, since__lte=today)
    wanted = posts.filter(title__in=[PostTitle.CHAIR, PostTitle.VICE]).order_by().values_list("union_id", "title").annotate(n=Count("pk"))
    for union_id, title, n in wanted:
        filled[union_id][title] = n
    made = []
    for union in held:
        count = persons.get(union.pk)
        slip = _posts_decision(union, count, today) if count is not None else None
        made.append(Establishment(union, count, slip, filled[union.pk].get(PostTitle.CHAIR, 0), filled[union.pk].get(PostTitle.VICE, 0)))
    return made


def _system_heads(union_ids: list[int], today: date) -> dict[int, int]:
    """Workers of the system as the layers above count them, else as its employers registered; none known is not zero."""
    rows = Coverage.objects.filter(union_id__in=union_ids, until=None, employer__written_off_on=None).order_by()
    found = {u: n for u, n in rows.values_list("union_id").annotate(n=Sum("employer__headcount")) if n}
    counted = {pk: hooks.supplied_facts(pk, today).get("workers") for pk in union_ids}
    return found | {pk: int(n) for pk, n in counted.items() if n}


def _posts_decision(union: Union, count: int, today: date) -> Decision:
    facts = {"headcount": Fact(count, source="系统内单位的职工数", as_of=today)}
    return law.decide("orgs.industrial_posts", union, today, facts)


MANAGEMENT = {"local": "属地管理", "leader": "龙头企业管理"}


@dataclass(frozen=True)
class Pastoral:
    """A cooperative's or herders' union as it is counted (合作社、牧民工会)."""

    union: Union
    management: str
    cooperatives: int
    peak: int | None
    low: int | None
    on: date | None


def pastoral(*, actor: Actor) -> list[Pastoral]:
    """Cooperatives' and herders' unions with their season headcounts: three queries for any number."""
    kinds = [UnionKind.COOPERATIVE, UnionKind.HERDER]
    held = list(Union.objects.filter(unions.union_scope(actor), kind__in=kinds, ended_on=None).select_related("parent").order_by("path"))
    covered = Coverage.objects.filter(union__in=held, until=None).exclude(form=CoverageForm.SYSTEM).order_by()
    firms = dict(covered.values_list("union_id").annotate(n=Count("employer_id", distinct=True)))
    latest: dict[tuple[int, str], SeasonCount] = {}
    for row in SeasonCount.objects.filter(union__in=held).order_by("on", "pk"):
        latest[row.union_id, row.season] = row
    made = []
    for union in held:
        peak, low = latest.get((union.pk, "peak")), latest.get((union.pk, "low"))
        days = [r.on for r in (peak, low) if r is not None]
        made.append(
            Pastoral(
                union, MANAGEMENT.get(union.management, ""), firms.get(union.pk, 0), peak.persons if peak else None,
                low.persons if low else None, max(days) if days else None,
            )
        )  # fmt: skip
    return made


def seasons_of(union: Union) -> list[SeasonCount]:
    return list(SeasonCount.objects.filter(union=union).order_by("-on", "season")[:12])
