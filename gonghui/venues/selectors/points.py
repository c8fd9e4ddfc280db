"""Reads of points, for officers cut to their scope (阵地查询)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Max, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from gonghui.core import clock
from gonghui.venues.enums import Perm, TicketState, VenueKind, VenueState
from gonghui.venues.models import Check, Rating, Slot, Ticket, Venue
from gonghui.venues.selectors import common

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LIVE_TICKETS = (TicketState.OPEN, TicketState.DOING, TicketState.REFERRED)


def scored(rows: QuerySet[Venue]) -> QuerySet[Any]:
    """With the mean of the ratings, their number, the last check and its score."""
    last = Check.objects.filter(venue=OuterRef("pk")).order_by("-on", "-pk")
    stars = Rating.objects.filter(venue=OuterRef("pk")).order_by().values("venue")
    return rows.annotate(
        stars=Subquery(stars.annotate(n=Avg("stars")).values("n")), rated=Subquery(stars.annotate(n=Count("pk")).values("n")),
        checked_on=Subquery(last.values("on")[:1]), check_score=Subquery(last.values("score")[:1]),
    )  # fmt: skip


def venue_list(
    *, actor: Actor, kind: str = "", state: str = "", q: str = "", late: bool = False, perm: str = Perm.VENUE_VIEW
) -> QuerySet[Any]:
    """Points in scope (阵地名册); `late` are open ones not checked within the interval. Source: policy venues.check_days."""
    rows = Venue.objects.filter(actor.within(perm, "union")).select_related("union")
    if kind in VenueKind.values:
        rows = rows.filter(kind=kind)
    if state in VenueState.values:
        rows = rows.filter(state=state)
    for word in q.split()[:4]:
        rows = rows.filter(Q(name__icontains=word) | Q(address__icontains=word) | Q(union__name__icontains=word) | Q(code=word))
    rows = scored(rows)
    if late:
        line = clock.today() - timedelta(days=common.number("venues.check_days"))
        rows = rows.filter(Q(checked_on__lt=line) | Q(checked_on=None, opened_on__lt=line), state=VenueState.OPEN)
    return rows.order_by("union__path", "kind", "name")


def venue_get(*, actor: Actor, pk: int, perm: str = Perm.VENUE_VIEW) -> Any:
    """One point of the scope, or 404."""
    return get_object_or_404(venue_list(actor=actor, perm=perm), pk=pk)


def kind_counts(*, actor: Actor) -> dict[str, int]:
    """Open points by kind."""
    rows = Venue.objects.filter(actor.within(Perm.VENUE_VIEW, "union"), state=VenueState.OPEN).order_by()
    return dict(rows.values_list("kind").annotate(n=Count("pk")))


def check_list(*, actor: Actor, kind: str = "", below: int | None = None) -> QuerySet[Check]:
    """Checks in scope, the latest first (检查记录)."""
    rows = Check.objects.filter(actor.within(Perm.VENUE_VIEW, "venue__union")).select_related("venue__union")
    if kind:
        rows = rows.filter(kind=kind)
    if below is not None:
        rows = rows.filter(score__lt=below)
    return rows.order_by("-on", "-pk")


def check_get(*, actor: Actor, pk: int) -> Check:
    """One check, or 404."""
    return get_object_or_404(check_list(actor=actor).select_related("venue__union", "photo"), pk=pk)


def ticket_list(*, actor: Actor, state: str = "", kind: str = "", perm: str = Perm.TICKET_HANDLE) -> QuerySet[Ticket]:
    """Tickets of points in scope, and those referred to a centre in scope (事项)."""
    rows = Ticket.objects.filter(actor.within(perm, "venue__union") | actor.within(perm, "centre__union") if not actor.is_system else Q())
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("venue__union", "centre__union", "person").order_by("-opened_at", "-pk")


def ticket_get(*, actor: Actor, pk: int, perm: str = Perm.TICKET_HANDLE) -> Ticket:
    """One ticket, or 404."""
    return get_object_or_404(ticket_list(actor=actor, perm=perm), pk=pk)


def tickets_open(actor: Actor) -> QuerySet[Ticket]:
    """What waits for those who handle tickets, the oldest first; a referred one waits at the centre."""
    here = actor.within(Perm.TICKET_HANDLE, "venue__union") & Q(state__in=[TicketState.OPEN, TicketState.DOING])
    there = actor.within(Perm.TICKET_HANDLE, "centre__union") & Q(state=TicketState.REFERRED)
    return Ticket.objects.filter(here | there).select_related("venue__union").order_by("opened_at", "pk")


def centres(venue: Venue) -> QuerySet[Venue]:
    """Open service centres of the same tree, own township first: where a station may refer to (可转往的中心)."""
    path = venue.union.path
    rows = Venue.objects.filter(kind=VenueKind.CENTRE, state=VenueState.OPEN, union__path__startswith=path[:4]).exclude(pk=venue.pk)
    heads = [path[:n] for n in range(4, len(path) + 1, 4)]
    return rows.filter(union__path__in=heads).order_by("-union__depth", "pk")


def centre_line(*, actor: Actor, venue: Venue) -> dict[str, Any]:
    """The desk of a service centre: waiting, late, done, by kind (中心台账). Source: policy venues.ticket_days."""
    rows = Ticket.objects.filter(Q(venue=venue) | Q(centre=venue))
    late = clock.now() - timedelta(days=common.number("venues.ticket_days"))
    return {
        "waiting": rows.filter(state__in=LIVE_TICKETS).count(), "late": rows.filter(state__in=LIVE_TICKETS, opened_at__lt=late).count(),
        "done": rows.filter(state=TicketState.DONE).count(), "referred": rows.filter(centre=venue).count(),
    }  # fmt: skip


def slots_of(venue: Venue, *, days: int = 14) -> QuerySet[Slot]:
    """Slots from now on for some days."""
    now = clock.now()
    return Slot.objects.filter(venue=venue, ends_at__gt=now, starts_at__lt=now + timedelta(days=days)).order_by("starts_at")


def slot_get(*, actor: Actor, pk: int, perm: str = Perm.VENUE_VIEW) -> Slot:
    """One slot, or 404."""
    rows = Slot.objects.filter(actor.within(perm, "venue__union")).select_related("venue__union")
    return get_object_or_404(rows, pk=pk)


def slot_list(*, actor: Actor, since: date) -> QuerySet[Slot]:
    """Slots of the scope from a day on (场地预约)."""
    rows = Slot.objects.filter(actor.within(Perm.VENUE_VIEW, "venue__union"), starts_at__date__gte=since)
    return rows.select_related("venue__union").order_by("starts_at", "pk")


def rating_list(*, actor: Actor, low: bool = False) -> QuerySet[Rating]:
    """Ratings in scope, the latest first (评价); who gave them stays unnamed."""
    rows = Rating.objects.filter(actor.within(Perm.VENUE_VIEW, "venue__union")).select_related("venue__union")
    return (rows.filter(stars__lte=2) if low else rows).order_by("-at", "-pk")


def use_of(venue: Venue) -> dict[str, Any]:
    """Use of a point in the last ninety days: reservations, persons, places (使用情况)."""
    since = clock.now() - timedelta(days=90)
    rows = Slot.objects.filter(venue=venue, starts_at__gte=since, starts_at__lt=clock.now())
    booked = rows.filter(reservations__state="booked")
    return {
        "slots": rows.count(), "booked": booked.values("reservations").distinct().count(),
        "persons": booked.values("reservations__person").distinct().count(), "last": rows.aggregate(m=Max("starts_at"))["m"],
    }  # fmt: skip
