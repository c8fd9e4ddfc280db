"""Opening balances by hand (录入期初余额): one amount for each account, on its usual side; it must balance before it is kept."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gonghui.core.access import officer
from gonghui.core.http import Request, attempt, render
from gonghui.finance import forms, services
from gonghui.finance.enums import Perm, VoucherKind
from gonghui.finance.selectors import books as reads
from gonghui.finance.web import common


@officer(Perm.VOUCHER_MAKE)
@require_http_methods(["GET", "POST"])
def opening(request: Request, pk: int) -> HttpResponse:
    """The balances with which a book begins, as a voucher that another person checks (期初余额)."""
    book = reads.book_get(actor=request.actor, pk=pk, perm=Perm.VOUCHER_MAKE)
    form = forms.OpeningForm(request.POST or None, day=book.since, level=book.level)
    if request.method == "POST" and form.is_valid():
        make = lambda: services.voucher_draft(  # noqa: E731
            actor=request.actor, book=book, on=book.since, words="期初余额", lines=form.lines(), kind=VoucherKind.OPENING
        )
        if made := attempt(form, make):
            messages.success(request, "期初余额已制单，等另一位同事审核、出纳记账后进账。")
            return HttpResponseRedirect(reverse("finance:voucher", args=[made.pk]))
    context = {**common.book_context(request, book, ""), "form": form, "trail": common.trail(book, ("期初余额", ""))}
    return render(request, "finance/console/opening.html", context, status=200 if request.method == "GET" else 422)
