"""Employers alive in the ledger where nobody works and nothing changes (疑似停产未注销): a lead for a visit, never a write-off."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.members.models import Employment
from gonghui.members.selectors import policy_values
from gonghui.orgs.enums import EmployerStatus, Sector, Side
from gonghui.orgs.selectors import employers

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def silent_months(day: date, union: Any = None) -> int:
    """How long nothing must have changed. Source: policy orgs.silent_months."""
    return policy_values.number("orgs.silent_months", day, union)


def silent_employers(*, actor: Actor, union: Any = None, day: date | None = None) -> QuerySet[Any]:
    """Non-public employers called 正常, without a worker in ledger and roster, and without change since the line (疑似停产未注销).

    Public bodies are left out: their staff is kept elsewhere. A change is a worker who left, a status, or a visit on the spot.
    """
    today = day or clock.today()
    line = clock.add_months(today, -silent_months(today, union))
    rows = employers.employer_visible(actor).filter(written_off_on=None, status=EmployerStatus.NORMAL, sector=Sector.NON_PUBLIC)
    if union is not None:
        rows = rows.filter(subtree(union.path, "union__path"))
    rows = rows.filter(Q(headcount=0) | Q(headcount=None), Q(opened_on=None) | Q(opened_on__lte=line), listed_on__lte=line)
    busy = Employment.objects.filter(Q(until=None) | Q(until__gt=line), employer=OuterRef("pk"))
    rows = rows.filter(~Exists(busy)).exclude(spells__since__gt=line).exclude(values__side=Side.FIELD, values__on__gt=line)
    return rows.select_related("union").order_by("union__path", "code")
