"""Pages of the counsellor (咨询师页面)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, attempt, chips, page_of, render, tabs_of, told, whole_number
from gonghui.counsel import forms
from gonghui.counsel.enums import AppointmentState, Perm
from gonghui.counsel.models import Appointment
from gonghui.counsel.rules import hour_words
from gonghui.counsel.selectors import common
from gonghui.counsel.selectors import sessions as reads
from gonghui.counsel.services import booking, risks, sessions
from gonghui.counsel.web.common import chosen, trail, unkept

HERE = "counsel/console/"
FORMS = {"letter": forms.LetterForm, "record": forms.RecordForm, "risk": forms.RiskForm}


@officer(Perm.SESSION_HOLD)
@require_GET
def desk(request: Request) -> HttpResponse:
    """The own sessions (我的咨询)."""
    me, form = reads.me(request.actor), forms.SessionFilter(request.GET or None)
    tab, asked = request.GET.get("tab", ""), chosen(form)
    rows = reads.appointments(actor=request.actor, tab=tab, q=asked.get("q", ""), topic=asked.get("topic", ""))
    printing = bool(request.GET.get("print"))
    context = {
        "me": me, "form": form, "chips": chips(request, form), "page": page_of(request, rows, size=100 if printing else 20), "asked": any(asked.values()),
        "tabs": tabs_of(request, [(key, label, None) for key, label in reads.TABS], "tab"), "tab": tab, "now": clock.now(),
    }  # fmt: skip
    return render(request, "counsel/print/desk.html" if printing else HERE + "desk.html", context)


@officer(Perm.SESSION_HOLD)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One session, closed: texts open by a button (一次咨询)."""
    return _page(request, reads.appointment_get(actor=request.actor, pk=pk))


def _page(request: Request, row: Any, status: int = 200, **more: Any) -> HttpResponse:
    started = row.slot.starts_at <= clock.now()
    context = {
        "row": row, "started": started, "records": row.written, "letters": row.letters.count(), "looks": row.looks.select_related("user")[:10],
        "risks": row.risks.order_by("-pk"), "slots": [] if started else reads.free(row.counsellor)[:30], "asking": reads.handover_open(row),
        "letter_form": forms.LetterForm(auto_id="l_%s"), "record_form": forms.RecordForm(auto_id="r_%s"), "risk_form": forms.RiskForm(auto_id="k_%s"),
        "hand_form": forms.HandoverForm(takers=_takers(row), auto_id="h_%s"), "takers": bool(_takers(row)), "keep": common.number("retention_years"),
        "trail": trail("desk", (row.code, "")), **more,
    }  # fmt: skip
    return render(request, HERE + "session.html", context, status=status)


def _takers(row: Appointment) -> list[tuple[int, str]]:
    return [(c.pk, f"{c.name}（{c.certificate}）") for c in reads.partners(row.counsellor)]


@officer(Perm.SESSION_HOLD)
@require_POST
def talk(request: Request, pk: int) -> HttpResponse:
    """Open letters and records (打开)."""
    row = reads.appointment_get(actor=request.actor, pk=pk)
    letters, records = sessions.talk_open(actor=request.actor, row=row)
    return unkept(_page(request, row, said=letters, written=records, opened=True))


@officer(Perm.SESSION_HOLD)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """What is done with a session (办理)."""
    row, actor = reads.appointment_get(actor=request.actor, pk=pk), request.actor
    if verb in FORMS or verb == "handover":
        return _fill(request, row, verb)
    acts: dict[str, tuple[Any, str]] = {
        "held": (lambda: sessions.mark(actor=actor, row=row, to=AppointmentState.HELD), "已登记为已咨询。登记错了可以改回。"),
        "missed": (lambda: sessions.mark(actor=actor, row=row, to=AppointmentState.MISSED), "已登记为没有来。登记错了可以改回。"),
        "undo": (lambda: sessions.mark(actor=actor, row=row, to=AppointmentState.BOOKED), "已改回“已约”。"),
        "cancel": (lambda: booking.cancel(actor=actor, row=row), "已取消，来访者会收到不带内容的日程提醒。"),
        "move": (lambda: booking.move(actor=actor, row=row, slot=whole_number(request.POST.get("slot")) or 0), "已改期，来访者会收到不带内容的日程提醒。"),
        "withdraw": (lambda: sessions.handover_withdraw(actor=actor, row=row), "已撤回转介。"),
    }  # fmt: skip
    if verb not in acts:
        raise NotFound()
    told(request, *acts[verb])
    return redirect("counsel:appointment", pk=pk)


def _fill(request: Request, row: Appointment, verb: str) -> HttpResponse:
    """A form of the page: letter, record, flag, handover."""
    actor = request.actor
    form: Any
    if verb == "handover":
        form = forms.HandoverForm(request.POST, takers=_takers(row), auto_id="h_%s")
    else:
        form = FORMS[verb](request.POST, auto_id=f"{'k' if verb == 'risk' else verb[0]}_%s")
    name = "hand_form" if verb == "handover" else f"{verb}_form"
    if not form.is_valid():
        return _page(request, row, 422, **{name: form, "bad": verb})
    data = form.cleaned_data
    acts: dict[str, tuple[Any, str]] = {
        "letter": (lambda: booking.letter_send(actor=actor, row=row, text=data["text"]), "留言已加密送出。"),
        "record": (lambda: sessions.record_write(actor=actor, row=row, text=data["text"]), "会谈记录已加密封存，只有您能打开。"),
        "risk": (lambda: risks.risk_raise(actor=actor, row=row, level=data["level"], why=data["why"]), "已提出危机干预。"),
        "handover": (lambda: sessions.handover_ask(actor=actor, row=row, taker=_taker(row, data["taker"]), why=data["why"]), "已问来访者，等答复。"),
    }  # fmt: skip
    run, said = acts[verb]
    if not attempt(form, run):
        return _page(request, row, 422, **{name: form, "bad": verb})
    messages.success(request, said)
    return redirect("counsel:appointment", pk=row.pk)


def _taker(row: Appointment, pk: int) -> Any:
    found = reads.partners(row.counsellor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


@officer(Perm.SESSION_HOLD)
@require_GET
def hours(request: Request) -> HttpResponse:
    """Weekly times and open slots (接待时间)."""
    return _hours(request)


def _hours(request: Request, status: int = 200, **more: Any) -> HttpResponse:
    me = reads.me_or_404(request.actor)
    context = {
        "me": me, "hours": [(h, hour_words(h.weekday, h.begins, h.ends)) for h in reads.hours(me)], "page": page_of(request, reads.slots(me)),
        "form": forms.HourForm(), "until": forms.UntilForm(auto_id="u_%s"), "minutes": common.number("session_minutes", me.union),
        "trail": trail("desk", ("接待时间", "")), **more,
    }  # fmt: skip
    return render(request, HERE + "hours.html", context, status=status)


@officer(Perm.SESSION_HOLD)
@require_POST
def hours_act(request: Request, verb: str) -> HttpResponse:
    """Add, drop, open, turn (加、删、开放、关闭)."""
    actor, number = request.actor, whole_number(request.POST.get("pk")) or 0
    reads.me_or_404(actor)
    if verb == "add":
        form = forms.HourForm(request.POST)
        if not form.is_valid() or not attempt(form, lambda: sessions.hour_add(actor=actor, **form.cleaned_data)):
            return _hours(request, 422, form=form, bad="add")
        messages.success(request, "接待时间已加上。接着开放时段，来访者才约得到。")
    elif verb == "open":
        until = forms.UntilForm(request.POST, auto_id="u_%s")
        if not until.is_valid():
            return _hours(request, 422, until=until, bad="open")
        n = told(request, lambda: sessions.slots_open(actor=actor, until=until.cleaned_data["until"]) or True, "时段已开放。")
        if n is not None and n is not True:
            messages.info(request, f"新开放 {n} 个时段。")
    elif verb == "drop":
        told(request, lambda: sessions.hour_drop(actor=actor, hour=number), "已删掉这个接待时间，已开放的时段不变。")
    elif verb == "turn":
        told(request, lambda: sessions.slot_turn(actor=actor, slot=number), "已改。")
    else:
        raise NotFound()
    return redirect("counsel:hours")
