"""What a worker sees (职工端查询): points are public, loans and places are the person's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.members.selectors import members
from gonghui.orgs.enums import UnionKind
from gonghui.orgs.selectors import unions
from gonghui.venues.enums import ReservationState, VenueKind, VenueState
from gonghui.venues.models import Book, Loan, Reservation, Ticket, Venue
from gonghui.venues.rules import geo
from gonghui.venues.selectors import common, points
from gonghui.venues.selectors.gap import TOWN, micro

SYSTEM = Actor.system("m.venues")
MOST = 30
PLACES = (UnionKind.COUNTY, UnionKind.TOWNSHIP, UnionKind.TOWNSHIP_FEDERATION, UnionKind.ZONE)


def place_name(name: str) -> str:
    """The township in the name of its union: `白桦镇工会委员会` is 白桦镇."""
    for tail in ("工会联合会", "工会委员会", "总工会", "工会"):
        if name.endswith(tail) and len(name) > len(tail) + 1:
            return name.removesuffix(tail)
    return name


@dataclass
class Near:
    """A point with its distance."""

    venue: Any
    metres: int | None
    open: bool
    words: str
    number: int = 0

    @property
    def distance(self) -> str:
        """How far, in words; empty when not known."""
        return geo.words(self.metres) if self.metres is not None else ""


def towns() -> list[tuple[str, str, geo.Place | None]]:
    """Townships to choose from: (path, name, place)."""
    rows = unions.union_visible(SYSTEM).filter(depth=1, ended_on=None, kind__in=PLACES).order_by("path")
    return [
        (
            u.path,
            place_name(u.short_name or u.name),
            (micro(u.latitude), micro(u.longitude)) if u.latitude is not None and u.longitude is not None else None,
        )
        for u in rows
    ]


def home_town(person: int) -> str:
    """The township of the person's union."""
    spell = members.mine(person)
    return spell.union.path[:TOWN] if spell else ""


def near(*, kind: str = "", here: geo.Place | None = None, town: str = "", only_open: bool = False) -> list[Near]:
    """Points in use, the nearest first; without a place, those of the township first (附近)."""
    rows = points.scored(Venue.objects.exclude(state=VenueState.CLOSED).select_related("union").prefetch_related("exceptions"))
    if kind in VenueKind.values:
        rows = rows.filter(kind=kind)
    found = []
    for venue in rows:
        there = (venue.latitude_e6, venue.longitude_e6) if venue.latitude_e6 is not None else None
        open_, words = common.now_of(venue)
        if only_open and not open_:
            continue
        found.append(Near(venue, geo.metres(here, there) if here and there else None, open_, words))
    found.sort(key=lambda n: (n.metres is None, n.metres or 0, n.venue.union.path[:TOWN] != town, n.venue.pk))
    for i, row in enumerate(found[:MOST]):
        row.number = i + 1
    return found[:MOST]


def dots(rows: list[Near], here: geo.Place | None) -> list[geo.Dot]:
    """The nearest ones on a small map, and where I am."""
    marks = [
        (
            (r.venue.latitude_e6, r.venue.longitude_e6),
            r.venue.name,
            "v-dot" if r.open else "v-shut",
            str(r.number),
            reverse("venues:m-venue", args=[r.venue.code]),
        )
        for r in rows[:9]
        if r.venue.latitude_e6 is not None
    ]
    return geo.flat([*marks, *([(here, "我的位置", "v-me", "我", "")] if here else [])])


def venue_of(code: str) -> Any:
    """A point by its public code, or 404; one that is closed for good is gone."""
    rows = Venue.objects.exclude(state=VenueState.CLOSED).select_related("union").prefetch_related("exceptions", "offers", "duties")
    return get_object_or_404(points.scored(rows), code=code)


def reservations(person: int) -> QuerySet[Reservation]:
    """My places that are still to come."""
    rows = Reservation.objects.filter(person=person, state=ReservationState.BOOKED, slot__ends_at__gt=clock.now())
    return rows.select_related("slot__venue").order_by("slot__starts_at")


def loans(person: int) -> QuerySet[Loan]:
    """My loans, those in hand first (我的借阅)."""
    return Loan.objects.filter(person=person).select_related("copy__book__venue").order_by("ended_on", "due_on").order_by("-lent_on", "-pk")


def loan_of(person: int, pk: int) -> Loan:
    """One loan of mine, or 404."""
    return get_object_or_404(loans(person), pk=pk)


def reservation_of(person: int, pk: int) -> Reservation:
    """One place of mine, or 404."""
    return get_object_or_404(Reservation.objects.filter(person=person).select_related("slot__venue__union"), pk=pk)


def tickets(person: int) -> QuerySet[Ticket]:
    """What I asked for."""
    return Ticket.objects.filter(person=person).select_related("venue", "centre").order_by("-opened_at")


def books(venue: Venue, q: str = "") -> QuerySet[Any]:
    """Titles with the number on the shelf."""
    from django.db.models import Count, Q

    rows = Book.objects.filter(venue=venue)
    for word in q.split()[:4]:
        rows = rows.filter(Q(title__icontains=word) | Q(author__icontains=word) | Q(shelf__icontains=word))
    return rows.annotate(
        free=Count("copies", filter=Q(copies__state="in")), total=Count("copies", filter=~Q(copies__state="lost"))
    ).order_by("title", "pk")
