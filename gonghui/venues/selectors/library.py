"""Reads of the library desk (书屋查询)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.core import clock
from gonghui.venues.enums import CopyState, Perm
from gonghui.venues.models import Copy, Loan, Purchase
from gonghui.venues.selectors import common

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.venues.models import Venue


def lent(venue: Venue, *, overdue: bool = False, q: str = "") -> QuerySet[Loan]:
    """Loans in hand, the longest overdue first (在借)."""
    rows = Loan.objects.filter(copy__book__venue=venue, ended_on=None).select_related("copy__book", "person")
    if overdue:
        rows = rows.filter(due_on__lt=clock.today())
    for word in q.split()[:4]:
        rows = rows.filter(Q(copy__number=word) | Q(copy__book__title__icontains=word) | Q(person__name=word))
    return rows.order_by("due_on", "pk")


def loan_get(*, actor: Actor, pk: int) -> Loan:
    """One loan of the libraries the actor runs, or 404."""
    rows = Loan.objects.filter(actor.within(Perm.LIBRARY_RUN, "copy__book__venue__union"))
    return get_object_or_404(rows.select_related("copy__book__venue__union", "person"), pk=pk)


def overdue(actor: Actor) -> QuerySet[Loan]:
    """Overdue loans of the scope (超期)."""
    rows = Loan.objects.filter(actor.within(Perm.LIBRARY_RUN, "copy__book__venue__union"), ended_on=None, due_on__lt=clock.today())
    return rows.select_related("copy__book__venue__union", "person").order_by("due_on", "pk")


def to_remind(rows: QuerySet[Loan]) -> QuerySet[Loan]:
    """Overdue and not reminded within the interval. Source: policy venues.remind_gap."""
    line = clock.today() - timedelta(days=common.number("venues.remind_gap"))
    return rows.filter(Q(reminded_on=None) | Q(reminded_on__lte=line))


def totals(venue: Venue) -> dict[str, Any]:
    """Titles, copies, lent, lost, money (书屋账)."""
    copies = Copy.objects.filter(book__venue=venue)
    bought = Purchase.objects.filter(venue=venue).aggregate(n=Sum("copies"), fen=Sum("amount_fen"))
    return {
        "titles": venue.books.count(), "copies": copies.exclude(state=CopyState.LOST).count(), "lent": copies.filter(state=CopyState.LENT).count(),
        "lost": copies.filter(state=CopyState.LOST).count(), "bought": bought["n"] or 0, "fen": bought["fen"] or 0,
        "loans": Loan.objects.filter(copy__book__venue=venue).count(), "overdue": lent(venue, overdue=True).count(),
    }  # fmt: skip
