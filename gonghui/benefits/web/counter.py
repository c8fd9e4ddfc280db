"""Pages without an account: the merchant's counter, the hospital's desk (商家核销页、医院登记页). They show no person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.accounts import throttle
from gonghui.accounts.limits import Limit
from gonghui.benefits.enums import ClaimState, MerchantState
from gonghui.benefits.models import Merchant
from gonghui.benefits.rules import codes
from gonghui.benefits.selectors import common as values
from gonghui.benefits.selectors import fees as fee_reads
from gonghui.benefits.selectors import offers as reads
from gonghui.benefits.services import claims, fees
from gonghui.core import clock, money
from gonghui.core.access import public
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, render, told, whole_number

WRONG = Limit("benefits.counter", 30, timedelta(minutes=10))
"""Codes that were refused at one counter: nobody tries them out."""
COOKIE = "gonghui_counter"
KEPT = timedelta(hours=12)


def _stay(request: Request, response: HttpResponse, token: str) -> HttpResponse:
    """The counter's phone is remembered for the day, so that scanning a member's QR opens the code at this counter."""
    age = int(KEPT.total_seconds())
    response.set_signed_cookie(
        COOKIE, token, salt=COOKIE, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure(), path="/b/"
    )
    return response


@public
@require_http_methods(["GET", "POST"])
def counter(request: Request, token: str) -> HttpResponse:
    """Look a code up, use it, take the last use back (核销). Every answer says the offer and the state, never whose code it is."""
    merchant = reads.merchant_at(token)
    text, status, reason = (request.POST if request.method == "POST" else request.GET).get("code", "")[:300], 200, ""
    found = None
    if request.method == "POST" and request.POST.get("act") == "undo":
        return _undo(request, merchant, token)
    if text and request.method == "POST" and request.POST.get("act") == "use":
        throttle.spend(WRONG, f"{merchant.pk}")
        try:
            used = claims.code_use(merchant=merchant, text=text)
            throttle.refund(WRONG, f"{merchant.pk}")
            messages.success(request, f"核销好了：{used.offer.title}，收会员 {money.yuan(used.offer.price_fen)} 元。")
            return _stay(request, HttpResponseRedirect(reverse("benefits:counter", args=[token])), token)
        except Refusal as refusal:
            claims.code_failed(merchant=merchant, text=text, refusal=refusal)
            reason, status = refusal.message, 422
    elif text:
        throttle.spend(WRONG, f"{merchant.pk}")
        found = claims.look(merchant, text)
        reason = claims.why_not(found) if found is not None else "没有这张券，或者不是本店的券。请核对 12 位券码。"
        if found is not None:
            throttle.refund(WRONG, f"{merchant.pk}")
    recent = list(
        merchant.tries.filter(outcome="used", at__gte=clock.now() - timedelta(hours=12))
        .select_related("claim__offer__union")
        .order_by("-at")[:8]
    )
    context = {
        "merchant": merchant, "found": found, "reason": reason, "code": codes.typed(text) if text else "", "shown": codes.shown(codes.typed(text)) if text else "",
        "recent": [(r, _may_undo(r.claim)) for r in recent], "active": merchant.state == MerchantState.ACTIVE, "minutes": values.number("benefits.undo_minutes", merchant.union), "token": token,
    }  # fmt: skip
    return _stay(request, render(request, "benefits/public/counter.html", context, status=status), token)


def _may_undo(claim: Any) -> bool:
    until = claims.undo_until(claim)
    return claim.state == ClaimState.USED and until is not None and clock.now() <= until


def _undo(request: Request, merchant: Merchant, token: str) -> HttpResponse:
    """The wrong one was used (撤回)."""
    row = (
        merchant.tries.filter(claim=whole_number(request.POST.get("claim")) or 0, outcome="used")
        .select_related("claim__offer__merchant", "claim__offer__union")
        .first()
    )
    if row is None or row.claim is None:
        raise NotFound()
    claim = row.claim
    told(request, lambda: claims.code_undo(merchant=merchant, claim=claim, reason="商家撤回"), "已撤回，这张券又能用了。")
    return HttpResponseRedirect(reverse("benefits:counter", args=[token]))


@public
@require_GET
def code(request: Request, code: str) -> HttpResponse:
    """Where a member's QR leads: at a counter to the code, elsewhere to a page that says what it is. It tells nothing about the code."""
    token = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=int(KEPT.total_seconds()))
    if token:
        return HttpResponseRedirect(reverse("benefits:counter", args=[token]) + f"?code={codes.typed(code)}")
    return render(request, "benefits/public/code.html", {})


@public
@require_http_methods(["GET", "POST"])
def hospital_desk(request: Request, token: str) -> HttpResponse:
    """Put a visit down by pass number, take one of today back (就诊登记)."""
    hospital = fee_reads.hospital_at(token)
    text, status, reason = (request.POST if request.method == "POST" else request.GET).get("code", "")[:300], 200, ""
    found: Any = None
    if request.method == "POST" and request.POST.get("act") == "undo":
        row = fee_reads.use_at(hospital, whole_number(request.POST.get("use")) or 0)
        told(request, lambda: fees.use_reverse(hospital=hospital, use=row, reason="医院撤回"), "已撤回，次数退给会员。")
        return HttpResponseRedirect(reverse("benefits:hospital-desk", args=[token]))
    if text:
        throttle.spend(WRONG, f"h{hospital.pk}")
        found = fees.look(hospital, text)
        if found is None:
            reason = "没有这个凭证号。请核对 12 位凭证号。"
        else:
            throttle.refund(WRONG, f"h{hospital.pk}")
    if found is not None and request.method == "POST" and request.POST.get("act") == "use":
        try:
            made = fees.use_record(hospital=hospital, text=text, level=request.POST.get("level", "")[:10])
            messages.success(request, f"登记好了：{made.get_level_display()}，工会代付 {money.yuan(made.fee_fen)} 元，不再向会员收这笔。")
            return HttpResponseRedirect(reverse("benefits:hospital-desk", args=[token]))
        except Refusal as refusal:
            reason, status = refusal.message, 422
    context = {
        "hospital": hospital, "found": found, "reason": reason, "code": codes.typed(text) if text else "", "shown": codes.shown(codes.typed(text)) if text else "",
        "rates": found.scheme.rates.all() if found is not None else [], "today": fee_reads.today_at(hospital), "token": token,
    }  # fmt: skip
    return render(request, "benefits/public/hospital.html", context, status=status)
