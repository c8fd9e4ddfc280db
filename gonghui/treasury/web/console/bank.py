"""Pages of bank accounts (银行账户、对账、余额调节表)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, download, faults, numbers, page_of, render, told
from gonghui.files.export import Column, export_table
from gonghui.finance.enums import Perm as Make
from gonghui.finance.selectors import books
from gonghui.treasury import forms
from gonghui.treasury.enums import Perm
from gonghui.treasury.models import BankEntry, Reconciliation, Signatory
from gonghui.treasury.selectors import bank as reads
from gonghui.treasury.services import bank
from gonghui.treasury.web import common

WORDS = {
    "bank_in": "银行已收、本单位未收",
    "bank_out": "银行已付、本单位未付",
    "book_in": "本单位已收、银行未收",
    "book_out": "本单位已付、银行未付",
}


@officer(Perm.BANK_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Accounts in scope (银行账户)."""
    form = forms.AccountFilter(request.GET or None)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    page = page_of(request, reads.account_list(actor=request.actor, q=q))
    ids = [a.pk for a in page]
    unmatched: dict[int, int] = {}
    for account in BankEntry.objects.filter(account__in=ids, matched=False).values_list("account_id", flat=True):
        unmatched[account] = unmatched.get(account, 0) + 1
    last: dict[int, Any] = {}
    for row in Reconciliation.objects.filter(account__in=ids).order_by("on"):
        last[row.account_id] = row
    own, all_ = reads.opened(actor=request.actor)
    context = {
        "page": page,
        "lines": [(a, unmatched.get(a.pk, 0), last.get(a.pk)) for a in page],
        "form": form,
        "own": own,
        "all": all_,
        "trail": common.trail(("银行账户", "")),
    }
    return render(request, "treasury/console/accounts.html", context)


@officer(Perm.BANK_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One account: signatories, both unmatched lists, matched lines (账户与核对)."""
    account = reads.account_get(actor=request.actor, pk=pk)
    matched = page_of(request, reads.entries(account, matched=True).prefetch_related("matches__voucher"))
    context = {
        "account": account, "signatories": Signatory.objects.filter(account=account).order_by("until", "role", "-since"), "sign_form": forms.SignatoryForm(),
        "bank_open": reads.entries(account, matched=False)[:200], "book_open": sorted(reads.book_lines(account).values(), key=lambda s: (s.on, s.key), reverse=True)[:200],
        "page": matched, "may_edit": request.actor.may(Perm.BANK_EDIT, account.union), "day_form": forms.DayForm(initial={"on": clock.today()}),
        "now": reads.adjustment(account, clock.today()), "statements": account.statements.order_by("-at")[:10], "reconciliations": account.reconciliations.select_related("checker")[:12],
        "trail": common.trail(("银行账户", reverse("treasury:accounts")), (account.union.name, "")),
        "book": books.book_of(account.union) if request.actor.may(Make.VOUCHER_MAKE, account.union) else None,
    }  # fmt: skip
    return render(request, "treasury/console/account.html", context)


@officer(Perm.BANK_EDIT)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Match by itself or by hand, sign over a seal, draw up the reconciliation (办理)."""
    account, actor, said = reads.account_get(actor=request.actor, pk=pk), request.actor, request.POST
    if verb == "auto":
        told(request, lambda: _auto(actor, account), "已自动核对，拿不准的留给您看。")
    elif verb == "match":
        entries, vouchers = numbers(said.getlist("entry"))[:100], numbers(said.getlist("voucher"))[:100]
        told(
            request,
            lambda: bank.match_by_hand(actor=actor, account=account, entry_ids=entries, voucher_ids=vouchers, why=said.get("why", "")),
            "已核对。",
        )
    elif verb == "sign":
        form = forms.SignatoryForm(said)
        if form.is_valid():
            told(request, lambda: bank.signatory_set(actor=actor, account=account, **form.cleaned_data), "已登记，原保管人同日交接。")
        else:
            faults(request, form)
    elif verb == "reconcile":
        day = forms.DayForm(said)
        if not day.is_valid():
            faults(request, day)
        elif made := told(
            request,
            lambda: bank.reconciliation_make(actor=actor, account=account, on=day.cleaned_data["on"]),
            "已编制余额调节表，请另一人复核。",
        ):
            return common.go("treasury:reconciliation", made.pk)
    else:
        raise NotFound()
    return common.go("treasury:account", pk)


def _auto(actor: Any, account: Any) -> Any:
    return bank.match_auto(actor=actor, account=account) or None


@officer(Perm.BANK_EDIT)
@require_POST
def unmatch(request: Request, pk: int) -> HttpResponse:
    """Untie a line (取消核对)."""
    entry = BankEntry.objects.filter(request.actor.within(Perm.BANK_EDIT, "account__union"), pk=pk).select_related("account__union").first()
    if entry is None:
        raise NotFound()
    told(request, lambda: bank.match_undo(actor=request.actor, entry=entry), "已取消核对，两边都回到未核对。")
    return common.go("treasury:account", entry.account_id)


@officer(Perm.BANK_VIEW)
@require_GET
def reconciliation(request: Request, pk: int) -> HttpResponse:
    """The reconciliation as page, print and xlsx (银行存款余额调节表)."""
    row = reads.reconciliation_get(actor=request.actor, pk=pk)
    if request.GET.get("xlsx"):
        lines = [(WORDS[k], day, words, fen) for k in WORDS for day, words, fen in row.rows.get(k, [])]
        lines += [("调节后账面余额", "", "", row.adjusted_book_fen), ("调节后银行余额", "", "", row.adjusted_bank_fen)]
        title = f"{row.account.union.name}银行存款余额调节表 {row.on}"
        columns: list[Column | str] = [Column("项目", width=28), "日期", Column("摘要", width=36), Column("金额", "money")]
        return download(export_table(columns, lines, title=title, actor=request.actor), f"{title}.xlsx", XLSX)
    context = {
        "row": row, "parts": [(WORDS[k], row.rows.get(k, []), sum(r[2] for r in row.rows.get(k, []))) for k in WORDS], "may_check": request.actor.may(Perm.PAYMENT_CHECK, row.account.union),
        "trail": common.trail(("银行账户", reverse("treasury:accounts")), (row.account.union.name, reverse("treasury:account", args=[row.account_id])), ("余额调节表", "")),
    }  # fmt: skip
    return render(
        request,
        "treasury/console/reconciliation_print.html" if request.GET.get("print") else "treasury/console/reconciliation.html",
        context,
    )


@officer(Perm.PAYMENT_CHECK)
@require_POST
def reconciliation_check(request: Request, pk: int) -> HttpResponse:
    """Another person looks it over (复核)."""
    row = reads.reconciliation_get(actor=request.actor, pk=pk)
    told(request, lambda: bank.reconciliation_check(actor=request.actor, row=row), "已复核。")
    return common.go("treasury:reconciliation", pk)
