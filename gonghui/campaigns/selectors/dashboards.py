"""Dashboards by sector, by zone, by type of two-new organisation (三个看板). Source: S029, S030, S035."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gonghui.accounts.actor import any_of, subtree
from gonghui.campaigns.enums import Basis
from gonghui.campaigns.models import TwoNewCard, ZoneProfile
from gonghui.campaigns.selectors import scope
from gonghui.core import clock
from gonghui.members.selectors import counts
from gonghui.orgs.selectors import employers, unions
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

ALIVE = Q(written_off_on=None)


@dataclass
class Line:
    """Employers, workers and both rates of one sector or type. The denominators are named on the page."""

    code: str
    label: str
    unions: int = 0
    employers: int = 0
    covered: int = 0
    workers: int = 0
    members: int = 0
    contracted: int = 0

    @property
    def uncovered(self) -> int:
        return self.employers - self.covered

    def add(self, other: Line) -> None:
        for name in ("employers", "covered", "workers", "members", "contracted"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def firms(actor: Actor, union: Any) -> QuerySet[Any]:
    """Living employers of a union and below, in scope."""
    return employers.employer_visible(actor).filter(ALIVE, subtree(union.path, "union__path"))


def _people(actor: Actor, union: Any, column: str, **which: Any) -> tuple[dict[Any, int], dict[Any, int]]:
    """Workers and members among them by a column of the labour relation. A private membership counts as none: the workplace must not see it."""
    today = clock.today()
    jobs = counts.jobs_on(actor, union, today).filter(**which).order_by()
    spell = counts.spells_on(actor, union, today).filter(person=OuterRef("person_id"), private=False)
    all_ = dict(jobs.values_list(column).annotate(n=Count("person", distinct=True)))
    return all_, dict(jobs.filter(Exists(spell)).values_list(column).annotate(n=Count("person", distinct=True)))


def sectors(actor: Actor, union: Any) -> list[Line]:
    """The key sectors of the dictionary as they stand today (重点行业看板)."""
    lines = {c.code: Line(c.code, c.label) for c in scope.category_list(on=clock.today(), basis=(Basis.SECTOR,))}
    rows = firms(actor, union).filter(key_sector__in=list(lines))
    for code, organised, n in rows.order_by().values_list("key_sector", "organised").annotate(n=Count("pk")):
        lines[code].employers += n
        lines[code].covered += n if organised else 0
    for code, n in (
        rows.order_by().filter(coverages__until=None).values_list("key_sector").annotate(n=Count("coverages__union", distinct=True))
    ):
        lines[code].unions = n
    workers, members = _people(actor, union, "employer__key_sector", employer__key_sector__in=list(lines))
    for code, line in lines.items():
        line.workers, line.members = workers.get(code, 0), members.get(code, 0)
    return list(lines.values())


def uncovered(actor: Actor, union: Any, **which: Any) -> QuerySet[Any]:
    """Employers without a union, the largest first (未覆盖名单)."""
    return firms(actor, union).filter(organised=False, **which).select_related("union").order_by("-headcount", "name", "pk")


def two_new(actor: Actor, union: Any) -> tuple[list[Line], Line]:
    """Two-new organisations by type with the three indicators, and all together (两新看板)."""
    types = list(scope.category_list(on=clock.today(), basis=(Basis.TWO_NEW_TYPE,)))
    lines = {c.pk: Line(c.code, c.label) for c in types}
    lines[0] = Line("-", "还没有登记类型")
    today = clock.today()
    cards = {
        e: (c if c in lines else 0, until)
        for e, c, until in TwoNewCard.objects.filter(until=None).values_list("employer_id", "category_id", "contract_until")
    }
    workers, members = _people(actor, union, "employer_id", employer__two_new=True)
    for pk, organised in firms(actor, union).filter(two_new=True).values_list("pk", "organised"):
        kind, until = cards.get(pk, (0, None))
        line = lines[kind]
        line.employers += 1
        line.covered += 1 if organised else 0
        line.contracted += 1 if organised and until is not None and until >= today else 0
        line.workers += workers.get(pk, 0)
        line.members += members.get(pk, 0)
    whole = Line("", "合计")
    for line in lines.values():
        whole.add(line)
    return [line for line in lines.values() if line.employers or line.code != "-"], whole


def two_new_list(actor: Actor, union: Any, code: str = "", q: str = "") -> QuerySet[Any]:
    """Two-new organisations, of a type or without one (`-`)."""
    rows = firms(actor, union).filter(two_new=True).select_related("union")
    if code == "-":
        rows = rows.exclude(pk__in=TwoNewCard.objects.filter(until=None).values("employer"))
    elif code:
        rows = rows.filter(pk__in=TwoNewCard.objects.filter(until=None, category__code=code).values("employer"))
    for word in q.split()[:4]:
        rows = rows.filter(Q(name__icontains=word) | Q(code__iexact=word))
    return rows.order_by("organised", "name", "pk")


def cards_of(employer_ids: list[int]) -> dict[int, TwoNewCard]:
    """Cards of a page of employers."""
    rows = TwoNewCard.objects.filter(employer__in=employer_ids, until=None).select_related("category")
    return {c.employer_id: c for c in rows}


@dataclass
class Zone:
    """One zone with its tenants and its priority (园区)."""

    union: Any
    employers: int = 0
    covered: int = 0
    headcount: int = 0
    profile: ZoneProfile | None = None
    slip: Decision | None = None
    score: int | None = None
    paths: list[str] = field(default_factory=list)

    @property
    def priority(self) -> bool:
        return self.slip is not None and self.slip.outcome is True


def zone_unions(actor: Actor) -> QuerySet[Any]:
    """Zone and park unions in scope."""
    return unions.union_visible(actor).filter(Q(kind="zone") | Q(form="joint7"), ended_on=None).order_by("path")


def tenants(actor: Actor, union: Any) -> QuerySet[Any]:
    """Employers of a zone: below its union, or covered by it (入驻单位)."""
    covered = employers.employer_visible(actor).filter(coverages__union=union, coverages__until=None).values("pk")
    return employers.employer_visible(actor).filter(ALIVE, subtree(union.path, "union__path") | Q(pk__in=covered)).select_related("union")


def zones(actor: Actor) -> list[Zone]:
    """Zones by priority, the most urgent first (园区看板)."""
    found = [Zone(u) for u in zone_unions(actor)]
    profiles: dict[int, ZoneProfile] = {}
    for row in ZoneProfile.objects.filter(union__in=[z.union.pk for z in found]).order_by("on", "pk"):
        profiles[row.union_id] = row
    rows = employers.employer_visible(actor).filter(ALIVE)
    inside = list(
        rows.filter(any_of(subtree(z.union.path, "union__path") for z in found)).values_list("pk", "union__path", "organised", "headcount")
    )
    guests = list(
        rows.filter(coverages__until=None, coverages__union__in=[z.union.pk for z in found]).values_list(
            "coverages__union_id", "pk", "organised", "headcount"
        )
    )
    for z in found:
        mine = {pk: (organised, heads) for pk, path, organised, heads in inside if path.startswith(z.union.path)}
        mine |= {pk: (organised, heads) for union, pk, organised, heads in guests if union == z.union.pk}
        z.employers, z.covered = len(mine), sum(1 for organised, _ in mine.values() if organised)
        z.headcount = sum(heads or 0 for _, heads in mine.values())
        z.profile = profiles.get(z.union.pk)
        z.slip = zone_slip(z.union, z.profile)
        z.score = _score(z.slip)
    return sorted(found, key=lambda z: (-1 if z.score is None else z.score, z.employers - z.covered), reverse=True)


def zone_slip(union: Any, profile: ZoneProfile | None) -> Decision:
    """Is it urgent (园区优先级)? Source: policy campaigns.zone_priority."""
    known = {"varied": profile.varied, "complex": profile.complex, "unstable": profile.unstable} if profile else {}
    return policy.decide("campaigns.zone_priority", on=clock.today(), facts=known, unit_path=union.path)


def _score(slip: Decision) -> int | None:
    value = slip.as_json().get("values", {}).get("score")
    return int(value) if value is not None and str(value).isdigit() else None


def party_facts(actor: Actor, union: Any) -> tuple[Line, Decision]:
    """The three indicators against the party's goals; a goal never blocks (党建三项指标). Source: policy campaigns.party_goal."""
    _lines, whole = two_new(actor, union)
    pairs = {
        "formation": (whole.covered, whole.employers),
        "joining": (whole.members, whole.workers),
        "contract": (whole.contracted, whole.covered),
    }
    known = {name: Fraction(a, b) for name, (a, b) in pairs.items() if b}
    return whole, policy.decide("campaigns.party_goal", on=clock.today(), facts=known, unit_path=union.path)
