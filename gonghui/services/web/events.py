"""Pages of service plans (重大活动保障页面)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import XLSX, Request, chips, download, faults, page_of, render, told
from gonghui.services import exports
from gonghui.services.enums import Perm
from gonghui.services.forms import events as forms
from gonghui.services.selectors import events as reads
from gonghui.services.services import events
from gonghui.services.web.common import trail, union_of

HERE = "services/console/"


def _asked(form: Any) -> dict[str, Any]:
    return dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}


@officer(Perm.EVENT_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Service plans (保障方案)."""
    form = forms.EventFilter(request.GET or None)
    asked = _asked(form)
    context = {
        "form": form, "chips": chips(request, form), "page": page_of(request, reads.plans(actor=request.actor, **asked)), "asked": any(asked.values()),
        "may_run": request.actor.may(Perm.EVENT_RUN),
    }  # fmt: skip
    return render(request, HERE + "events.html", context)


@officer(Perm.EVENT_RUN)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Set up a plan (制定方案)."""
    union, form = union_of(request, Perm.EVENT_RUN), forms.EventForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = events.plan_make(actor=request.actor, union=union, values=form.cleaned_data)
        messages.success(request, "方案已建好。接着加岗位、班次，再排班。")
        return redirect("services:event", pk=row.pk)
    context = {"form": form, "union": union, "heading": "制定服务保障方案", "trail": trail("events", ("制定方案", ""))}
    return render(request, HERE + "edit.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.EVENT_VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One plan: rota, supplies, care, issues, notes (保障方案)."""
    return _page(request, reads.plan_get(actor=request.actor, pk=pk))


def _page(request: Request, plan: Any, status: int = 200, **more: Any) -> HttpResponse:
    rota = reads.rota(plan)
    shifts, posts = [(s.pk, s.name) for s, _row in rota], [(p.pk, p.name) for p in plan.posts.all()]
    context = {
        "plan": plan, "rota": rota, "totals": reads.totals(plan), "removed": reads.removed(plan), "notes": page_of(request, reads.notes(plan), size=10),
        "may_run": request.actor.may(Perm.EVENT_RUN, plan.union) and plan.state != "done", "may_reopen": request.actor.may(Perm.EVENT_RUN, plan.union),
        "now": clock.now(), "duty_form": forms.DutyForm(shifts=shifts, posts=posts, auto_id="d_%s"), "post_form": forms.PostForm(auto_id="p_%s"),
        "shift_form": forms.ShiftForm(auto_id="s_%s"), "supply_form": forms.SupplyForm(auto_id="g_%s"), "move_form": forms.MoveForm(auto_id="m_%s"),
        "care_form": forms.DutyCareForm(initial={"on": clock.today()}, auto_id="c_%s"), "issue_form": forms.IssueForm(auto_id="i_%s"),
        "end_form": forms.SummaryForm(auto_id="e_%s"), "supplies": plan.supplies.all(), "issues": plan.issues.select_related("reporter"),
        "cares": plan.cares.all(), "trail": trail("events", (plan.title, "")), **more,
    }  # fmt: skip
    return render(request, HERE + "event.html", context, status=status)


@officer(Perm.EVENT_VIEW)
@require_GET
def sheet(request: Request, pk: int) -> HttpResponse:
    """The rota on paper, or the report (打印排班表、总结)."""
    plan = reads.plan_get(actor=request.actor, pk=pk)
    context = {
        "plan": plan, "rota": reads.rota(plan), "posts": list(plan.posts.all()), "totals": reads.totals(plan), "report": request.GET.get("kind") == "report",
        "issues": plan.issues.all(), "supplies": plan.supplies.all(), "cares": plan.cares.all(),
    }  # fmt: skip
    return render(request, "services/print/event.html", context)


@officer(Perm.EVENT_VIEW)
@require_GET
def xlsx(request: Request, pk: int) -> HttpResponse:
    """The rota as xlsx (导出排班表)."""
    name, data = exports.rota(request.actor, {"plan": pk})
    return download(data, name, XLSX)


@officer(Perm.EVENT_RUN)
@require_POST
def fill(request: Request, pk: int, part: str) -> HttpResponse:
    """Add a part: post, shift, duty, goods, care, issue, end (填一块)."""
    plan, actor = reads.plan_get(actor=request.actor, pk=pk, perm=Perm.EVENT_RUN), request.actor
    made = _form(request, plan, part)
    if made is None:
        raise NotFound()
    name, form, act, said = made
    if not form.is_valid():
        return _page(request, plan, 422, **{name: form, "bad": name})
    try:
        act(actor, plan, form.cleaned_data)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.message)
        return _page(request, plan, 422, **{name: form, "bad": name})
    messages.success(request, said)
    return redirect("services:event", pk=pk)


Act = Callable[[Any, Any, dict[str, Any]], Any]


def _form(request: Request, plan: Any, part: str) -> tuple[str, Any, Act, str] | None:
    """The form of a part with what it does."""
    post = request.POST
    if part == "duty":
        shifts, posts = [(s.pk, s.name) for s in plan.shifts.all()], [(p.pk, p.name) for p in plan.posts.all()]
        return "duty_form", forms.DutyForm(post, shifts=shifts, posts=posts, auto_id="d_%s"), _duty, "已排班。"
    table: dict[str, tuple[str, Any, Act, str]] = {
        "post": ("post_form", forms.PostForm(post, auto_id="p_%s"), lambda a, p, d: events.post_add(actor=a, plan=p, **d), "岗位已加上。"),
        "shift": (
            "shift_form",
            forms.ShiftForm(post, auto_id="s_%s"),
            lambda a, p, d: events.shift_add(actor=a, plan=p, **d),
            "班次已加上。",
        ),
        "supply": (
            "supply_form",
            forms.SupplyForm(post, auto_id="g_%s"),
            lambda a, p, d: events.supply_add(actor=a, plan=p, **d),
            "物资已登记。",
        ),
        "care": ("care_form", forms.DutyCareForm(post, auto_id="c_%s"), lambda a, p, d: events.care_add(actor=a, plan=p, **d), "已登记。"),
        "issue": (
            "issue_form",
            forms.IssueForm(post, auto_id="i_%s"),
            lambda a, p, d: events.issue_add(actor=a, plan=p, **d),
            "问题已登记。",
        ),
        "end": (
            "end_form",
            forms.SummaryForm(post, auto_id="e_%s"),
            lambda a, p, d: events.plan_finish(actor=a, plan=p, **d),
            "保障已结束。",
        ),
    }
    return table.get(part)


def _duty(actor: Any, plan: Any, data: dict[str, Any]) -> Any:
    found = reads.people_of(actor, data["who"])
    if len(found) != 1:
        raise BadInput("services.which_member", f"叫“{data['who'][:20]}”的会员有 {len(found)} 位。请写登记的姓名；重名的写会员证号。")
    post, shift = plan.posts.get(pk=data["post"]), plan.shifts.get(pk=data["shift"])
    return events.duty_set(actor=actor, post=post, shift=shift, person_id=found[0])


@officer(Perm.EVENT_RUN)
@require_POST
def act(request: Request, pk: int) -> HttpResponse:
    """Start, reopen (开始、重新打开)."""
    plan = reads.plan_get(actor=request.actor, pk=pk, perm=Perm.EVENT_RUN)
    if request.POST.get("verb") == "start":
        told(request, lambda: events.plan_start(actor=request.actor, plan=plan), "已开始，值班人在手机“我的班次”里看到。")
    elif request.POST.get("verb") == "reopen":
        told(request, lambda: events.plan_reopen(actor=request.actor, plan=plan), "已重新打开。")
    return redirect("services:event", pk=pk)


@officer(Perm.EVENT_RUN)
@require_POST
def duty_act(request: Request, pk: int) -> HttpResponse:
    """Take off, put back (撤下、恢复)."""
    duty = reads.duty_get(actor=request.actor, pk=pk)
    if request.POST.get("verb") == "drop":
        told(request, lambda: events.duty_drop(actor=request.actor, duty=duty), "已撤下，可以恢复。")
    elif request.POST.get("verb") == "restore":
        told(request, lambda: events.duty_restore(actor=request.actor, duty=duty), "已恢复。")
    return redirect("services:event", pk=duty.plan_id)


@officer(Perm.EVENT_RUN)
@require_POST
def supply_act(request: Request, pk: int) -> HttpResponse:
    """Give out, take back (领出、归还)."""
    row, form = reads.supply_get(actor=request.actor, pk=pk), forms.MoveForm(request.POST)
    if not form.is_valid():
        faults(request, form)
    else:
        told(request, lambda: events.supply_move(actor=request.actor, supply=row, **form.cleaned_data), "已登记。登错了，反向登记一次。")
    return redirect("services:event", pk=row.plan_id)


@officer(Perm.EVENT_RUN)
@require_POST
def issue_act(request: Request, pk: int) -> HttpResponse:
    """Mended, or not after all (解决、重新打开)."""
    row = reads.issue_get(actor=request.actor, pk=pk)
    if request.POST.get("verb") == "reopen":
        told(request, lambda: events.issue_reopen(actor=request.actor, issue=row), "已重新打开。")
    else:
        form = forms.AnswerForm(request.POST)
        if not form.is_valid():
            faults(request, form)
        else:
            told(request, lambda: events.issue_solve(actor=request.actor, issue=row, answer=form.cleaned_data["text"]), "已解决。")
    return redirect("services:event", pk=row.plan_id)
