"""Phone pages of those on duty (职工端：我的班次): check in, note for the next shift, report."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, faults, page_of, render, told
from gonghui.orgs.selectors import law
from gonghui.services.forms import events as forms
from gonghui.services.rules import rota
from gonghui.services.selectors import events as reads
from gonghui.services.services import events
from gonghui.services.web.common import person_of

HERE = "services/mobile/"


@worker
@require_GET
def mine(request: Request) -> HttpResponse:
    """My shifts, the next first (我的班次)."""
    rows, now = reads.shifts_of(person_of(request)), clock.now()
    context = {
        "ahead": list(rows.filter(shift__ends_at__gte=now)[:30]), "page": page_of(request, rows.filter(shift__ends_at__lt=now).order_by("-shift__starts_at")),
        "now": now,
    }  # fmt: skip
    return render(request, HERE + "shifts.html", context)


@worker
@require_GET
def shift(request: Request, pk: int) -> HttpResponse:
    """One shift (一个班)."""
    duty, now = reads.shift_mine(person_of(request), pk), clock.now()
    minutes = law.number("services.check_in_minutes", duty.plan.union, clock.today())
    can = duty.checked_in_at is None and rota.may_check_in(duty.shift.starts_at, duty.shift.ends_at, now, timedelta(minutes=minutes))
    context = {
        "duty": duty, "can": can, "minutes": minutes, "before": reads.before(duty), "mine": duty.notes.all(), "over": duty.shift.ends_at < now,
        "note": forms.WordsForm(auto_id="n_%s"), "report": forms.WordsForm(auto_id="r_%s"),
    }  # fmt: skip
    return render(request, HERE + "shift.html", context)


@worker
@require_POST
def shift_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Check in, write, report (签到、交班、上报)."""
    duty, actor = reads.shift_mine(person_of(request), pk), request.actor
    if verb == "check-in":
        told(request, lambda: events.check_in(actor=actor, duty=duty), "已签到。")
    elif verb in ("note", "report"):
        form = forms.WordsForm(request.POST)
        if not form.is_valid():
            faults(request, form)
        elif verb == "note":
            told(request, lambda: events.note_add(actor=actor, duty=duty, words=form.cleaned_data["words"]), "交班记录已写，下一班看得到。")
        else:
            told(request, lambda: events.issue_report(actor=actor, duty=duty, words=form.cleaned_data["words"]), "已上报给负责人。")
    else:
        raise NotFound()
    return redirect("services:m-shift", pk=pk)
