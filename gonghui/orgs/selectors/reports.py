"""Reports on blind spots: workers without a union, reasons, the four diversities (盲点、未建原因、四个多样化). Source: S003, S005, S039."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Subquery

from gonghui.core import clock
from gonghui.orgs import hooks
from gonghui.orgs.enums import BlindKind, Perm
from gonghui.orgs.models import CardBlock, Employer, Spot, Union
from gonghui.orgs.rules.cards import DIVERSITY, FIVE, NO_UNION_REASONS

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@dataclass(frozen=True)
class Blind:
    """Workers of one category at one place (维权盲点)."""

    kind: str
    union: Union
    employer: Employer | None
    workers: int

    @property
    def label(self) -> str:
        return str(BlindKind(self.kind).label)


def blind(*, actor: Actor) -> list[Blind]:
    """Blind spots in scope, the largest first."""
    groups = hooks.blind_groups(actor.paths(Perm.SPOT_VIEW), clock.today())
    unions = Union.objects.filter(actor.within(Perm.SPOT_VIEW)).in_bulk({g.union_id for g in groups})
    employers = Employer.objects.filter(actor.within(Perm.SPOT_VIEW, "union")).in_bulk({g.employer_id for g in groups if g.employer_id})
    rows = [Blind(g.kind, unions[g.union_id], employers.get(g.employer_id or 0), g.workers) for g in groups if g.union_id in unions]
    return sorted(rows, key=lambda r: (-r.workers, r.union.path))


def blind_totals(rows: list[Blind]) -> dict[str, int]:
    """Workers by category; every category stands, also with none."""
    found: Counter[str] = Counter()
    for row in rows:
        found[row.kind] += row.workers
    return {kind: found[kind] for kind in BlindKind.values}


@dataclass(frozen=True)
class Reason:
    """One reason with its share and the share of it and all before it (帕累托)."""

    key: str
    label: str
    spots: int
    workers: int
    before: int
    total: int

    @property
    def upto(self) -> int:
        return self.before + self.spots


def reasons(*, actor: Actor) -> tuple[list[Reason], int]:
    """Open blank spots by reason, the most frequent first, and how many have none. The visit's reason counts, else the survey's ⑤."""
    said = CardBlock.objects.filter(employer=OuterRef("employer"), card=FIVE, block="reason").order_by("-on", "-pk").values("value")[:1]
    rows = Spot.objects.filter(actor.within(Perm.SPOT_VIEW, "employer__union"), until=None)
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for visit, survey, headcount in rows.annotate(survey=Subquery(said)).values_list("reason", "survey", "employer__headcount"):
        held = counted[visit or survey or ""]
        held[0] += 1
        held[1] += headcount or 0
    unknown = counted.pop("", [0, 0])[0]
    total, before, made = sum(n for n, _w in counted.values()), 0, []
    for key, (n, workers) in sorted(counted.items(), key=lambda item: (-item[1][0], item[0])):
        made.append(Reason(key, NO_UNION_REASONS.get(key, key), n, workers, before, total))
        before += n
    return made, unknown


def targets(*, actor: Actor, limit: int = 50) -> list[Spot]:
    """Whom to organise first: two-new organisations without a union, the largest first (重点名单)."""
    rows = Spot.objects.filter(actor.within(Perm.SPOT_VIEW, "employer__union"), until=None, employer__two_new=True)
    rows = rows.exclude(reason__in=["stopped", "family"]).exclude(employer__headcount=None)
    surveyed = CardBlock.objects.filter(employer=OuterRef("employer"), card=FIVE)
    return list(rows.annotate(surveyed=Exists(surveyed)).select_related("employer__union").order_by("-employer__headcount", "pk")[:limit])


@dataclass(frozen=True)
class Mix:
    """How many employers of a town carry each word of the four diversities."""

    town: str
    key: str
    employers: int
    described: int
    words: dict[str, dict[str, int]]


def diversity(*, actor: Actor) -> list[Mix]:
    """The four diversities by town (四个多样化): two queries."""
    towns = list(
        Union.objects.filter(actor.within(Perm.EMPLOYER_VIEW), depth=1, ended_on=None).order_by("path").values_list("pk", "name", "path")
    )
    rows = Employer.objects.filter(actor.within(Perm.EMPLOYER_VIEW, "union"), written_off_on=None)
    total: Counter[str] = Counter()
    for path, n in rows.order_by().values_list("union__path").annotate(n=Count("pk")):
        total[path[:8]] += n
    described: Counter[str] = Counter()
    words: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: {axis: Counter() for axis in DIVERSITY})
    for path, held in rows.exclude(diversity={}).values_list("union__path", "diversity"):
        described[path[:8]] += 1
        for axis, chosen in held.items():
            if axis in DIVERSITY:
                words[path[:8]][axis].update(chosen)
    return [
        Mix(name, str(pk), total[path], described[path], {axis: dict(words[path][axis]) for axis in DIVERSITY})
        for pk, name, path in towns
        if total[path]
    ]
