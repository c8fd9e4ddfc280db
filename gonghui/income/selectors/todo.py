"""What waits for the people of income (经费收缴的待办): nothing is stored, so what has been done is gone at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.core import clock
from gonghui.income.enums import CaseState, DemandState, Perm, StaffState
from gonghui.income.models import Demand, DuesList, Refund, StaffCheck
from gonghui.income.selectors import staff

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 50


def inbox(actor: Actor) -> Iterator[Source]:
    """Reminders, demands past their deadline, refunds to pay, unmatched money."""
    if actor.is_system:
        return
    yield from _staff(actor)
    if actor.may(Perm.DEMAND_EDIT):
        late = Demand.objects.filter(actor.within(Perm.DEMAND_EDIT, "union"), state=DemandState.ISSUED, deadline_on__lt=clock.today())
        yield Source(late.select_related("payer__employer", "union").order_by("deadline_on"), _demand, MOST)
    if actor.may(Perm.REFUND_EDIT):
        approved = Refund.objects.filter(actor.within(Perm.REFUND_EDIT, "union"), state=CaseState.APPROVED)
        yield Source(approved.select_related("payer__employer", "union").order_by("pk"), _refund, MOST)
    if actor.may(Perm.DUES_EDIT):
        money = Count("payments", filter=Q(payments__state="unmatched"))
        lists = DuesList.objects.filter(actor.within(Perm.DUES_EDIT, "union")).annotate(waiting=money).filter(waiting__gt=0)
        yield Source(lists.select_related("union").order_by("pk"), _desk, MOST)


def _staff(actor: Actor) -> Iterator[Source]:
    steps = (
        (Perm.STAFF_UNIT, StaffState.REMINDED, "请核对非在编人员人数"),
        (Perm.STAFF_FINANCE, StaffState.UNIT, "请与财政科室核对非在编人数"),
        (Perm.STAFF_UNIT, StaffState.DIFFERS, "非在编人数两方不一致，请复核"),
    )
    rows = StaffCheck.objects.select_related("union", "employer").order_by("due_on", "pk")
    for perm, state, words in steps:
        if actor.may(perm):
            yield Source(rows.filter(actor.within(perm, "union"), state=state), partial(_check, words), MOST)
    if actor.may(Perm.STAFF_FINANCE):
        late = rows.filter(actor.within(Perm.STAFF_FINANCE, "union"), staff.late(), state__in=staff.WAITS_ARRIVAL)
        yield Source(late, _late, MOST)


def _item(kind: str, label: str, pk: int, title: str, page: str, org: str, due: date | None = None) -> Item:
    return Item(f"income.{kind}:{pk}", f"income.{kind}", label, title, reverse(page, args=[pk]), org=org, due=due)


def _check(words: str, row: StaffCheck) -> Item:
    title = f"{words}（{row.year} 年度）：{row.employer.name}"
    return _item("staff", "非在编经费", row.pk, title, "income:staff_check", row.union.name, row.due_on)


def _late(row: StaffCheck) -> Item:
    title = f"非在编经费逾期未到账：{row.employer.name}"
    return _item("staff", "非在编经费", row.pk, title, "income:staff_check", row.union.name, row.expected_on)


def _demand(row: Demand) -> Item:
    return _item("demand", "催缴", row.pk, f"催缴期满仍未缴：{row.payer.employer.name}", "income:demand", row.union.name, row.deadline_on)


def _refund(row: Refund) -> Item:
    return _item("refund", "返还", row.pk, f"返还已批准，请付款：{row.payer.employer.name}", "income:refund", row.union.name)


def _desk(row: Any) -> Item:
    return _item("desk", "会费", row.pk, f"{row.waiting} 笔会费到账待认领", "income:dues_list", row.union.name)
