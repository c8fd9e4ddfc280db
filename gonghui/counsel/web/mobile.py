"""Phone pages (职工端). The addresses say `care` and a code: they are the same for a lecture and for a session."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import selectors as accounts
from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, attempt, faults, page_of, render, told, whole_number
from gonghui.counsel import forms
from gonghui.counsel.enums import AppointmentState, Topic
from gonghui.counsel.selectors import common
from gonghui.counsel.selectors import phone as reads
from gonghui.counsel.selectors import sessions as officers
from gonghui.counsel.services import booking, desk, risks, sessions
from gonghui.counsel.web.common import unkept

HERE = "counsel/mobile/"


@worker
@require_GET
def home(request: Request) -> HttpResponse:
    """Activities, counsellors, what is mine (关爱)."""
    person = booking.person_of(request.actor)
    q = request.GET.get("q", "")[:20]
    rows = reads.counsellors(request.actor)
    rows = rows.filter(name__icontains=q) if q else rows
    labels = dict(Topic.choices)
    page = page_of(request, rows)
    context = {
        "page": page, "rows": [(c, "、".join(str(labels.get(t, t)) for t in c.topics)) for c in page], "q": q,
        "gatherings": [g for g in reads.gatherings(request.actor) if g.starts_at > clock.now()][:20], "known": bool(common.places(person)),
    }  # fmt: skip
    return unkept(render(request, HERE + "home.html", context))


@worker
@require_http_methods(["GET", "POST"])
def counsellor(request: Request, pk: int) -> HttpResponse:
    """One counsellor with free times; booking under an alias (预约)."""
    booking.person_of(request.actor)
    row, status = reads.counsellor_get(request.actor, pk), 200
    client = common.client_of(request.actor)
    initial = {"alias": client.alias if client else "", "phone_number": _number(request)}
    form = forms.BookForm(request.POST or None, initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = attempt(form, lambda: booking.book(actor=request.actor, **form.cleaned_data))
            if made:
                messages.success(request, "约好了。")
                return redirect("counsel:m-session", code=made.code)
    union = row.union
    used = reads.used_this_year(client) if client else 0
    labels = dict(Topic.choices)
    context = {
        "row": row, "slots": officers.free(row)[:12], "form": form, "used": used, "free": common.number("free_sessions", union),
        "hours": common.number("cancel_hours", union), "keep": common.number("retention_years", union), "need": common.number("danger_people", union),
        "topics": "、".join(str(labels.get(t, t)) for t in row.topics), "picked": whole_number(request.POST.get("slot")),
    }  # fmt: skip
    return unkept(render(request, HERE + "counsellor.html", context, status=status))


def _number(request: Request) -> str:
    """The phone the person signed in with, if it is known here."""
    return accounts.phone_of(request.user)  # type: ignore[arg-type]  # signed in, by the view's declaration


@worker
@require_GET
def mine(request: Request) -> HttpResponse:
    """What I have arranged (我的安排)."""
    booking.person_of(request.actor)
    client = common.client_of(request.actor)
    context = {
        "page": page_of(request, reads.mine(request.actor)), "client": client, "now": clock.now(), "handovers": reads.handovers(client) if client else [],
        "seats": [g for g in reads.gatherings(request.actor) if g.inside], "keep": common.number("retention_years"),
    }  # fmt: skip
    return unkept(render(request, HERE + "mine.html", context))


@worker
@require_POST
def mine_act(request: Request, verb: str) -> HttpResponse:
    """Delete what is mine; answer a handover (删除资料、答复转介)."""
    booking.person_of(request.actor)
    actor = request.actor
    if verb == "erase":
        told(request, lambda: booking.erase(actor=actor), "您在这里的资料已全部删除。")
    elif verb in ("agree", "refuse"):
        pk, records = whole_number(request.POST.get("pk")) or 0, request.POST.get("records") == "1"
        told(request, lambda: sessions.handover_answer(actor=actor, handover=pk, agree=verb == "agree", with_records=records), "已答复。")
    else:
        raise NotFound()
    return redirect("counsel:m-mine")


@worker
@require_GET
def session(request: Request, code: str) -> HttpResponse:
    """One of my sessions (一次安排)."""
    return _session(request, code)


def _session(request: Request, code: str, status: int = 200, **more: Any) -> HttpResponse:
    booking.person_of(request.actor)
    row, now = reads.mine_get(request.actor, code), clock.now()
    ahead = row.state == AppointmentState.BOOKED and row.slot.starts_at > now
    context = {
        "row": row, "ahead": ahead, "letters": reads.letters(row), "slots": officers.free(row.counsellor)[:12] if ahead else [], "risks": reads.risks(row),
        "may_rate": row.state == AppointmentState.HELD and not row.rated and reads.rating_open(row.slot.starts_at, row.counsellor.union), "hours": common.number("cancel_hours", row.counsellor.union),
        "letter": forms.LetterForm(), "rate": forms.RateForm(), **more,
    }  # fmt: skip
    return unkept(render(request, HERE + "session.html", context, status=status))


@worker
@require_POST
def session_act(request: Request, code: str, verb: str) -> HttpResponse:
    """Cancel, move, write, rate, consent (取消、改期、留言、评价、同意)."""
    booking.person_of(request.actor)
    actor, row = request.actor, reads.mine_get(request.actor, code)
    if verb == "cancel":
        told(request, lambda: booking.cancel(actor=actor, row=row), "已取消，可以再约别的时间。")
    elif verb == "move":
        told(request, lambda: booking.move(actor=actor, row=row, slot=whole_number(request.POST.get("slot")) or 0), "已改期。")
    elif verb == "consent":
        risk = reads.risks(row).first()
        if risk is None:
            raise NotFound()
        told(request, lambda: risks.consent(actor=actor, risk=risk), "已同意，咨询师会联系您。")
    elif verb == "letter":
        letter = forms.LetterForm(request.POST)
        if not letter.is_valid():
            return _session(request, code, 422, letter=letter)
        told(request, lambda: booking.letter_send(actor=actor, row=row, text=letter.cleaned_data["text"]), "已加密送出。")
    elif verb == "rate":
        rate = forms.RateForm(request.POST)
        if not rate.is_valid():
            faults(request, rate)
        else:
            told(request, lambda: booking.rate(actor=actor, row=row, **rate.cleaned_data), "谢谢，评价已匿名计入。")
    else:
        raise NotFound()
    return redirect("counsel:m-session", code=code)


@worker
@require_http_methods(["GET", "POST"])
def gathering(request: Request, pk: int) -> HttpResponse:
    """One activity: sign up, leave, rate (活动)."""
    booking.person_of(request.actor)
    row, actor = reads.gathering_get(request.actor, pk), request.actor
    verb = request.POST.get("verb")
    if request.method == "POST":
        if verb == "join":
            told(request, lambda: desk.seat_take(actor=actor, gathering=row), "已报名，工会只看到人数。")
        elif verb == "leave":
            told(request, lambda: desk.seat_leave(actor=actor, gathering=row), "已退出。")
        elif verb == "rate":
            rate = forms.RateForm(request.POST)
            if not rate.is_valid():
                faults(request, rate)
            else:
                told(request, lambda: desk.gathering_rate(actor=actor, gathering=row, **rate.cleaned_data), "谢谢，评价已匿名计入。")
        else:
            raise NotFound()
        return redirect("counsel:m-gathering", pk=pk)
    return render(
        request,
        HERE + "gathering.html",
        {
            "row": row,
            "over": row.starts_at <= clock.now(),
            "may_rate": reads.rating_open(row.starts_at, row.union),
            "rate": forms.RateForm(),
        },
    )
