"""What waits in venues (阵地待办)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.core import clock
from gonghui.core.menu import Rows
from gonghui.venues.enums import Perm
from gonghui.venues.selectors import common, library, points

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def inbox(actor: Actor) -> Iterator[Source]:
    """Tickets to handle, overdue books to ask back."""
    if actor.may(Perm.TICKET_HANDLE):
        days = common.number("venues.ticket_days")
        yield Source(points.tickets_open(actor), lambda r: _ticket(r, days))
    if actor.may(Perm.LIBRARY_RUN):
        yield Source(library.to_remind(library.overdue(actor)), _loan)


def _ticket(row: Any, days: int) -> Item:
    due = row.opened_at.astimezone(clock.SHANGHAI).date() + timedelta(days=days)
    return Item(f"ticket:{row.pk}", "venues.ticket", row.get_kind_display(), f"{row.venue.name}：{row.title}", reverse("venues:ticket", args=[row.pk]), row.venue.union.name, due)  # fmt: skip


def _loan(row: Any) -> Item:
    venue = row.copy.book.venue
    return Item(f"loan:{row.pk}", "venues.loan", "图书超期", f"《{row.copy.book.title}》超期，请催还", f"{reverse('venues:library', args=[venue.pk])}?overdue=on", venue.union.name, row.due_on)  # fmt: skip


def ticket_rows(actor: Actor) -> Rows:
    """Open tickets, for the menu."""
    return Rows((points.tickets_open(actor),))
