"""Reading the yearly checks of off-establishment staff money (非在编核对的查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.income.enums import OPEN_STAFF, Perm, StaffState
from gonghui.income.models import StaffCheck

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

WAITS_ARRIVAL = (StaffState.CONFIRMED, StaffState.PART)


def late() -> Q:
    """Past a day: not confirmed by the due day, or not arrived by the expected one."""
    today = clock.today()
    asked = Q(state__in=[StaffState.REMINDED, StaffState.UNIT, StaffState.DIFFERS], due_on__lt=today)
    return asked | Q(state__in=WAITS_ARRIVAL, expected_on__lt=today)


def checks(actor: Actor, union: Any = None, *, year: int | None = None, state: str = "") -> QuerySet[StaffCheck]:
    """Yearly checks in scope, exceptions first."""
    rows = StaffCheck.objects.filter(actor.within(Perm.STAFF_VIEW, "union")).select_related("union", "employer")
    rows = rows.filter(subtree(union.path, "union__path")) if union is not None else rows
    rows = rows.filter(year=year) if year else rows
    if state == "late":
        rows = rows.filter(late())
    elif state == "open":
        rows = rows.filter(state__in=OPEN_STAFF)
    elif state:
        rows = rows.filter(state=state)
    return rows.order_by("-year", "state", "due_on", "pk")


def state_counts(actor: Actor, union: Any = None) -> dict[str, int]:
    """Numbers for the tabs."""
    rows = checks(actor, union)
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {**found, "": sum(found.values()), "late": rows.filter(late()).count()}


def check_get(*, actor: Actor, pk: int, perm: str = Perm.STAFF_VIEW) -> StaffCheck:
    """One check in scope, or 404."""
    return get_object_or_404(StaffCheck.objects.filter(actor.within(perm, "union")).select_related("union", "employer"), pk=pk)
