"""Books below me, one book, opening and agents (账套)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import XLSX, Request, download, page_of, render, told
from gonghui.files.export import Column, export_table
from gonghui.finance import forms, services
from gonghui.finance.enums import Perm, VoucherState
from gonghui.finance.imports.openings import standing
from gonghui.finance.models import Book
from gonghui.finance.selectors import boards, vouchers
from gonghui.finance.selectors import books as reads
from gonghui.finance.selectors.statements import consolidated
from gonghui.finance.web import common
from gonghui.finance.web.entry import lined
from gonghui.orgs.selectors import unions

MOST_CHOICES = 500


@officer(Perm.BOOK_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Books below me, exceptions first (下级账套)."""
    day, form = common.month_asked(request), forms.BooksFilter(request.GET or None)
    rows = reads.books(request.actor)
    if form.is_valid() and form.cleaned_data["q"]:
        rows = rows.filter(union__name__icontains=form.cleaned_data["q"])
    ordered = boards.exceptions_first(rows, day)
    tab = request.GET.get("state", "")
    counts = boards.tab_counts(rows, day)
    if tab in boards.tabs():
        ordered = boards.tab(ordered, tab)
    if request.GET.get("format") == "xlsx":
        return _board_file(request, ordered, day)
    page = page_of(request, ordered)
    sheet, income = consolidated(rows, day)
    context = {
        "page": page, "lines": boards.lines(list(page), day), "form": form, "day": day, "sheet": sheet, "income": income, "total": counts[""],
        "money": sum(i.closing for i in sheet.assets if i.code in {"101", "102"}), "trail": [("工会账务", "")],
        "tabs": [
            {"label": label, "count": counts[key], "current": key == tab, "url": f"?state={key}" if key else "?"}
            for key, label in (("", "全部"), *((k, label) for k, (label, _tone) in boards.tabs().items())) if not key or counts[key] or key == tab
        ],
        "may_open": request.actor.may(Perm.BOOK_OPEN), "may_export": request.actor.may(Perm.BOOK_EXPORT), "own": boards.own_book(request.actor), "chip": form.data.get("q") if form.is_bound else "",
    }  # fmt: skip
    return render(request, "finance/console/books.html", context)


def _board_file(request: Request, rows: Any, day: date) -> HttpResponse:
    """The board as it is filtered now, for further work on the desk (导出)."""
    request.actor.require(Perm.BOOK_EXPORT)
    common.whole(rows.count(), "按名称或情况筛选")
    columns: list[Column | str] = [
        Column("工会", width=36),
        Column("情况", width=28),
        *(Column(n, "money") for n in ("货币资金", "本年收入", "本年支出")),
        "结账",
    ]
    body = [
        (x.book.union.name, "、".join(label for label, _tone in x.marks) or "正常", x.money, x.income, x.expense, x.closed_words)
        for x in boards.lines(list(rows), day)
    ]
    title = f"各工会账套一览（截至 {day}）"
    return download(export_table(columns, body, title=title, actor=request.actor), f"{title}.xlsx", XLSX)


@officer(Perm.BOOK_VIEW)
@require_GET
def book(request: Request, pk: int) -> HttpResponse:
    """One book: its vouchers (凭证列表)."""
    row = reads.book_get(actor=request.actor, pk=pk)
    months = boards.months_of(row)
    form = forms.VoucherFilter(request.GET or None, months=months, level=row.level)
    rows = vouchers.vouchers(row, form.cleaned_data if form.is_valid() else None)
    counts = vouchers.states(rows)
    tab = request.GET.get("state", "")
    rows = rows.filter(state=tab) if tab in VoucherState.values else rows.exclude(state=VoucherState.DROPPED)
    if request.GET.get("format") == "xlsx":
        return _journal_file(request, row, rows)
    page = page_of(request, rows)
    total = sum(n for state, n in counts.items() if state != VoucherState.DROPPED)
    tabs = [("", "全部", total), *((s.value, s.label, counts[s.value]) for s in VoucherState)]
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("state", None)
    context = {
        **common.book_context(request, row, "book"), "page": page, "form": form, "names": vouchers.names(page), "trail": [*common.trail(row)[:-1], (str(row), "")],
        "tabs": [{"label": label, "count": n, "current": key == tab, "url": "?" + "&".join(filter(None, [query.urlencode(), f"state={key}" if key else ""]))} for key, label, n in tabs],
        "filtered": form.is_valid() and any(form.cleaned_data.values()), "summary": boards.summary(row), "has_opening": standing(row) is not None,
    }  # fmt: skip
    return render(request, "finance/console/book.html", context)


def _journal_file(request: Request, book: Book, rows: Any) -> HttpResponse:
    """The vouchers as they are filtered now, line by line in the order of days (序时账)."""
    request.actor.require(Perm.BOOK_EXPORT, book.union)
    common.whole(rows.count(), "按月份筛选")
    columns: list[Column | str] = [
        "日期", "凭证号", Column("摘要", width=32), "科目", Column("科目名称", width=28), Column("借方", "money"), Column("贷方", "money"), "往来", "项目", "状态",
    ]  # fmt: skip
    body = [
        (
            v.on,
            v.number or "",
            x.words or v.words,
            x.account,
            name,
            x.debit or "",
            x.credit or "",
            x.detail,
            x.project,
            v.get_state_display(),
        )
        for v in rows.prefetch_related("postings").order_by("on", "number", "pk")
        for x, name in lined(v.lines, v.on)
    ]
    title = f"{book}序时账"
    return download(export_table(columns, body, title=title, actor=request.actor), f"{title}.xlsx", XLSX)


def _choices(request: Request, *, without: bool = False) -> list[tuple[int, str]]:
    rows = unions.union_visible(request.actor, Perm.BOOK_OPEN).filter(ended_on=None).order_by("depth", "path")
    if without:
        taken = reads.books(request.actor).values("union_id")
        rows = rows.exclude(pk__in=taken)
    wanted = request.GET.get("q", "").strip()
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted))
    return [(u.pk, u.name) for u in rows.only("pk", "name")[:MOST_CHOICES]]


def _union(request: Request, pk: str) -> Any:
    return unions.union_wanted(request.actor, pk, Perm.BOOK_OPEN) if pk else None


@officer(Perm.BOOK_OPEN)
@require_http_methods(["GET", "POST"])
def open_book(request: Request) -> HttpResponse:
    """Open books for a union (建账)."""
    first = clock.today().replace(month=1, day=1)
    form = forms.OpenForm(request.POST or None, initial={"since": first}, unions=_choices(request, without=True), agents=_choices(request))
    ok = request.method == "POST" and form.is_valid()
    if ok:
        data = form.cleaned_data
        made: list[Any] = []
        union, agent = _union(request, data["union"]), _union(request, data["agent"])
        act = lambda: made.append(services.book_open(actor=request.actor, union=union, since=data["since"], agent=agent))  # noqa: E731
        if told(request, act, f"已为{union.name}建账。下一步请录入期初余额。"):
            return HttpResponseRedirect(reverse("finance:book", args=[made[0].pk]))
    context = {"form": form, "trail": common.trail(None, ("建账", ""))}
    return render(request, "finance/console/open.html", context, status=200 if request.method == "GET" else 422)


@officer(Perm.BOOK_OPEN)
@require_http_methods(["GET", "POST"])
def agent(request: Request, pk: int) -> HttpResponse:
    """Who keeps this book (代理记账)."""
    row = reads.book_get(actor=request.actor, pk=pk, perm=Perm.BOOK_OPEN)
    choices = [c for c in _choices(request) if c[0] != row.union_id]
    if row.agent is not None and row.agent_id not in {c[0] for c in choices}:
        choices.insert(0, (row.agent.pk, row.agent.name))
    form = forms.AgentForm(request.POST or None, agents=choices, initial={"agent": row.agent_id})
    if request.method == "POST" and form.is_valid():
        chosen = _union(request, form.cleaned_data["agent"])
        if told(request, lambda: services.book_agent_set(actor=request.actor, book=row, agent=chosen), "记账单位已更新。"):
            return HttpResponseRedirect(reverse("finance:book", args=[row.pk]))
    context = {**common.book_context(request, row, ""), "form": form, "trail": common.trail(row, ("代理记账", ""))}
    return render(request, "finance/console/agent.html", context, status=200 if request.method == "GET" else 422)


@officer(Perm.BOOK_VIEW)
@require_GET
def accounts(request: Request) -> HttpResponse:
    """The account register (工会账户登记, S210): who has a legal-person certificate and an account of its own."""
    board = boards.account_register(request.actor, request.GET.get("state", ""), request.GET.get("q", "").strip())
    page = page_of(request, board.rows)
    context = {
        "page": page, "board": board, "trail": common.trail(None, ("账户登记", "")), "form": forms.BooksFilter(request.GET or None),
        "tabs": [{"label": label, "count": n, "current": key == request.GET.get("state", ""), "url": f"?state={key}" if key else "?"} for key, label, n in board.tabs],
    }  # fmt: skip
    return render(request, "finance/console/accounts.html", context)
