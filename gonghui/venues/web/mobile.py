"""Phone pages (职工端): near me, one point, my places, my books, my requests."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, faults, page_of, render, told
from gonghui.venues import forms
from gonghui.venues.enums import TicketKind, VenueKind
from gonghui.venues.rules import hours
from gonghui.venues.selectors import common as values
from gonghui.venues.selectors import phone, points
from gonghui.venues.services import care, library, slots
from gonghui.venues.web import common


def _here(request: Request) -> tuple[int, int] | None:
    """Where the browser says it is; nothing is kept."""
    try:
        lat, lon = float(request.GET.get("lat", "")), float(request.GET.get("lon", ""))
    except ValueError:
        return None
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return round(lat * 1_000_000), round(lon * 1_000_000)


@worker
@require_GET
def near(request: Request) -> HttpResponse:
    """Points nearest first (附近)."""
    person, get = care.me(request.actor), request.GET
    towns, kind = phone.towns(), get.get("kind", "")
    here, mine = _here(request), get.get("town", "") or phone.home_town(person)
    town = next((t for t in towns if t[0] == mine), None)
    place = here or (town[2] if town else None)
    rows = phone.near(kind=kind, here=place, town=mine, only_open=bool(get.get("open")))
    dots = phone.dots(rows, here)
    context = {
        "rows": rows, "towns": [(p, n) for p, n, _at in towns], "town": mine, "town_name": town[1] if town else "", "located": here is not None, "dots": dots, "kind": kind,
        "kinds": VenueKind.choices, "only_open": bool(get.get("open")), "lat": get.get("lat", "") if here else "", "lon": get.get("lon", "") if here else "",
    }  # fmt: skip
    return render(request, "venues/mobile/near.html", context)


@worker
@require_GET
def venue(request: Request, code: str) -> HttpResponse:
    """One point: open now, hours, facilities, rating, places to reserve, books (阵地)."""
    person, row = care.me(request.actor), phone.venue_of(code)
    open_, words = values.now_of(row)
    mine = set(phone.reservations(person).values_list("slot_id", flat=True))
    q = request.GET.get("q", "")[:60]
    context = {
        "row": row, "open": open_, "words": words, "week": hours.week_words(row.hours), "special": [e for e in row.exceptions.all() if e.on >= clock.today()][:5],
        "show": hours.show, "slots": [(s, s.pk in mine) for s in points.slots_of(row, days=7) if s.capacity][:20], "ratings": row.ratings.exclude(words="")[:4],
        "rated": row.ratings.filter(person=person, on=clock.today()).exists(), "rate": forms.RateForm(), "has_books": row.kind in library.HOLDS_BOOKS,
        "books": phone.books(row, q)[:12] if row.kind in library.HOLDS_BOOKS else [], "q": q, "duty": [d for d in row.duties.all() if d.on == clock.today()],
        "asks": row.kind in (VenueKind.STATION, VenueKind.CENTRE, VenueKind.HOME), "ticket": forms.TicketForm(auto_id="t_%s"),
    }  # fmt: skip
    return render(request, "venues/mobile/venue.html", context)


@worker
@require_POST
def act(request: Request, code: str, verb: str) -> HttpResponse:
    """Rate, reserve, report, ask (评价、预约、报修、求助)."""
    row, actor = phone.venue_of(code), request.actor
    if verb == "rate":
        form = forms.RateForm(request.POST)
        if not form.is_valid():
            faults(request, form)
        else:
            told(request, lambda: care.rate(actor=actor, venue=row, **form.cleaned_data), "谢谢您的评价。")
    elif verb == "reserve":
        slot = get_object_or_404(row.slots.select_related("venue__union"), pk=_whole(request.POST.get("slot", "")))
        told(request, lambda: slots.reserve(actor=actor, slot=slot), "约好了，来时报姓名。")
    elif verb == "ask":
        ask = forms.TicketForm(request.POST)
        if not ask.is_valid():
            faults(request, ask)
        elif told(request, lambda: care.ticket_open(actor=_worker(actor), venue=row, **ask.cleaned_data), "已收到，办好会通知您。"):
            return common.go("venues:m-mine")
    else:
        raise NotFound()
    return common.go("venues:m-venue", code)


def _worker(actor: Any) -> Any:
    """The person at the phone, also when the same person is an officer elsewhere."""
    from dataclasses import replace

    return replace(actor, is_officer=False) if actor.is_officer else actor


def _whole(text: str) -> int:
    """A number, or 404."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise NotFound()
    return int(text)


@worker
@require_GET
def mine(request: Request) -> HttpResponse:
    """My places, my books, my requests (我的借阅和预约)."""
    person = care.me(request.actor)
    loans = phone.loans(person)
    context = {
        "places": phone.reservations(person), "held": loans.filter(ended_on=None).order_by("due_on"), "page": page_of(request, loans.exclude(ended_on=None)),
        "tickets": phone.tickets(person)[:10], "today": clock.today(), "service": TicketKind.SERVICE,
    }  # fmt: skip
    return render(request, "venues/mobile/mine.html", context)


@worker
@require_http_methods(["POST"])
def loan_renew(request: Request, pk: int) -> HttpResponse:
    """Keep a book longer (续借)."""
    row = phone.loan_of(care.me(request.actor), pk)
    told(request, lambda: library.renew(actor=request.actor, loan=row), "已续借。")
    return common.go("venues:m-mine")


@worker
@require_http_methods(["POST"])
def place_cancel(request: Request, pk: int) -> HttpResponse:
    """Give a place back (取消预约)."""
    row = phone.reservation_of(care.me(request.actor), pk)
    told(request, lambda: slots.cancel(actor=request.actor, reservation=row), "已取消，名额让给别人。")
    return common.go("venues:m-mine")
