"""Pages of the health checks for officers and the desk (体检页面). No page here shows a result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, page_of, render, told
from gonghui.services import forms
from gonghui.services.enums import Perm
from gonghui.services.selectors import health as reads
from gonghui.services.services import health
from gonghui.services.web.common import trail, union_of

HERE = "services/console/"


def _asked(form: BaseForm) -> dict[str, Any]:
    return dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}


@officer(Perm.HEALTH_VIEW)
@require_GET
def plans(request: Request) -> HttpResponse:
    """Plans of the years (体检计划)."""
    form = forms.PlanFilter(request.GET or None)
    asked = _asked(form)
    page = page_of(request, reads.plans(actor=request.actor, **asked))
    context = {"form": form, "page": page, "asked": any(asked.values()), "may_edit": request.actor.may(Perm.HEALTH_EDIT)}
    return render(request, HERE + "plans.html", context)


@officer(Perm.HEALTH_EDIT)
@require_http_methods(["GET", "POST"])
def plan_new(request: Request) -> HttpResponse:
    """Plan a year (制定计划)."""
    union = union_of(request, Perm.HEALTH_EDIT)
    form = forms.PlanForm(request.POST or None, initial={"year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        try:
            row = health.plan_make(actor=request.actor, union=union, **form.cleaned_data)
            messages.success(request, "计划已建好。接着加场次，再开放预约。")
            return redirect("services:plan", pk=row.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "union": union, "heading": "制定体检计划", "trail": trail("plans", ("制定计划", ""))}
    return render(request, HERE + "edit.html", context, status=422 if request.method == "POST" else 200)


def _plan(request: Request, pk: int, form: BaseForm | None = None, status: int = 200) -> HttpResponse:
    plan = reads.plan_get(actor=request.actor, pk=pk)
    context = {
        "plan": plan, "sessions": list(plan.sessions.all()), "totals": reads.totals(request.actor, plan), "form": form or forms.SessionForm(),
        "employers": page_of(request, reads.coverage(request.actor, plan)), "may_edit": request.actor.may(Perm.HEALTH_EDIT, plan.union),
        "may_attend": request.actor.may(Perm.HEALTH_ATTEND, plan.union), "trail": trail("plans", (plan.title, "")), "bad": form is not None,
    }  # fmt: skip
    return render(request, HERE + "plan.html", context, status=status)


@officer(Perm.HEALTH_VIEW)
@require_GET
def plan(request: Request, pk: int) -> HttpResponse:
    """One plan: coverage of each employer, sessions (体检计划和覆盖)."""
    return _plan(request, pk)


@officer(Perm.HEALTH_EDIT)
@require_POST
def session_add(request: Request, pk: int) -> HttpResponse:
    """Add a session (加场次)."""
    row = reads.plan_get(actor=request.actor, pk=pk, perm=Perm.HEALTH_EDIT)
    form = forms.SessionForm(request.POST)
    if form.is_valid():
        try:
            health.session_add(actor=request.actor, plan=row, **form.cleaned_data)
            messages.success(request, "场次已加上。")
            return redirect("services:plan", pk=pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _plan(request, pk, form, 422)


@officer(Perm.HEALTH_EDIT)
@require_POST
def plan_act(request: Request, pk: int) -> HttpResponse:
    """Open or close (开放预约、结束)."""
    row = reads.plan_get(actor=request.actor, pk=pk, perm=Perm.HEALTH_EDIT)
    if request.POST.get("verb") == "open":
        told(request, lambda: health.plan_open(actor=request.actor, plan=row), "已开放，职工可以在手机上预约了。")
    elif request.POST.get("verb") == "close":
        told(request, lambda: health.plan_close(actor=request.actor, plan=row), "计划已结束。")
    return redirect("services:plan", pk=pk)


@officer(Perm.HEALTH_VIEW)
@require_GET
def uncovered(request: Request, pk: int) -> HttpResponse:
    """Who has not come this year (未检名单)."""
    row = reads.plan_get(actor=request.actor, pk=pk)
    form = forms.NameFilter(request.GET or None)
    asked = _asked(form)
    page = page_of(request, reads.uncovered(request.actor, row, **asked))
    context = {
        "plan": row,
        "form": form,
        "page": page,
        "asked": any(asked.values()),
        "trail": trail("plans", (row.title, f"/console/services/health/{row.pk}/"), ("未检名单", "")),
    }
    return render(request, HERE + "uncovered.html", context)


@officer(Perm.HEALTH_VIEW)
@require_GET
def attendance(request: Request) -> HttpResponse:
    """Who came, for the employer's level: attendance and nothing else (到检情况)."""
    form = forms.AttendanceFilter(request.GET or None)
    asked = _asked(form)
    page = page_of(request, reads.attendance(actor=request.actor, **asked))
    return render(
        request,
        HERE + "attendance.html",
        {"form": form, "page": page, "asked": any(asked.values()), "trail": trail("plans", ("到检情况", ""))},
    )


@officer(Perm.HEALTH_ATTEND)
@require_GET
def sessions(request: Request) -> HttpResponse:
    """Sessions for the desk (到检登记)."""
    return render(request, HERE + "sessions.html", {"page": page_of(request, reads.sessions(actor=request.actor)), "now": clock.now()})


@officer(Perm.HEALTH_ATTEND)
@require_GET
def desk(request: Request, pk: int) -> HttpResponse:
    """The desk of one session (到检登记台)."""
    row = reads.session_get(actor=request.actor, pk=pk)
    context = {
        "session": row, "page": page_of(request, reads.visits_of(row), size=50), "may_result": request.actor.may(Perm.HEALTH_RESULT, row.plan.union),
        "ready": row.starts_at.date() <= clock.today(), "trail": trail("sessions", (row.plan.title, "")),
    }  # fmt: skip
    return render(request, HERE + "desk.html", context)


@officer(Perm.HEALTH_ATTEND)
@require_POST
def attend(request: Request, pk: int) -> HttpResponse:
    """Came, or did not (到检、没有来)."""
    row = reads.visit_at_desk(actor=request.actor, pk=pk)
    verb = request.POST.get("verb")
    if verb in ("came", "missed"):
        came = verb == "came"
        said = f"{row.person.name}：{'已到检' if came else '没有来'}。登记错了可以改。"
        told(request, lambda: health.visit_attend(actor=request.actor, visit=row, came=came), said)
    return redirect("services:desk", pk=row.session_id)


@officer(Perm.HEALTH_RESULT)
@require_http_methods(["GET", "POST"])
def result(request: Request, pk: int) -> HttpResponse:
    """Seal the result for the person (封存结果): written here, never shown here."""
    row = reads.visit_at_desk(actor=request.actor, pk=pk, perm=Perm.HEALTH_RESULT)
    form = forms.ResultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            health.result_put(actor=request.actor, visit=row, text=form.cleaned_data["text"])
            messages.success(request, "结果已加密封存，只有本人能打开。")
            return redirect("services:desk", pk=row.session_id)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            form = forms.ResultForm(None) if refusal.status == 409 else form
            messages.error(request, refusal.message)
    context = {
        "form": form,
        "union": row.plan.union,
        "heading": f"封存检查结果：{row.person.name}",
        "trail": trail("sessions", (row.plan.title, "")),
    }
    return render(request, HERE + "edit.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.HEALTH_VIEW)
@require_GET
def care(request: Request) -> HttpResponse:
    """Lectures and handbooks (健康讲座、手册)."""
    return _care(request, None)


def _care(request: Request, form: BaseForm | None, status: int = 200) -> HttpResponse:
    chosen = forms.CareFilter(request.GET or None)
    asked = _asked(chosen)
    page = page_of(request, reads.care_events(actor=request.actor, **asked))
    context = {
        "filter": chosen, "page": page, "form": form or forms.CareForm(initial={"on": clock.today()}, auto_id="care_%s"), "bad": form is not None,
        "may_edit": request.actor.may(Perm.HEALTH_EDIT), "trail": trail("plans", ("讲座、手册", "")), "asked": any(asked.values()),
    }  # fmt: skip
    return render(request, HERE + "care.html", context, status=status)


@officer(Perm.HEALTH_EDIT)
@require_POST
def care_add(request: Request) -> HttpResponse:
    """Put one down (登记)."""
    union, form = union_of(request, Perm.HEALTH_EDIT), forms.CareForm(request.POST, auto_id="care_%s")
    if not form.is_valid():
        return _care(request, form, 422)
    told(request, lambda: health.care_record(actor=request.actor, union=union, **form.cleaned_data), "已登记。")
    return redirect("services:care")
