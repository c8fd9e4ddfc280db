"""Reads of assets (资产查询)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.core import clock
from gonghui.orgs.selectors import law
from gonghui.treasury.enums import HELD, AssetKind, AssetState, Perm
from gonghui.treasury.models import Asset, DepreciationRun, Stocktake, Wearing

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CHUNK = 900


def last_clothing(person_ids: Iterable[int], on: date | None = None) -> dict[int, date]:
    """When clothing was last bought for each person up to a day, whatever union bought it (上次购置活动服装). Those without are left out.

    Pieces that came back still count: the interval runs from the purchase.
    """
    found: dict[int, date] = {}
    wanted, day = sorted(set(person_ids)), on or clock.today()
    for start in range(0, len(wanted), CHUNK):
        rows = Wearing.objects.filter(person_id__in=wanted[start : start + CHUNK], bought_on__lte=day)
        found |= {pk: last for pk, last in rows.order_by().values_list("person_id").annotate(m=Max("bought_on")) if last is not None}
    return found


def clothing_spent(person_ids: Iterable[int], year: int, union: Any = None) -> int:
    """What clothing for these people has cost in a year, fen (本年已购置总额)."""
    rows = Wearing.objects.filter(person_id__in=list(person_ids), bought_on__year=year)
    rows = rows if union is None else rows.filter(union=union)
    return int(rows.aggregate(n=Sum("cost_fen"))["n"] or 0)


def asset_list(*, actor: Actor, kind: str = "", state: str = "", q: str = "", clothing: bool | None = None) -> QuerySet[Asset]:
    """Assets in scope (资产台账)."""
    rows = Asset.objects.filter(actor.within(Perm.ASSET_VIEW, "union")).select_related("union", "custodian")
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if clothing is not None:
        rows = rows.filter(kind=AssetKind.CLOTHING) if clothing else rows.exclude(kind=AssetKind.CLOTHING)
    for word in q.split()[:4]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(number__icontains=word) | Q(union__name__icontains=word) | Q(custodian__name__icontains=word)
        )
    return rows.order_by("union__path", "number")


def asset_get(*, actor: Actor, pk: int) -> Asset:
    """One asset, or 404."""
    seen = Asset.objects.filter(actor.within(Perm.ASSET_VIEW, "union"))
    return get_object_or_404(seen.select_related("union", "custodian", "voucher", "project"), pk=pk)


def totals(rows: QuerySet[Asset]) -> dict[str, int]:
    """Count, cost and accumulated depreciation of what is held."""
    held = rows.filter(state__in=HELD).aggregate(cost=Sum("cost_fen"), taken=Sum("depreciated_fen"))
    cost, taken = int(held["cost"] or 0), int(held["taken"] or 0)
    return {"count": rows.filter(state__in=HELD).count(), "cost": cost, "taken": taken, "net": cost - taken}


def kept_by(person_id: int) -> QuerySet[Asset]:
    """What a person still keeps, for the check at leaving (离职应交回)."""
    return Asset.objects.filter(custodian_id=person_id, state=AssetState.ISSUED).select_related("union")


def leavers(*, actor: Actor) -> QuerySet[Asset]:
    """Pieces kept by people who have no open job and no open membership any more (离职未交回)."""
    rows = Asset.objects.filter(actor.within(Perm.ASSET_VIEW, "union"), state=AssetState.ISSUED, custodian__isnull=False)
    return (
        rows.exclude(custodian__employments__until=None, custodian__employments__isnull=False)
        .exclude(custodian__memberships__until=None, custodian__memberships__isnull=False)
        .select_related("union", "custodian")
        .order_by("union__path", "number")
    )


def stocktake_list(*, actor: Actor) -> QuerySet[Stocktake]:
    """Stocktakes in scope."""
    return Stocktake.objects.filter(actor.within(Perm.ASSET_VIEW, "union")).select_related("union").order_by("-on", "-pk")


def stocktake_get(*, actor: Actor, pk: int) -> Stocktake:
    """One stocktake, or 404."""
    return get_object_or_404(stocktake_list(actor=actor), pk=pk)


def runs(*, actor: Actor, union: Any) -> QuerySet[DepreciationRun]:
    """Depreciation of a union by month."""
    return DepreciationRun.objects.filter(actor.within(Perm.ASSET_VIEW, "union"), union=union).select_related("voucher").order_by("-month")


def stocktake_due(union: Any, on: date) -> bool:
    """Is the yearly full stocktake overdue? Source: policy treasury.stocktake_months."""
    months = law.number("treasury.stocktake_months", union, on, 12)
    last = Stocktake.objects.filter(union=union, state="closed").order_by("-on").values_list("on", flat=True).first()
    first = Asset.objects.filter(union=union, state__in=HELD).order_by("bought_on").values_list("bought_on", flat=True).first()
    since = last or first
    return since is not None and clock.add_months(since, months) <= on
