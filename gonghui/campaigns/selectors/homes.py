"""Where a driver without a fixed workplace joins (货车司机入哪个工会): freight park, freight industry union, pool, territory. Source: S032, NEF-3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from gonghui.accounts.actor import Actor, subtree
from gonghui.campaigns.enums import Basis, SiteKind
from gonghui.campaigns.models import Campaign, DriverNote, Site
from gonghui.campaigns.selectors import dashboards
from gonghui.core import clock
from gonghui.members.selectors import joining, places
from gonghui.members.selectors.links import Link
from gonghui.orgs.enums import UnionKind
from gonghui.orgs.selectors import law, unions

if TYPE_CHECKING:
    from gonghui.policy.services import Decision

SYSTEM = Actor.system("m.campaigns")
TRUCKER, FREIGHT = "trucker", "logistics"
ROAD = Q(industry__startswith="G") | Q(industry__startswith="54")
"""GB/T 4754: section G with its letter, or division 54 (道路运输业) without one."""
WORDS = {"park": "货运园区工会", "industry": "货运行业工会", "pool": "属地会员库", "territory": "属地工会", "table": "现场的工会"}
STEPS = {"park": "chosen", "industry": "chosen", "table": "chosen", "pool": "pool", "territory": "territory"}


@dataclass(frozen=True)
class Home:
    """The union that takes the application, and why (受理工会)."""

    union: Any
    by: str
    slip: Decision | None = None

    @property
    def step(self) -> str:
        """How the application says it was found."""
        return STEPS[self.by]

    @property
    def words(self) -> str:
        return WORDS[self.by]


def territories() -> list[tuple[str, str]]:
    """Where a driver may be at home: every live territorial union below the city."""
    kinds = [k for k in places.TERRITORIAL if k not in {UnionKind.CITY, UnionKind.VILLAGE, UnionKind.VILLAGE_FEDERATION}]
    rows = unions.union_visible(SYSTEM).filter(kind__in=kinds, ended_on=None).order_by("path")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def home_of(place: Any) -> Home:
    """The union for somebody at home in a territory. Source: policy campaigns.driver_home."""
    found = {"park": _park(place), "industry": _industry(place), "pool": places.pool_of(place)}
    slip = law.decide("campaigns.driver_home", place, clock.today(), {k: v is not None for k, v in found.items()})
    by = next((c.clause.key.removeprefix("to_") for c in slip.clauses if c.result is True), "territory")
    return Home(found.get(by) or place, by, slip)


def _park(place: Any) -> Any:
    """The zone or park of the territory with the most freight firms; none without any."""
    parks = dashboards.zone_unions(SYSTEM).filter(subtree(place.path))
    counted = [(dashboards.tenants(SYSTEM, u).filter(key_sector=FREIGHT).aggregate(n=Count("pk", distinct=True))["n"], u) for u in parks]
    best = max(counted, key=lambda c: (c[0], -c[1].pk), default=(0, None))
    return best[1] if best[0] else None


def _industry(place: Any) -> Any:
    """The freight industry union of the territory, else of the nearest area above it."""
    rows = (
        unions.union_visible(SYSTEM)
        .filter(ROAD, kind=UnionKind.INDUSTRY, ended_on=None)
        .exclude(state="preparing")
        .select_related("parent")
    )
    fits = []
    for union in rows.order_by("path"):
        area = union.path if union.path.startswith(place.path) else union.parent.path if union.parent else ""
        if area and (area.startswith(place.path) or place.path.startswith(area)):
            fits.append((min(len(area), len(place.path)), -union.pk, union))
    return max(fits)[2] if fits else None


def table_of(token: str) -> Any:
    """The open ceremony of a drivers' table by its code, or None."""
    row = joining.ceremony_of(token) if token else None
    return row if row is not None and row.closed_at is None and for_drivers(row) else None


def for_drivers(ceremony: Any) -> bool:
    """Does the table belong to a campaign among drivers, or stand in a freight park?"""
    site = Site.objects.filter(batch_id=ceremony.batch_id).select_related("campaign").first()
    if site is None:
        return False
    return site.kind == SiteKind.PARK or site.campaign.categories.filter(basis=Basis.GROUP, code=TRUCKER).exists()


def note_of(application: Any) -> DriverNote | None:
    return DriverNote.objects.filter(application=application).first() if application is not None else None


def under_way() -> bool:
    """Is there a campaign among drivers now?"""
    today = clock.today()
    rows = Campaign.objects.filter(state="running", since__lte=today, until__gte=today)
    return rows.filter(categories__basis=Basis.GROUP, categories__code=TRUCKER).exists()


def offer(person: Any, ceremony: Any) -> Link | None:
    """The way from joining to the drivers' page: at a drivers' table, for a driver, and while drivers are being asked."""
    from django.urls import reverse

    address = reverse("campaigns:m-driver")
    if ceremony is not None:
        if not for_drivers(ceremony):
            return None
        return Link("货车司机从这里登记", "一次填好车牌和常驻地，不用写单位", f"{address}?table={ceremony.token}", "truck", instead=True)
    if person is not None and person.group == TRUCKER:
        done = note_of(joining.my_application(person.pk)) is not None
        return Link(
            "车牌和常驻地" if done else "货车司机：补充车牌和常驻地", "方便工会就近服务，随时可以改", address, "truck", instead=not done
        )
    return (
        Link("货车司机从这里登记", "没有固定单位，按常驻地找工会", address, "truck", instead=True)
        if under_way() and person is None
        else None
    )
