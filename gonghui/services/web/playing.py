"""Phone pages (职工端): activities — look, sign up, leave, fixtures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from gonghui.core.access import worker
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, page_of, render, told
from gonghui.services import forms
from gonghui.services.enums import Division, EntryMode
from gonghui.services.forms import events
from gonghui.services.models import Activity
from gonghui.services.selectors import activities as reads
from gonghui.services.selectors import health
from gonghui.services.services import activities
from gonghui.services.web.common import person_of

HERE = "services/mobile/"


@worker
@require_GET
def home(request: Request) -> HttpResponse:
    """Activities I can join or watch (文体活动)."""
    return render(request, HERE + "activities.html", {"page": page_of(request, reads.for_member(person_of(request)))})


def _form(request: Request, activity: Activity, data: Any = None) -> forms.SignUpForm:
    mine = health.standing(person_of(request))
    divisions = reads.divisions_for(activity, woman=bool(mine and mine.woman))
    return forms.SignUpForm(data, divisions=divisions, team=activity.mode == EntryMode.TEAM)


def _page(request: Request, activity: Activity, form: forms.SignUpForm | None = None, status: int = 200) -> HttpResponse:
    entry = reads.my_entry(person_of(request), activity)
    groups = [
        {
            "label": Division(d).label,
            "entries": reads.entries(activity, d),
            "bouts": reads.bouts(activity, d),
            "ranking": reads.ranking(activity, d),
        }
        for d in activity.divisions
    ]
    may = reads.signs_up(activity)
    context = {"activity": activity, "entry": entry, "groups": groups, "form": form or _form(request, activity), "may_sign": may and entry is None, "may_leave": may and entry is not None, "rate": events.RateForm(), "satisfaction": getattr(entry, "satisfaction", None)}  # fmt: skip
    return render(request, HERE + "activity.html", context, status=status)


@worker
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One activity (活动)."""
    return _page(request, reads.member_get(person_of(request), pk))


@worker
@require_POST
def sign_up(request: Request, pk: int) -> HttpResponse:
    """Sign up (报名)."""
    activity = reads.member_get(person_of(request), pk)
    form = _form(request, activity, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            activities.sign_up(
                actor=request.actor, activity=activity, division=data["division"], name=data.get("name", ""), people=data.get("people") or 1
            )
            messages.success(request, "报上名了。")
            return redirect("services:m-activity", pk=pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _page(request, activity, form, 422)


@worker
@require_POST
def leave(request: Request, pk: int) -> HttpResponse:
    """Leave before the draw (退出)."""
    activity = reads.member_get(person_of(request), pk)
    entry = reads.my_entry(person_of(request), activity)
    if entry is None:
        raise NotFound()
    told(request, lambda: activities.entry_withdraw(actor=request.actor, entry=entry), "已退出报名。")
    return redirect("services:m-activity", pk=pk)
