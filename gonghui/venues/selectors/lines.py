"""Books and places on a worker's timeline (职工动态里的借书和场地, S051)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gonghui.members.lines import Line, register
from gonghui.venues.enums import Perm
from gonghui.venues.models import Loan, Reservation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 100


def visits(actor: Actor, person_id: int, own: bool) -> Iterator[Line]:
    """Books lent and places booked; an officer sees those of the points in scope."""
    loans = Loan.objects.filter(person_id=person_id)
    loans = loans if own else loans.filter(actor.within(Perm.VENUE_VIEW, "copy__book__venue__union"))
    for loan in loans.select_related("copy__book__venue").order_by("-lent_on", "-pk")[:MOST]:
        state = "报失" if loan.lost else "已还" if loan.ended_on else "在借"
        yield Line(loan.lent_on, f"借《{loan.copy.book.title}》", loan.copy.book.venue.name, state)
    places = Reservation.objects.filter(person_id=person_id)
    places = places if own else places.filter(actor.within(Perm.VENUE_VIEW, "slot__venue__union"))
    for place in places.select_related("slot__venue").order_by("-at", "-pk")[:MOST]:
        yield Line(place.at, f"预约{place.slot.venue.name}", place.get_state_display())


def plug() -> None:
    """Register with members."""
    register("venue", "阵地", perm=Perm.VENUE_VIEW, rows=visits)
