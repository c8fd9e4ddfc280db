"""The library desk (书屋柜台)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, attempt, page_of, render, tabs_of, told
from gonghui.venues import forms
from gonghui.venues.enums import Perm
from gonghui.venues.selectors import library as reads
from gonghui.venues.selectors import phone, points
from gonghui.venues.services import library
from gonghui.venues.web import common


def _library(request: Request, pk: int, perm: str = Perm.LIBRARY_RUN) -> Any:
    row = points.venue_get(actor=request.actor, pk=pk, perm=perm)
    if row.kind not in library.HOLDS_BOOKS:
        raise NotFound()
    return row


@officer(Perm.LIBRARY_RUN)
@require_http_methods(["GET", "POST"])
def desk(request: Request, pk: int) -> HttpResponse:
    """Lend, take back, overdue (借还)."""
    row, status = _library(request, pk), 200
    form = forms.LendForm(request.POST or None)
    if request.method == "POST":
        status = 422
        if form.is_valid() and attempt(form, lambda: _lend(request, row, form.cleaned_data)):
            return common.go("venues:library", pk)
    overdue = bool(request.GET.get("overdue"))
    loans = reads.lent(row, overdue=overdue, q=request.GET.get("q", "")[:60])
    totals = reads.totals(row)
    context = {
        "row": row, "form": form, "page": page_of(request, loans), "totals": totals, "overdue": overdue,
        "tabs": tabs_of(request, [("", "在借", totals["lent"]), ("on", "超期", totals["overdue"])], name="overdue"),
        "trail": common.trail((row.name, reverse("venues:venue", args=[pk])), ("借还", "")),
    }  # fmt: skip
    return render(request, "venues/console/library.html", context, status=status)


def _lend(request: Request, row: Any, data: dict[str, str]) -> Any:
    person = common.member_of(request.actor, Perm.LIBRARY_RUN, data["person"])
    return library.lend(actor=request.actor, venue=row, number=data["number"], person_id=person)


@officer(Perm.LIBRARY_RUN)
@require_POST
def loan_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Back, lost, renewed (还书、报失、续借)."""
    held = reads.loan_get(actor=request.actor, pk=pk)
    acts = {
        "return": (lambda: library.give_back(actor=request.actor, loan=held), "已还，书回架上。"),
        "lost": (lambda: library.give_back(actor=request.actor, loan=held, lost=True), "已报失，这一册从在架里去掉。"),
        "renew": (lambda: library.renew(actor=request.actor, loan=held), "已续借。"),
    }
    if verb not in acts:
        raise NotFound()
    told(request, *acts[verb])
    return common.go("venues:library", held.copy.book.venue_id)


@officer(Perm.LIBRARY_RUN)
@require_POST
def remind(request: Request, pk: int) -> HttpResponse:
    """Ask overdue books back (催还)."""
    row = _library(request, pk)
    said: list[int] = []
    told(request, lambda: said.append(library.remind(actor=request.actor, rows=reads.lent(row))), "已给超期的人发消息，近期催过的不重复。")
    return common.go("venues:library", pk, tail="?overdue=on")


@officer(Perm.LIBRARY_RUN)
@require_http_methods(["GET", "POST"])
def stock(request: Request, pk: int) -> HttpResponse:
    """A batch of books (图书入库)."""
    row, status = _library(request, pk), 200
    form = forms.StockForm(request.POST or None, initial=forms.today())
    if request.method == "POST":
        status = 422
        if form.is_valid() and attempt(form, lambda: library.stock_in(actor=request.actor, venue=row, **form.cleaned_data)):
            return common.go("venues:books", pk)
    context = {"form": form, "title": "图书入库", "action": "入库并编册号", "back": reverse("venues:books", args=[pk]), "union": row.union,
               "trail": common.trail((row.name, reverse("venues:venue", args=[pk])), ("图书入库", ""))}  # fmt: skip
    return render(request, "venues/console/form.html", context, status=status)


@officer(Perm.VENUE_VIEW)
@require_GET
def books(request: Request, pk: int) -> HttpResponse:
    """The catalogue and the purchases (书目)."""
    row = _library(request, pk, Perm.VENUE_VIEW)
    context = {
        "row": row, "page": page_of(request, phone.books(row, request.GET.get("q", "")[:60])), "totals": reads.totals(row), "purchases": row.purchases.all()[:12],
        "may_run": request.actor.may(Perm.LIBRARY_RUN, row.union), "q": request.GET.get("q", "")[:60],
        "trail": common.trail((row.name, reverse("venues:venue", args=[pk])), ("书目", "")),
    }  # fmt: skip
    return render(request, "venues/console/books.html", context)
