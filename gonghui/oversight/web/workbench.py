"""From totals to papers, and the list of overrides (审计工作台、例外清单)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, page_of, render
from gonghui.files import services as files
from gonghui.finance.selectors import books
from gonghui.oversight import exports, forms
from gonghui.oversight.enums import Perm
from gonghui.oversight.rules import halves
from gonghui.oversight.selectors import overrides as exceptions
from gonghui.oversight.selectors import workbench as reads
from gonghui.oversight.web import common

HERE = "oversight/console/"
NAME = ("审计工作台", "workbench")


@officer(Perm.AUDIT_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Choose a book (选账套)."""
    q = request.GET.get("q", "").strip()[:40]
    rows = books.books(request.actor).filter(request.actor.within(Perm.AUDIT_VIEW, "union"))
    rows = rows.filter(union__name__icontains=q) if q else rows
    context = {"page": page_of(request, rows), "q": q, "trail": common.trail((NAME[0], ""))}
    return render(request, HERE + "workbench.html", context)


def _span(request: Request) -> tuple[date, date]:
    """The span asked for; by default the year of the last half-year that ended."""
    _first, last = halves.span(*halves.last_ended(clock.today()))
    found = []
    for name, default in (("since", date(last.year, 1, 1)), ("until", last)):
        try:
            found.append(date.fromisoformat(request.GET.get(name, "")))
        except ValueError:
            found.append(default)
    since, until = found
    return (since, until) if since <= until else (until, since)


def _book(request: Request, pk: int) -> Any:
    return books.book_get(actor=request.actor, pk=pk)


@officer(Perm.AUDIT_VIEW)
@require_GET
def board(request: Request, pk: int) -> HttpResponse:
    """All totals of a book (总数)."""
    book = _book(request, pk)
    since, until = _span(request)
    crumbs = common.trail(common.home(NAME[1], NAME[0]), (book.union.name, ""))
    whole = reads.board(request.actor, book, since, until)
    groups = [("收入", whole.income, whole.income_fen), ("支出", whole.expense, whole.expense_fen), ("重点", whole.other, None)]
    context = {"book": book, "groups": groups, "since": since, "until": until, "trail": crumbs}
    return render(request, HERE + "board.html", context)


@officer(Perm.AUDIT_VIEW)
@require_GET
def total(request: Request, pk: int, key: str) -> HttpResponse:
    """The vouchers behind a total (凭证清单): they sum to it, or the page says they do not."""
    book = _book(request, pk)
    since, until = _span(request)
    rows = reads.listed(request.actor, book, key, since, until)
    whole = reads.board(request.actor, book, since, until)
    held = next((t for t in [*whole.income, *whole.expense, *whole.other] if t.key == key), None)
    summed = sum(fen for _v, fen in rows)
    back = reverse("oversight:board", args=[pk]) + f"?since={since}&until={until}"
    label = held.label if held is not None else key
    context = {
        "book": book, "label": label, "total": held.fen if held is not None else 0, "summed": summed, "even": held is None or held.fen == summed,
        "page": page_of(request, rows), "since": since, "until": until,
        "trail": common.trail(common.home(NAME[1], NAME[0]), (book.union.name, back), (label, "")),
    }  # fmt: skip
    return render(request, HERE + "total.html", context)


@officer(Perm.AUDIT_VIEW)
@require_GET
def trail(request: Request, pk: int) -> HttpResponse:
    """One voucher with papers, people, plan, rule versions (来龙去脉)."""
    found = reads.trail(request.actor, pk)
    book = found.voucher.book
    crumbs = common.trail(
        common.home(NAME[1], NAME[0]), (book.union.name, reverse("oversight:board", args=[book.pk])), (found.voucher.words, "")
    )
    return render(request, HERE + "trail.html", {"t": found, "book": book, "trail": crumbs})


@officer(Perm.AUDIT_VIEW)
@require_GET
def overrides(request: Request) -> HttpResponse:
    """All overrides of vouchers and plans (例外清单); `?print=1` for the wall of the audit."""
    form = forms.OverrideFilter(request.GET)
    rows = exceptions.rows(request.actor, **common.filters(form))
    printing = request.GET.get("print") == "1"
    context = {
        "form": form, "rows": rows, "page": page_of(request, rows), "total": sum(r.fen for r in rows if r.state == "granted"),
        "may_export": request.actor.may(Perm.OVERRIDE_EXPORT), "trail": common.trail(("全部例外", "")), "today": clock.today(),
    }  # fmt: skip
    return render(request, "oversight/print/overrides.html" if printing else HERE + "overrides.html", context)


@officer(Perm.OVERRIDE_EXPORT)
@require_POST
def overrides_export(request: Request) -> HttpResponse:
    """Ask for the list as xlsx (导出例外清单)."""
    args = {k: v for k, v in request.GET.items() if k in forms.OverrideFilter.base_fields and v}
    count = len(exceptions.rows(request.actor, **exports.asked(args)))
    row = files.export_start(
        request.actor, "oversight.overrides", request.POST.get("purpose", ""), count, org_path=request.actor.home or "", **args
    )
    return redirect("files:export", row.pk)
