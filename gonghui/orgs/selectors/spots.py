"""Reads of blank spots and the coverage map (空白点、覆盖图). Source: S003, P30."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.orgs.enums import Perm
from gonghui.orgs.models import Employer, Spot, Union
from gonghui.people import selectors as people

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def spot_list(
    *,
    actor: Actor,
    state: str = "",
    mine: bool = False,
    q: str = "",
    union: Union | None = None,
    overdue: bool = False,
    sort: str = "",
    reason: str = "",
) -> QuerySet[Spot]:
    """Open blank spots, the oldest first (空白点名单)."""
    rows = Spot.objects.filter(actor.within(Perm.SPOT_VIEW, "employer__union"), until=None)
    if state:
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(organiser_id=actor.user_id)
    if union is not None:
        rows = rows.filter(subtree(union.path, "employer__union__path"))
    if overdue:
        rows = rows.filter(next_visit__lt=clock.today())
    if reason:
        rows = rows.filter(reason=reason)
    for word in q.split()[:4]:
        rows = rows.filter(Q(employer__name__icontains=word) | Q(employer__address__icontains=word))
    order = {"since": "since", "headcount": "employer__headcount", "visit": "next_visit"}.get(sort.lstrip("-"), "since")
    by = F(order).desc(nulls_last=True) if sort.startswith("-") else F(order).asc(nulls_last=True)
    return rows.select_related("employer__union").order_by(by, "pk")


def spot_get(*, actor: Actor, pk: int) -> Spot:
    rows = Spot.objects.filter(actor.within(Perm.SPOT_VIEW, "employer__union"))
    return get_object_or_404(rows.select_related("employer__union"), pk=pk)


def spots_by_pk(*, actor: Actor, pks: list[int]) -> list[Spot]:
    return list(Spot.objects.filter(actor.within(Perm.SPOT_EDIT, "employer__union"), pk__in=pks, until=None))


def spots_open(actor: Actor) -> QuerySet[Spot]:
    """Open spots in scope, for the menu and the alerts."""
    return Spot.objects.filter(actor.within(Perm.SPOT_VIEW, "employer__union"), until=None)


def spot_counts(*, actor: Actor) -> dict[str, int]:
    rows = Spot.objects.filter(actor.within(Perm.SPOT_VIEW, "employer__union"), until=None)
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


@dataclass(frozen=True)
class Line:
    """A row of the coverage map: a town or an industry."""

    label: str
    key: str
    total: int
    covered: int
    blank: int

    @property
    def missing(self) -> int:
        return self.total - self.covered


def map_by_town(*, actor: Actor) -> list[Line]:
    """Living employers by township: all, covered, blank (按乡镇看覆盖)."""
    towns = list(
        Union.objects.filter(actor.within(Perm.SPOT_VIEW), depth=1, ended_on=None).order_by("path").values_list("pk", "name", "path")
    )
    counted: dict[str, list[int]] = {}
    rows = Employer.objects.filter(actor.within(Perm.SPOT_VIEW, "union"), written_off_on=None)
    for path, organised, n in rows.order_by().values_list("union__path", "organised").annotate(n=Count("pk")):
        held = counted.setdefault(path[:8], [0, 0])
        held[0] += n
        held[1] += n if organised else 0
    spots: dict[str, int] = {}
    for path, n in (
        Spot.objects.filter(until=None, employer__in=rows).order_by().values_list("employer__union__path").annotate(n=Count("pk"))
    ):
        spots[path[:8]] = spots.get(path[:8], 0) + n
    return [Line(name, str(pk), counted[path][0], counted[path][1], spots.get(path, 0)) for pk, name, path in towns if path in counted]


def map_by_industry(*, actor: Actor) -> list[Line]:
    """Living employers by section of GB/T 4754 (按行业门类看覆盖)."""
    rows = Employer.objects.filter(actor.within(Perm.SPOT_VIEW, "union"), written_off_on=None)
    held: dict[str, list[int]] = {}
    for industry, organised, headcount, n in _by_industry(rows):
        line = held.setdefault((industry or "")[:1] or "—", [0, 0, 0])
        line[0] += n
        line[1] += n if organised else 0
        line[2] += n if not organised and headcount != 0 else 0
    names = industry_names()
    return [Line(names.get(k, k if k != "—" else "未登记"), k, v[0], v[1], v[2]) for k, v in sorted(held.items())]


def _by_industry(rows: QuerySet[Employer]) -> QuerySet[Any, tuple[str, bool, int | None, int]]:
    return rows.order_by().values_list("industry", "organised", "headcount").annotate(n=Count("pk"))


def industry_names() -> dict[str, str]:
    """Labels of GB/T 4754 from the reference data."""
    return {code: label for code, label in people.code_labels("industry").items() if len(code) == 1}
