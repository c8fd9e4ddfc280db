"""The door and the desk (到场核销、申诉、限约、单次预约)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.booking import forms
from gonghui.booking.enums import AppealState, BookingState, Perm, ScanOutcome
from gonghui.booking.models import Booking, Session
from gonghui.booking.selectors import desk
from gonghui.booking.services import bars, checkin, feedback, lives, tickets
from gonghui.booking.web import common
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput
from gonghui.core.http import Request, page_of, render, tabs_of, told


@officer(Perm.CHECK_IN)
@require_GET
def checkins(request: Request) -> HttpResponse:
    """Sessions of these days (到场核销)."""
    context = {"rows": list(desk.today_sessions(request.actor)[:60]), "trail": common.trail(("到场核销", ""))}
    return render(request, "booking/console/checkins.html", context)


@officer(Perm.CHECK_IN)
@require_http_methods(["GET", "POST"])
def door(request: Request, pk: int) -> HttpResponse:
    """Scan or type; works on without a network, the list is sent later (核销)."""
    session = desk.session_get(actor=request.actor, pk=pk, perm=Perm.CHECK_IN)
    result = None
    if request.method == "POST":
        code = _code(session, request.POST.get("code", "").strip())
        serial = request.POST.get("serial") or uuid4().hex
        result = checkin.scan(actor=request.actor, session=session, code=code, device=_device(request), serial=serial[:40])
    context = {
        "session": session, "item": session.item, "result": result, "counts": desk.checkin_counts(session), "scans": desk.scans(session)[:12],
        "key": tickets.public_key(), "serial": uuid4().hex, "trail": common.trail(("到场核销", reverse("booking:checkins")), (session.label, "")),
        "good": result is not None and result.outcome == ScanOutcome.USED, "bad": desk.scans_bad(session),
    }  # fmt: skip
    return render(request, "booking/console/checkin.html", context, fragment="booking/console/_checkin.html")


def _device(request: Request) -> str:
    return (request.POST.get("device") or request.actor.ref)[:40]


def _code(session: Session, text: str) -> str:
    """What was scanned, or the ticket behind a number that was read out (报号)."""
    if text.upper().startswith("GY"):
        row = Booking.objects.filter(session=session, code=text.upper().replace(" ", "")).first()
        if row is not None and row.state in (BookingState.TICKETED, BookingState.USED):
            return tickets.code_of(row)
    return text


@officer(Perm.CHECK_IN)
@require_POST
def merge(request: Request, pk: int) -> HttpResponse:
    """The list of a scanner that was offline (合并离线核销), as JSON; sent again it changes nothing."""
    session = desk.session_get(actor=request.actor, pk=pk, perm=Perm.CHECK_IN)
    try:
        asked = json.loads(request.body or b"{}")
        scans = [checkin.Scan(str(s["code"])[:200], str(s["serial"])[:40], _moment(str(s["at"]))) for s in asked["scans"]]
        device = str(asked["device"])[:40]
    except (ValueError, KeyError, TypeError) as fault:
        raise BadInput("booking.bad_list", "离线名单读不出来，请刷新页面后再传一次。") from fault
    rows = checkin.merge(actor=request.actor, session=session, device=device, scans=scans)
    found = [{"serial": r.serial, "outcome": r.outcome, "word": str(r.get_outcome_display())} for r in rows]
    return JsonResponse({"rows": found, "counts": desk.checkin_counts(session)})


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)


# -- one booking -------------------------------------------------------------------------------------------------


@officer(Perm.BOOKING_VIEW)
@require_http_methods(["GET", "POST"])
def booking(request: Request, pk: int) -> HttpResponse:
    """One booking and what may be done with it (一次预约)."""
    row = desk.booking_get(actor=request.actor, pk=pk)
    may = request.actor.may(Perm.BOOKING_MANAGE, row.item.union)
    if request.method == "POST":
        form = forms.ReasonForm(request.POST)
        why = form.cleaned_data["reason"] if form.is_valid() else ""
        if not why:
            told(request, lambda: _fail("请写清楚理由，职工看得到。"), "")
        else:
            told(request, lambda: lives.cancel(actor=request.actor, booking=row, why=why), "已取消，名额按候补次序递补。")
        return HttpResponseRedirect(reverse("booking:booking", args=[pk]))
    context = {
        "row": row, "item": row.item, "session": row.session, "may": may and row.state in ("held", "unpaid", "ticketed"), "reason": forms.ReasonForm(),
        "payments": row.payments.order_by("-pk"), "scans": row.scans.order_by("-received_at")[:10], "bars": row.bars.all(),
        "steps": [{"text": t, "at": at} for t, at in (("预约", row.booked_at), ("出票", row.ticketed_at), ("使用", row.used_at), (row.ended_why or "结束", row.ended_at)) if at],
        "trail": common.trail((row.item.name, reverse("booking:item", args=[row.item_id])), ("预约名单", reverse("booking:bookings", args=[row.item_id])), (row.code, "")),
    }  # fmt: skip
    return render(request, "booking/console/booking.html", context)


def _fail(text: str) -> None:
    raise BadInput("booking.incomplete", text)


# -- appeals and bars --------------------------------------------------------------------------------------------


@officer(Perm.APPEAL_DECIDE)
@require_GET
def appeals(request: Request) -> HttpResponse:
    """Appeals, the nearest due first (预约申诉)."""
    rows = desk.appeals(request.actor)
    state = request.GET.get("state", "open")
    counts = {s: rows.filter(state=s).count() for s in AppealState.values}
    tabs = tabs_of(request, [(s.value, str(s.label), counts[s]) for s in AppealState])
    for tab, value in zip(tabs, AppealState.values, strict=True):
        tab["current"] = value == state
    rows = rows.filter(state=state) if state in AppealState.values else rows
    return render(
        request,
        "booking/console/appeals.html",
        {"page": page_of(request, rows), "tabs": tabs, "state": state, "trail": common.trail(("预约申诉", ""))},
    )


@officer(Perm.APPEAL_DECIDE)
@require_http_methods(["GET", "POST"])
def appeal(request: Request, pk: int) -> HttpResponse:
    """One appeal with what it is about (申诉)."""
    row = desk.appeal_get(actor=request.actor, pk=pk)
    form = forms.DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        upheld = request.POST.get("verdict") == "upheld"
        said = "申诉成立，限约已解除，已告诉职工。" if upheld else "已维持原处理，已告诉职工。"
        if told(
            request,
            lambda: feedback.appeal_decide(actor=request.actor, appeal=row, upheld=upheld, answer=form.cleaned_data["answer"]),
            said,
        ):
            return HttpResponseRedirect(reverse("booking:appeals"))
        return HttpResponseRedirect(reverse("booking:appeal", args=[pk]))
    context = {
        "row": row, "form": form, "scans": row.booking.scans.order_by("-received_at")[:10] if row.booking else [],
        "trail": common.trail(("预约申诉", reverse("booking:appeals")), (f"申诉 {row.pk}", "")),
    }  # fmt: skip
    return render(request, "booking/console/appeal.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.BAR_MANAGE)
@require_GET
def bar_list(request: Request) -> HttpResponse:
    """Who may not book for a while, and why (限约名单)."""
    rows: Any = desk.bars(request.actor)
    live = rows.filter(lifted_at=None, until__gte=clock.today())
    tabs = tabs_of(request, [("", "限约中", live.count()), ("all", "全部", rows.count())])
    shown = rows if request.GET.get("state") == "all" else live
    context = {
        "page": page_of(request, shown),
        "tabs": tabs,
        "today": clock.today(),
        "trail": common.trail(("限约名单", "")),
        "reason": forms.ReasonForm(),
    }
    return render(request, "booking/console/bars.html", context)


@officer(Perm.BAR_MANAGE)
@require_POST
def bar_lift(request: Request, pk: int) -> HttpResponse:
    """Lift a bar (解除限约)."""
    row = desk.bar_get(actor=request.actor, pk=pk)
    form = forms.ReasonForm(request.POST)
    if not form.is_valid():
        told(request, lambda: _fail("请写清楚解除的理由。"), "")
    else:
        told(request, lambda: bars.lift(actor=request.actor, bar=row, why=form.cleaned_data["reason"]), "已解除限约。")
    return HttpResponseRedirect(reverse("booking:bars"))
