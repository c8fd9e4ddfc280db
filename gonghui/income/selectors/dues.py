"""Reading dues (会费的查询), cut to the actor's scope."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.income.enums import PaymentState, Perm
from gonghui.income.models import DuesBase, DuesItem, DuesList, Payment
from gonghui.income.rules.matching import Candidate
from gonghui.income.rules.periods import Period

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def lists(actor: Actor, union: Any = None) -> QuerySet[Any]:
    """Collection lists with their sums, newest first."""
    rows = DuesList.objects.filter(actor.within(Perm.DUES_VIEW, "union")).select_related("union")
    rows = rows.filter(subtree(union.path, "union__path")) if union is not None else rows
    return rows.order_by("-since", "union__path")


def sums(listing_ids: list[int]) -> dict[int, dict[str, int]]:
    """People, due, paid and the number in arrears of lists."""
    rows = DuesItem.objects.filter(listing__in=listing_ids).order_by().values("listing_id")
    found = rows.annotate(
        people=Count("pk"), due=Sum("due_fen"), paid=Sum("paid_fen"), owing=Count("pk", filter=Q(paid_fen__lt=F("due_fen")))
    )
    return {r["listing_id"]: {k: int(r[k] or 0) for k in ("people", "due", "paid", "owing")} for r in found}


def list_get(*, actor: Actor, pk: int, perm: str = Perm.DUES_VIEW) -> DuesList:
    """One list in scope, or 404."""
    return get_object_or_404(DuesList.objects.filter(actor.within(perm, "union")).select_related("union"), pk=pk)


def items(listing: DuesList, *, q: str = "", which: str = "") -> QuerySet[DuesItem]:
    """Members on a list: all, `owing`, `free` or `over`."""
    rows = listing.items.select_related("person")
    rows = rows.filter(person__name__contains=q.strip()) if q.strip() else rows
    wanted = {"owing": Q(paid_fen__lt=F("due_fen")), "free": ~Q(free=""), "over": Q(paid_fen__gt=F("due_fen"))}.get(which, Q())
    return rows.filter(wanted).order_by("person__name", "pk")


def item_get(*, actor: Actor, pk: int, perm: str = Perm.DUES_EDIT) -> DuesItem:
    """One member on a list in scope, or 404."""
    rows = DuesItem.objects.filter(actor.within(perm, "listing__union"))
    return get_object_or_404(rows.select_related("listing__union", "person"), pk=pk)


def desk(actor: Actor, union: Any = None) -> QuerySet[Payment]:
    """Payments nobody has been found for (待认领)."""
    rows = Payment.objects.filter(actor.within(Perm.DUES_VIEW, "union"), state=PaymentState.UNMATCHED)
    rows = rows.filter(subtree(union.path, "union__path")) if union is not None else rows
    return rows.select_related("listing", "union").order_by("-on", "pk")


def payment_get(*, actor: Actor, pk: int, perm: str = Perm.DUES_EDIT) -> Payment:
    """One payment in scope, or 404."""
    return get_object_or_404(Payment.objects.filter(actor.within(perm, "union")).select_related("listing", "union", "person"), pk=pk)


def payments(listing: DuesList) -> QuerySet[Payment]:
    """All that came in for a list, newest first."""
    return listing.payments.select_related("person", "receipt").order_by("-pk")


def suggestions(payment: Payment) -> list[DuesItem]:
    """Members of the same list with the same name, surname or amount, for the desk."""
    rows = payment.listing.items.select_related("person")
    same = list(rows.filter(person__name=payment.name)[:5]) if payment.name else []
    return same or list(rows.filter(due_fen=payment.amount_fen, paid_fen=0, person__name__startswith=payment.name[:1])[:5])


def bases(actor: Actor, union: Any) -> QuerySet[DuesBase]:
    """Bases in force of a union's members."""
    rows = DuesBase.objects.filter(actor.within(Perm.DUES_VIEW, "union"), subtree(union.path, "union__path"), until=None)
    return rows.select_related("person", "union").order_by("person__name", "pk")


def base_get(*, actor: Actor, pk: int, perm: str = Perm.DUES_EDIT) -> DuesBase:
    """One base in scope, or 404."""
    return get_object_or_404(DuesBase.objects.filter(actor.within(perm, "union")).select_related("person", "union"), pk=pk)


def register(union: Any, day: date) -> QuerySet[Any]:
    """Memberships of this very union in force on a day, retained and suspended ones too."""
    rows: QuerySet[Any] = (
        union.memberships.filter(Q(until=None) | Q(until__gt=day), since__lte=day).select_related("person").order_by("person_id")
    )
    return rows


def due_of(bases_held: list[DuesBase], since: date, period: Period) -> tuple[int, bool]:
    """Dues of one member for a period: each month by the base in force at its end, from the month of the spell on."""
    total, based = 0, False
    for n in range(period.months):
        month = Period(clock.add_months(period.since, n), 1)
        if since > month.last:
            continue
        base = next((b for b in bases_held if b.since <= month.last and (b.until is None or b.until > month.last)), None)
        if base is not None:
            total, based = total + base.due_fen, True
    return total, based


def candidates(listing: DuesList) -> list[Candidate]:
    """The members of a list as matching may know them."""
    rows = listing.items.values_list(
        "person_id", "person__name", "person__id_index", "person__phone_index", "person__id_mask", "person__phone_mask", "due_fen"
    )
    return [Candidate(p, n, bytes(i) if i else None, bytes(t) if t else None, im, tm, due) for p, n, i, t, im, tm, due in rows]


def mine(person_id: int) -> tuple[list[DuesItem], DuesBase | None, list[Payment]]:
    """My dues (我的会费): lists, base in force, payments."""
    found = list(DuesItem.objects.filter(person=person_id).select_related("listing__union").order_by("-listing__since")[:24])
    base = DuesBase.objects.filter(person=person_id, until=None).first()
    paid = list(Payment.objects.filter(person=person_id).select_related("receipt", "listing").order_by("-on", "-pk")[:24])
    return found, base, paid


def owing(actor: Actor, union: Any) -> QuerySet[Any, Any]:
    """Members in arrears over all lists (欠缴会费名单): person, months and amount."""
    rows = DuesItem.objects.filter(
        actor.within(Perm.DUES_VIEW, "listing__union"), subtree(union.path, "listing__union__path"), paid_fen__lt=F("due_fen"),
        listing__due_on__lt=clock.today(),
    )  # fmt: skip
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .values("person_id", "person__name", "person__phone_mask", "listing__union__name")
        .annotate(times=Count("pk"), fen=Sum(F("due_fen") - F("paid_fen")))
        .order_by("-fen", "person_id")
    )
    return found
