"""Ledger, trial balance, statements, periods (账簿、报表、结账)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound
from gonghui.core.forms import MoneyField
from gonghui.core.http import XLSX, Request, download, page_of, render, told
from gonghui.files.export import Column, export_table
from gonghui.finance import forms, hooks, services
from gonghui.finance.enums import AccountClass, PeriodState, Perm, VoucherState
from gonghui.finance.exports import sheet_rows, statement_book
from gonghui.finance.models import Book, Period, Voucher
from gonghui.finance.rules import chart, transition
from gonghui.finance.rules.charts import charts
from gonghui.finance.selectors import accounts as account_reads
from gonghui.finance.selectors import books as reads
from gonghui.finance.selectors import ledger as sums
from gonghui.finance.selectors import notes as noted
from gonghui.finance.selectors import statements as st
from gonghui.finance.web import common
from gonghui.policy import services as policy


@officer(Perm.BOOK_VIEW)
@require_GET
def trial(request: Request, pk: int) -> HttpResponse:
    """Trial balance (科目余额表): page, print, xlsx."""
    book = reads.book_get(actor=request.actor, pk=pk)
    day = common.month_asked(request, book)
    rows = sums.trial_balance(book, day)
    if request.GET.get("format") == "xlsx":
        request.actor.require(Perm.BOOK_EXPORT, book.union)
        columns: list[Column | str] = [
            "科目",
            "名称",
            *(Column(n, "money") for n in ("期初借方", "期初贷方", "本年借方", "本年贷方", "期末借方", "期末贷方")),
        ]
        body = [
            (
                r.account.code,
                chart(day).name(r.account.code),
                r.opening_debit,
                r.opening_credit,
                r.debit,
                r.credit,
                r.closing_debit,
                r.closing_credit,
            )
            for r in rows
        ]
        title = f"{book}科目余额表（截至 {day}）"
        return download(export_table(columns, body, title=title, actor=request.actor), f"{title}.xlsx", XLSX)
    names = ("opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit")
    context = {
        **common.book_context(request, book, "trial"), "rows": [(r, chart(day).name(r.account.code)) for r in rows], "day": day,
        "totals": {n: sum(getattr(r, n) for r in rows) for n in names}, "months": common.months(book), "trail": common.trail(book, ("科目余额表", "")),
        "table": chart(day), "at": clock.now(),
    }  # fmt: skip
    return render(request, "finance/print/trial.html" if request.GET.get("print") else "finance/console/trial.html", context)


@officer(Perm.BOOK_VIEW)
@require_GET
def ledger(request: Request, pk: int) -> HttpResponse:
    """The ledger of one account (明细账)."""
    book = reads.book_get(actor=request.actor, pk=pk)
    choices = forms.account_choices(clock.today(), book.level)[1:]
    heads = [("", "选科目"), *forms.account_heads(clock.today(), book.level), *choices]
    form = forms.LedgerFilter(request.GET or None, accounts=heads)
    data = form.cleaned_data if form.is_valid() else {}
    account = data.get("account") or "102"
    until = data.get("until") or clock.today()
    since = max(data.get("since") or date(until.year, 1, 1), book.since)
    if not form.errors:  # the conditions show what the page shows
        form = forms.LedgerFilter({"account": account, "since": since, "until": until}, accounts=heads)
    rows = account_reads.postings(book, account, since, until)
    page = page_of(request, rows, size=50)
    known = chart(until).accounts.get(account)
    credit_side = known is not None and known.credit_side
    start = account_reads.opening(book, account, since)
    before = rows[: page.start_index() - 1] if page.number > 1 else []
    carried = account_reads.running(before, start, credit_side=credit_side)[-1].balance if before else start
    total = rows.order_by().aggregate(d=Sum("debit_fen"), c=Sum("credit_fen"))
    context = {
        **common.book_context(request, book, "ledger"), "form": form, "page": page, "account": account, "name": chart(until).name(account), "since": since,
        "until": until, "carried": carried, "lines": account_reads.running(page, carried, credit_side=credit_side), "total": total,
        "closing": start + (-1 if credit_side else 1) * ((total["d"] or 0) - (total["c"] or 0)), "trail": common.trail(book, ("明细账", "")), "at": clock.now(),
    }  # fmt: skip
    paper, file = request.GET.get("print"), request.GET.get("format") == "xlsx"
    if paper or file:
        common.whole(page.paginator.count, "缩短日期范围")
    if file:
        return _ledger_file(
            request, book, f"{account} {context['name']}", account_reads.running(rows, start, credit_side=credit_side), start
        )
    if paper:
        context["lines"] = account_reads.running(rows, start, credit_side=credit_side)
        context["carried"] = start
        return render(request, "finance/print/ledger.html", context)
    return render(request, "finance/console/ledger.html", context)


def _ledger_file(request: Request, book: Book, name: str, lines: list[account_reads.Entry], start: int) -> HttpResponse:
    """The ledger of an account as a workbook (导出明细账)."""
    request.actor.require(Perm.BOOK_EXPORT, book.union)
    columns: list[Column | str] = [
        "日期",
        "凭证号",
        Column("摘要", width=36),
        "往来",
        "项目",
        *(Column(n, "money") for n in ("借方", "贷方", "余额")),
    ]
    body: list[tuple[Any, ...]] = [("", "", "承前余额", "", "", "", "", start)]
    for e in lines:
        p = e.posting
        body.append(
            (
                p.on,
                p.voucher.number or "",
                p.words or p.voucher.words,
                p.detail,
                p.project,
                p.debit_fen or "",
                p.credit_fen or "",
                e.balance,
            )
        )
    title = f"{book}明细账（{name}）"
    return download(export_table(columns, body, title=title, actor=request.actor), f"{title}.xlsx", XLSX)


@officer(Perm.BOOK_VIEW)
@require_GET
def statements(request: Request, pk: int) -> HttpResponse:
    """资产负债表, 收入支出表 and notes: page, print, xlsx."""
    book = reads.book_get(actor=request.actor, pk=pk)
    day = common.month_asked(request, book)
    sheet, income = st.balance_sheet(book, day), st.income_statement(book, day)
    return _statements(request, str(book), day, sheet, income, book=book)


@officer(Perm.BOOK_VIEW)
@require_GET
def summary(request: Request) -> HttpResponse:
    """Both statements of all books below me (合并报表)."""
    day, rows = common.month_asked(request), reads.books(request.actor)
    sheet, income = st.consolidated(rows, day)
    return _statements(request, f"{rows.count()} 个工会合计", day, sheet, income, book=None)


@officer(Perm.BOOK_VIEW)
@require_GET
def shares(request: Request, code: str) -> HttpResponse:
    """Which union a total of the consolidated statements comes from (合计的构成): each leads on to its ledger."""
    day, rows = common.month_asked(request), reads.books(request.actor)
    account = chart(day).accounts.get(code)
    if account is None:
        raise NotFound()
    found = noted.shares(rows, code, day)
    total, name = sum(fen for _b, fen in found), f"{code} {chart(day).name(code)}"
    if request.GET.get("format") == "xlsx":
        request.actor.require(Perm.BOOK_EXPORT)
        columns: list[Column | str] = [Column("工会", width=36), Column("金额", "money")]
        title = f"{name}各工会构成（{day:%Y年%m月}）"
        return download(
            export_table(columns, [(b.union.name, fen) for b, fen in found], title=title, actor=request.actor), f"{title}.xlsx", XLSX
        )
    since = date(day.year, 1, 1) if account.cls in {AccountClass.INCOME, AccountClass.EXPENSE} else chart(day).since
    context = {
        "page": page_of(request, found), "total": total, "name": name, "code": code, "day": day, "since": since, "may_export": request.actor.may(Perm.BOOK_EXPORT),
        "trail": common.trail(None, ("合并报表", f"{reverse('finance:summary')}?month={day:%Y%m}"), (name, "")), "months": common.months(None),
    }  # fmt: skip
    return render(request, "finance/console/shares.html", context)


def _statements(request: Request, name: str, day: date, sheet: st.Sheet, income: st.Income, *, book: Book | None) -> HttpResponse:
    if request.GET.get("format") == "xlsx":
        request.actor.require(Perm.BOOK_EXPORT, book.union if book is not None else None)
        title = f"{name}会计报表（{day:%Y年%m月}）"
        made = statement_book(sheet, income, title, request.actor, said=_notes(book, day), notes=noted.notes(book, day) if book else None)
        return download(made, f"{title}.xlsx", XLSX)
    context: dict[str, Any] = {
        "name": name, "day": day, "sheet": sheet, "income": income, "pairs": sheet_rows(sheet), "table": chart(day), "book": book, "at": clock.now(),
        "months": common.months(book), "trail": common.trail(book, ("会计报表", "")) if book else common.trail(None, ("合并报表", "")), "notes": _notes(book, day), "tables": noted.notes(book, day) if book else None, "signers": policy.value("finance.statement_signers", on=day).value,
        "flows": _flow_pairs(income), "may_export": request.actor.may(Perm.BOOK_EXPORT),
    }  # fmt: skip
    if book is not None:
        context |= common.book_context(request, book, "statements")
    return render(request, "finance/print/statements.html" if request.GET.get("print") else "finance/console/statements.html", context)


def _flow_pairs(income: st.Income) -> list[tuple[str, list[st.Flow], int, int]]:
    return [
        ("收入", income.income, income.income_month, income.income_year),
        ("支出", income.expense, income.expense_month, income.expense_year),
    ]


def _notes(book: Book | None, day: date) -> list[str]:
    """Notes to the statements (附注): which rules, which facts stand behind the figures."""
    notes = [f"执行{chart(day).label}。", "以收付实现制为基础；金额单位为元，取自已记账凭证。"]
    if book is None:
        return [*notes, "各工会之间的补助、上解没有抵销，按各账套报表逐行相加。"]
    return notes


@officer(Perm.BOOK_VIEW)
@require_GET
def periods(request: Request, pk: int) -> HttpResponse:
    """Months and their closing (结账)."""
    book = reads.book_get(actor=request.actor, pk=pk)
    known = {p.month: p for p in Period.objects.filter(book=book)}
    rows = [
        (m, known.get(m), f"{m // 100}年{m % 100}月") for m in common.months(book, back=36) if m in known or m // 100 == clock.today().year
    ]
    year, waiting = clock.today().year, _waiting(book)
    shut = [m for m, p, _label in rows if p is not None and p.state == PeriodState.CLOSED]
    following = min((m for m, _p, _label in rows if not shut or m > max(shut)), default=0)
    closings = {v.on.year: v for v in Voucher.objects.filter(book=book, event="year_close").exclude(state=VoucherState.DROPPED)}
    context = {
        **common.book_context(request, book, "periods"), "rows": [(*r, waiting.get(r[0], 0)) for r in rows], "following": following, "latest": max(shut, default=0),
        "years": [(y, closings.get(y)) for y in (year, year - 1) if y >= book.since.year and (y < year or clock.today().month == 12 or y in closings)],
        "reminders": hooks.before_closing(book, following) if following else [],
        "may_reopen": request.actor.may(Perm.PERIOD_REOPEN, book.union), "note": forms.NoteForm(), "trail": common.trail(book, ("结账", "")),
        "transition": book.since < transition.day(), "transition_form": _transition_form(),
    }  # fmt: skip
    return render(request, "finance/console/periods.html", context)


def _waiting(book: Book) -> dict[int, int]:
    found: dict[int, int] = {}
    for day in Voucher.objects.filter(book=book, state__in=["draft", "checked"]).values_list("on", flat=True):
        found[day.year * 100 + day.month] = found.get(day.year * 100 + day.month, 0) + 1
    return found


def _month(request: Request) -> int:
    text = request.POST.get("month", "")
    if not (text.isascii() and text.isdigit() and len(text) == 6):
        raise BadInput("finance.month", "请选择月份。")
    return int(text)


@officer(Perm.BOOK_VIEW)
@require_POST
def period_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Close, reopen, year end, change of charts (结账、反结账、年终结转、新旧衔接)."""
    book = reads.book_get(actor=request.actor, pk=pk)
    actor = request.actor
    acts: dict[str, tuple[Any, str]] = {
        "close": (lambda: services.period_close(actor=actor, book=book, month=_month(request)), "已结账，本月凭证和余额已封存。"),
        "reopen": (lambda: services.period_reopen(actor=actor, book=book, month=_month(request), reason=request.POST.get("note", "")), "已反结账，原因已记入审计。"),
        "year": (lambda: services.year_close(actor=actor, book=book, year=_year(request)), "年终结转凭证已制单，等审核和记账。"),
        "transition": (lambda: _transition(request, book), "新旧衔接凭证已制单，等审核和记账。"),
    }  # fmt: skip
    if verb not in acts:
        raise NotFound()
    told(request, *acts[verb])
    return HttpResponseRedirect(reverse("finance:periods", args=[book.pk]))


def _year(request: Request) -> int:
    text = request.POST.get("year", "")
    if not (text.isascii() and text.isdigit() and len(text) == 4 and charts()[0].since.year <= int(text) <= 2099):
        raise BadInput("finance.year", "请选择年份。")
    return int(text)


def _transition_form(data: Any = None) -> forms.TransitionForm:
    """Every fact of the transition table that the form does not ask yet is asked by its label."""
    form = forms.TransitionForm(data)
    for name, need in transition.table()["needs"].items():
        form.fields.setdefault(name, MoneyField(label=f"{need['label']}（元）", least=0, required=False))
    form.order_fields(list(transition.table()["needs"]))
    return form


def _transition(request: Request, book: Book) -> Voucher:
    form = _transition_form(request.POST)
    if not form.is_valid():
        raise BadInput("finance.transition_form", "金额填得不对，请写成 1234.50 这样，单位元。")
    return services.transition_draft(actor=request.actor, book=book, facts={k: v or 0 for k, v in form.cleaned_data.items()})
