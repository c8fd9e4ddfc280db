"""Which union is meant (去哪个工会): the workplace's own, the one above, the territory's, the pool of an area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from gonghui.orgs.enums import UnionKind

TERRITORIAL = (
    UnionKind.CITY,
    UnionKind.COUNTY,
    UnionKind.TOWNSHIP,
    UnionKind.TOWNSHIP_FEDERATION,
    UnionKind.ZONE,
    UnionKind.VILLAGE,
    UnionKind.VILLAGE_FEDERATION,
)
FEDERATIONS = (UnionKind.REGIONAL, UnionKind.INDUSTRY, UnionKind.CITY_INDUSTRIAL)


@dataclass(frozen=True)
class Route:
    """Where an application goes and by which step of the order (受理路径)."""

    union: Any
    step: str


STEPS = {
    "own": "单位自己的工会",
    "agency": "劳务派遣单位的工会",
    "user_unit": "用工单位的工会",
    "cover": "覆盖本单位的联合工会",
    "territory": "属地工会",
    "above": "用人单位的上一级工会（不经过单位）",
    "pool": "属地会员库（先入会，后安置）",
    "chosen": "本人选择的工会",
}


def own_union(employer: Any) -> Any:
    """The employer's own live union, or None."""
    rows = employer.own_unions.filter(ended_on=None).exclude(kind__in=[UnionKind.WORKSHOP, UnionKind.SUB_BRANCH, UnionKind.ORGANISER])
    return rows.order_by("depth", "pk").first()


def covering(employer: Any) -> Any:
    """The federation or joint union that covers the employer, main coverage first."""
    row = employer.coverages.filter(until=None, union__ended_on=None).select_related("union").order_by("-main", "pk").first()
    return row.union if row else None


def ancestors(union: Any) -> list[Any]:
    """Unions above, nearest first."""
    rows = union.lines_up.filter(until=None, depth__gt=0).select_related("ancestor").order_by("depth")
    return [r.ancestor for r in rows]


def territorial(union: Any) -> Any:
    """The territorial union answerable for a union (属地工会): itself never, the nearest above of a territorial kind."""
    above = ancestors(union)
    return next((u for u in above if u.kind in TERRITORIAL and u.ended_on is None), above[-1] if above else union)


def of_union(model_union: Any, area: str) -> Any:
    """The territorial union of an area code below a union, the most exact one."""
    lines = model_union.lines_down.filter(until=None, descendant__kind__in=TERRITORIAL, descendant__ended_on=None)
    for length in (12, 9, 6):
        if len(area) >= length and (
            hit := lines.filter(descendant__area=area[:length]).select_related("descendant").order_by("-depth").first()
        ):
            return hit.descendant
    return None


def pool_of(union: Any) -> Any:
    """The holding pool that serves a territorial union (属地会员库): its own, else that of the nearest union above."""
    for place in [union, *ancestors(union)]:
        if hit := place.children.filter(kind=UnionKind.POOL, ended_on=None).order_by("pk").first():
            return hit
    return None


def route(employer: Any, *, private: bool = False, agency: Any = None, start: Any = None) -> Route | None:
    """Where somebody joins (MEM-6-1, MEM-7-1): own union, covering union, territory; dispatched: agency first, then user unit.

    Args: employer where the person works (the user unit of a dispatched worker), or None; agency the dispatch agency;
    start a union the person came through (a QR at a desk), used when there is no workplace.
    """
    if private and employer is not None:
        return Route(_above(employer), "above")
    if agency is not None and (union := own_union(agency)):
        return Route(union, "agency")
    if employer is not None:
        if union := own_union(employer):
            return Route(union, "user_unit" if agency is not None else "own")
        if union := covering(employer):
            return Route(union, "cover")
        place = employer.union if employer.union.kind in TERRITORIAL else territorial(employer.union)
        return Route(place, "territory")
    if start is None:
        return None
    if pool := pool_of(start):
        return Route(pool, "pool")
    return Route(start, "territory")


def _above(employer: Any) -> Any:
    """The first union above the workplace that no employer-level role reaches."""
    base = own_union(employer) or employer.union
    if base.kind in TERRITORIAL or base.kind in FEDERATIONS:
        return base
    above = ancestors(base)
    return next((u for u in above if u.ended_on is None and u.employer_id is None), base)


def employer_level(union: Any) -> bool:
    """Is this a union of one employer, whose officers the employer pays?"""
    return union.employer_id is not None


def alive(union: Any, on: date) -> bool:
    """Can the union take members on a day?"""
    return union.ended_on is None or union.ended_on > on


def live_in(path: str) -> Q:
    """Filter over Union: live ones in a subtree."""
    return Q(path__startswith=path, ended_on=None)
