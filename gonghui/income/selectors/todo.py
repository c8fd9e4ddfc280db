"""What waits for the people of income (经费收缴的待办): nothing is stored, so what has been done is gone at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Count, Min
from django.urls import reverse

from gonghui.approvals.kinds import Item
from gonghui.core import clock
from gonghui.income.enums import CaseState, DemandState, Perm, StaffState
from gonghui.income.models import Demand, Payment, Refund, StaffCheck
from gonghui.income.selectors import staff

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 50


def inbox(actor: Actor) -> list[Item]:
    """Reminders, demands past their deadline, refunds to pay, unmatched money."""
    return [*_staff(actor), *_demands(actor), *_refunds(actor), *_desk(actor)]


def _staff(actor: Actor) -> Iterator[Item]:
    if actor.is_system or not (actor.may(Perm.STAFF_UNIT) or actor.may(Perm.STAFF_FINANCE)):
        return
    words = {
        StaffState.REMINDED: (Perm.STAFF_UNIT, "请核对非在编人员人数"),
        StaffState.UNIT: (Perm.STAFF_FINANCE, "请与财政科室核对非在编人数"),
        StaffState.DIFFERS: (Perm.STAFF_UNIT, "非在编人数两方不一致，请复核"),
    }
    rows = StaffCheck.objects.filter(state__in=list(words)).select_related("union", "employer").order_by("due_on", "pk")
    for perm in (Perm.STAFF_UNIT, Perm.STAFF_FINANCE):
        states = [s for s, (p, _w) in words.items() if p == perm]
        if not actor.may(perm):
            continue
        for row in rows.filter(actor.within(perm, "union"), state__in=states)[:MOST]:
            title = f"{words[StaffState(row.state)][1]}（{row.year} 年度）：{row.employer.name}"
            yield _item("staff", "非在编经费", row.pk, title, "income:staff_check", row.union.name, row.due_on)
    if actor.may(Perm.STAFF_FINANCE):
        late = StaffCheck.objects.filter(actor.within(Perm.STAFF_FINANCE, "union"), staff.late(), state__in=staff.WAITS_ARRIVAL)
        for row in late.select_related("union", "employer")[:MOST]:
            title = f"非在编经费逾期未到账：{row.employer.name}"
            yield _item("staff", "非在编经费", row.pk, title, "income:staff_check", row.union.name, row.expected_on)


def _item(kind: str, label: str, pk: int, title: str, page: str, org: str, due: object) -> Item:
    return Item(f"income.{kind}:{pk}", f"income.{kind}", label, title, reverse(page, args=[pk]), org=org, due=due)  # type: ignore[arg-type]  # a date or None


def _demands(actor: Actor) -> Iterator[Item]:
    if actor.is_system or not actor.may(Perm.DEMAND_EDIT):
        return
    rows = Demand.objects.filter(actor.within(Perm.DEMAND_EDIT, "union"), state=DemandState.ISSUED, deadline_on__lt=clock.today())
    for row in rows.select_related("payer__employer", "union").order_by("deadline_on")[:MOST]:
        title = f"催缴期满仍未缴：{row.payer.employer.name}"
        yield _item("demand", "催缴", row.pk, title, "income:demand", row.union.name, row.deadline_on)


def _refunds(actor: Actor) -> Iterator[Item]:
    if actor.is_system or not actor.may(Perm.REFUND_EDIT):
        return
    rows = Refund.objects.filter(actor.within(Perm.REFUND_EDIT, "union"), state=CaseState.APPROVED)
    for row in rows.select_related("payer__employer", "union")[:MOST]:
        yield _item("refund", "返还", row.pk, f"返还已批准，请付款：{row.payer.employer.name}", "income:refund", row.union.name, None)


def _desk(actor: Actor) -> Iterator[Item]:
    if actor.is_system or not actor.may(Perm.DUES_EDIT):
        return
    rows = Payment.objects.filter(actor.within(Perm.DUES_EDIT, "union"), state="unmatched").order_by()
    for found in rows.values("listing_id", "union__name").annotate(n=Count("pk"), first=Min("on"))[:MOST]:
        title = f"{found['n']} 笔会费到账待认领"
        yield _item("desk", "会费", found["listing_id"], title, "income:dues_list", found["union__name"], None)
