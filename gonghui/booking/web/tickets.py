"""My bookings, tickets, paying, rating, appeals, profile on the phone (我的预约)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import throttle
from gonghui.accounts.actor import Actor
from gonghui.booking import forms
from gonghui.booking.enums import LIVE, BookingSource, BookingState, PaymentState, WaitState
from gonghui.booking.models import Booking, Payment
from gonghui.booking.selectors import shop
from gonghui.booking.selectors.standing import standing
from gonghui.booking.services import feedback, granting, lives, payments, profiles, tickets, waiting
from gonghui.booking.web import common
from gonghui.booking.web.mobile import person_of
from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import Request, page_of, render, told, whole_number
from gonghui.people import selectors as people


@worker
@require_GET
def index(request: Request) -> HttpResponse:
    """Mine: live, waiting, drawn, past (我的预约)."""
    person = person_of(request)
    waits = [(w, waiting.reason(w) if w.state == WaitState.WAITING else "") for w in shop.waits(person)]
    context = {
        "live": list(shop.live(person)),
        "waits": waits,
        "entries": list(shop.entries(person)[:20]),
        "page": page_of(request, shop.past(person), size=15),
        "bars": shop.bars(person),
    }
    return render(request, "booking/mobile/tickets.html", context)


@worker
@require_GET
def ticket(request: Request, pk: int) -> HttpResponse:
    """One booking: the ticket with its code, or what is to be done (票)."""
    row = shop.booking_get(person_of(request), pk)
    return _page(request, row)


def _page(request: Request, row: Booking, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    deadline = lives.cancel_deadline(row)
    code = tickets.code_of(row) if row.state == BookingState.TICKETED else ""
    rating = shop.rating_of(row)
    context = {
        "row": row, "item": row.item, "session": row.session, "code": code, "new": request.GET.get("new") == "1", "deadline": deadline, "rating": rating,
        "may_cancel": row.state in LIVE and (row.state != BookingState.TICKETED or clock.now() <= deadline), "refusal": refusal,
        "may_rate": row.state == BookingState.USED and row.item.rated and rating is None, "stars": range(5, 0, -1),
        "gateways": payments.gateways() if row.state == BookingState.UNPAID else [],
        "refund": row.payments.filter(state__in=[PaymentState.REFUND_DUE, PaymentState.REFUNDED]).first(),
        "may_appeal": row.state in (BookingState.NOSHOW, BookingState.UNUSED), "steps": _steps(row),
    }  # fmt: skip
    return render(request, "booking/mobile/ticket.html", context, status=status)


def _steps(row: Booking) -> list[dict[str, object]]:
    """What happened to it (经过)."""
    happened = [
        ("预约", row.booked_at),
        ("出票", row.ticketed_at),
        ("使用", row.used_at),
        (row.ended_why or row.get_state_display(), row.ended_at),
    ]
    return [{"text": text, "at": at} for text, at in happened if at]


@worker
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Confirm, cancel, pay, transfer, rate, appeal (办理)."""
    row = shop.booking_get(person_of(request), pk)
    acts = {
        "confirm": (_confirm, "已确认。"), "cancel": (_cancel, "已取消，名额让给工友。"), "transfer": (_transfer, "已转给工友，票在对方手机上。"),
        "rate": (_rate, "谢谢您的评价。"), "appeal": (_appeal, "已收到申诉，工会按期答复。"),
    }  # fmt: skip
    if verb == "pay":
        payment = payments.start(actor=request.actor, booking=row, gateway=request.POST.get("gateway", ""))
        where = next(g for g in payments.gateways() if g.name == payment.gateway)
        return HttpResponseRedirect(where.page(payment))
    if verb not in acts:
        raise NotFound()
    do, said = acts[verb]
    try:
        do(request, row)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, shop.booking_get(person_of(request), pk), refusal=refusal, status=422)
    common.done(request, said)
    return HttpResponseRedirect(reverse("booking:m-ticket", args=[pk]))


def _confirm(request: Request, row: Booking) -> None:
    lives.confirm(actor=request.actor, booking=row)


def _cancel(request: Request, row: Booking) -> None:
    lives.cancel(actor=request.actor, booking=row)


def _rate(request: Request, row: Booking) -> None:
    stars = request.POST.get("stars", "")
    feedback.rate(actor=request.actor, booking=row, stars=whole_number(stars) or 0, words=request.POST.get("words", ""))


def _appeal(request: Request, row: Booking) -> None:
    feedback.appeal_file(actor=request.actor, booking=row, text=request.POST.get("text", ""))


def _transfer(request: Request, row: Booking) -> None:
    """To a colleague named by phone and name; a wrong pair of the two says no more than that it was not found."""
    throttle.hit("booking.transfer", request.actor.ref, 10, timedelta(hours=1))
    phone, name = request.POST.get("phone", "").strip(), request.POST.get("name", "").strip()
    found = [p for p in people.person_find(phone=phone) if p.name == name] if phone and name else []
    if len(found) != 1 or not shop.path_of(found[0].pk):
        raise BadInput("booking.no_receiver", "没找到这名会员。请核对姓名和手机号，两样都要对。")
    to = standing(found[0].pk, row.session)
    granting.must_be_allowed(to, row.session, late=True)
    ask = granting.ask_of(to, row.session, key=uuid4().hex, source=BookingSource.TRANSFER, ref=request.actor.ref)
    lives.transfer(actor=request.actor, booking=row, to=ask)


@worker
@require_POST
def leave(request: Request, pk: int) -> HttpResponse:
    """Leave the line (退出候补)."""
    row = shop.waits(person_of(request)).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    told(request, lambda: waiting.leave(actor=request.actor, waiting=row), "已退出候补。")
    return HttpResponseRedirect(reverse("booking:m-tickets"))


@worker
@require_http_methods(["GET", "POST"])
def pay(request: Request, reference: str) -> HttpResponse:
    """The demo's cash desk (演示付款): stands where an installation has its own gateway."""
    payment = (
        Payment.objects.filter(reference=reference, gateway="demo", booking__person_id=person_of(request))
        .select_related("booking__item")
        .first()
    )
    if payment is None or "demo" not in {g.name for g in payments.gateways()}:
        raise NotFound()
    if request.method == "POST":
        system = Actor.system("pay")
        kind = "paid" if request.POST.get("kind") == "paid" else "failed"
        event = f"demo-{payment.reference}-{kind}"
        told(
            request,
            lambda: payments.callback(
                actor=system, gateway="demo", event=event, reference=reference, kind=kind, amount_fen=payment.amount_fen
            ),
            "付款成功，已出票。" if kind == "paid" else "没有付款，时限内还可以再付。",
        )
        return HttpResponseRedirect(reverse("booking:m-ticket", args=[payment.booking_id]))
    return render(request, "booking/mobile/pay.html", {"payment": payment, "row": payment.booking, "item": payment.booking.item})


@worker
@require_http_methods(["GET", "POST"])
def appeals(request: Request) -> HttpResponse:
    """My appeals and a new one about a bar (我的申诉)."""
    person = person_of(request)
    bars = list(shop.bars(person))
    if request.method == "POST":
        bar = next((b for b in bars if str(b.pk) == request.POST.get("bar")), None)
        if bar is None:
            raise NotFound()
        told(
            request,
            lambda: feedback.appeal_file(actor=request.actor, bar=bar, text=request.POST.get("text", "")),
            "已收到申诉，工会按期答复。",
        )
        return HttpResponseRedirect(reverse("booking:m-appeals"))
    return render(request, "booking/mobile/appeals.html", {"rows": shop.appeals(person)[:50], "bars": bars})


@worker
@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """My shift and household (我的班次和家庭)."""
    row = shop.profile_of(person_of(request))
    form = forms.ProfileForm(request.POST or None, initial={"shift": row.shift if row else "unknown"})
    if request.method == "POST" and form.is_valid():
        verb, code = request.POST.get("verb", ""), form.cleaned_data["household"]
        household = {"new": "new", "leave": ""}.get(verb, code or None)
        try:
            profiles.profile_set(actor=request.actor, shift=form.cleaned_data["shift"], household_code=household)
            common.done(request, "已保存。")
            return HttpResponseRedirect(reverse("booking:m-profile"))
        except Refusal as refusal:
            form.add_error("household", refusal.message)
    return render(request, "booking/mobile/profile.html", {"form": form, "row": row}, status=422 if request.method == "POST" else 200)
