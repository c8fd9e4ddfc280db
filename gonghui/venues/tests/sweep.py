"""What venues adds to the sweep over all addresses (扫描部件)."""

from __future__ import annotations

from typing import Any

from gonghui.core import clock
from gonghui.members.tests import make as members
from gonghui.venues.services import care, slots
from gonghui.venues.tests import make

ARGS = {
    "venues:pk": "venues.Venue",
    "venues:check.pk": "venues.Check",
    "venues:check-photo.pk": "venues.Check",
    "venues:ticket.pk": "venues.Ticket",
    "venues:ticket-act.pk": "venues.Ticket",
    "venues:ticket-act.verb": "=take",
    "venues:slot.pk": "venues.Slot",
    "venues:act.verb": "=move",
    "venues:loan-act.pk": "venues.Loan",
    "venues:loan-act.verb": "=renew",
    "venues:m-renew.pk": "venues.Loan",
    "venues:m-cancel.pk": "venues.Reservation",
    "venues:m-venue.code": "=qa-no-such-venue",
    "venues:m-act.code": "=qa-no-such-venue",
    "venues:m-act.verb": "=rate",
}
OWNED = {"venues.Reservation"}


def furnish(world: Any, tree: Any) -> None:
    """A library with a loan, a centre, a slot with a place, a check, a ticket, a rating."""
    place = tree.key.upper()
    me, first = members.worker(tree.members[0].person), tree.members[0].person_id
    home = make.venue(tree.union, "library", f"{place}书屋")
    make.loan(home, make.books(home)[0], first)
    make.venue(tree.town, "centre", f"{place}服务中心")
    slots.reserve(actor=me, slot=make.slot(home))
    care.check_record(
        actor=make.system, venue=home, kind="self", on=clock.today(), good=range(4), checker="马晓燕", words=f"{place}缺灭火器"
    )
    care.ticket_open(actor=me, venue=home, kind="repair", title=f"{place}灯不亮")
    care.rate(actor=me, venue=home, stars=4, words=f"{place}安静")


UNREACHED = {"venues:check-photo", "venues:m-act", "venues:m-venue"}
"""Addresses that ask for a later step, a pass or a code the small world does not hold; their own tests open them."""
