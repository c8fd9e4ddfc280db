"""Plans, tasks, the draw (审计计划、任务、抽样)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, attempt, download, page_of, render, tabs_of, told
from gonghui.orgs.selectors import unions
from gonghui.oversight import exports, forms
from gonghui.oversight.enums import Perm, PlanState, TaskState
from gonghui.oversight.models import AuditPlan, AuditTask
from gonghui.oversight.rules import halves
from gonghui.oversight.selectors import audits as reads
from gonghui.oversight.selectors import law
from gonghui.oversight.services import audits as services
from gonghui.oversight.services import findings
from gonghui.oversight.web import common

HERE = "oversight/console/"
MOST_WAITING = 20
LABELS = {"": "全部", **dict(TaskState.choices)}


@officer(Perm.AUDIT_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """All audit tasks (审计任务)."""
    form = forms.TaskFilter(request.GET)
    asked = common.filters(form)
    state = request.GET.get("state", "")
    counts = reads.tab_counts(request.actor)
    context = {
        "form": form, "asked": bool(asked), "tabs": tabs_of(request, [(k, LABELS[k], counts[k]) for k in reads.TABS]),
        "page": page_of(request, reads.tasks(request.actor, state=state, **asked)), "may_plan": request.actor.may(Perm.AUDIT_PLAN),
        "trail": common.trail(("经审工作", "")),
    }  # fmt: skip
    return render(request, HERE + "tasks.html", context)


@officer(Perm.AUDIT_PLAN)
@require_GET
def plans(request: Request) -> HttpResponse:
    """Audit plans (审计计划)."""
    context = {
        "page": page_of(request, reads.plans(request.actor)),
        "trail": common.trail(common.home("tasks", "经审工作"), ("审计计划", "")),
    }
    return render(request, HERE + "plans.html", context)


@officer(Perm.AUDIT_PLAN)
@require_http_methods(["GET", "POST"])
def plan_new(request: Request) -> HttpResponse:
    """Begin a plan (编制审计计划)."""
    union = common.union_of(request, Perm.AUDIT_PLAN)
    form = forms.PlanForm(request.POST or None, initial={"year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: services.plan_make(actor=request.actor, union=union, **form.cleaned_data))
        if made is not None:
            return common.go("plan", made.pk)
    crumbs = common.trail(common.home("tasks", "经审工作"), common.home("plans", "审计计划"), ("编制", ""))
    return common.form_page(request, form, "编制审计计划", "保存，接着加任务", reverse("oversight:plans"), crumbs, union.name)


def _plan(request: Request, row: AuditPlan) -> dict[str, Any]:
    tasks = row.tasks.select_related("union").prefetch_related("team__user").order_by("visit_on", "pk")
    crumbs = common.trail(common.home("tasks", "经审工作"), common.home("plans", "审计计划"), (f"{row.year} 年", ""))
    return {"row": row, "tasks": tasks, "trail": crumbs, "draft": row.state == PlanState.DRAFT}


@officer(Perm.AUDIT_PLAN)
@require_http_methods(["GET", "POST"])
def plan(request: Request, pk: int) -> HttpResponse:
    """One plan; add a union to it (审计计划)."""
    row = reads.plan_get(actor=request.actor, pk=pk)
    since, until = halves.span(*halves.last_ended(clock.today()))
    start = {"since": date(since.year, 1, 1), "until": until, "visit_on": clock.today(), "kind": "audit"}
    form = forms.TaskForm(request.POST or None, unions=common.below(request, row.union, Perm.AUDIT_PLAN), initial=start)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        union = unions.union_get(actor=request.actor, pk=data.pop("union"), perm=Perm.AUDIT_PLAN)
        made = attempt(form, lambda: services.task_add(actor=request.actor, plan=row, union=union, **data))
        if made is not None:
            return common.go("task", made.pk)
    waiting, months = reads.unvisited(actor=request.actor, union=row.union, on=clock.today())
    context = {**_plan(request, row), "form": form, "waiting": waiting[:MOST_WAITING], "waiting_n": waiting.count(), "months": months}
    return render(request, HERE + "plan.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.AUDIT_PLAN)
@require_POST
def plan_issue(request: Request, pk: int) -> HttpResponse:
    """Send the plan out (下达)."""
    row = reads.plan_get(actor=request.actor, pk=pk)
    told(request, lambda: services.plan_issue(actor=request.actor, plan=row), "计划已下达，被审工会能看到任务和进点日期。")
    return common.go("plan", pk)


@officer(Perm.AUDIT_PLAN)
@require_GET
def plan_print(request: Request, pk: int) -> HttpResponse:
    """The plan as a document (打印)."""
    return render(request, "oversight/print/plan.html", _plan(request, reads.plan_get(actor=request.actor, pk=pk)))


def task_context(request: Request, row: AuditTask) -> dict[str, Any]:
    """What the page of a task shows; working papers only to auditors."""
    actor = request.actor
    inside, on_team = reads.inside(actor, row), reads.on_team(actor, row)
    told = row.state in (TaskState.REPORTED, TaskState.CLOSED)
    samples = list(row.samples.select_related("voucher", "look")) if inside else []
    field = row.state == TaskState.FIELD
    crumbs = common.trail(common.home("tasks", "经审工作"), (row.union.name, ""))
    return {
        "row": row, "inside": inside, "on_team": on_team, "told": told, "samples": samples, "looked": sum(1 for s in samples if hasattr(s, "look")),
        "scores": list(row.scores.all()) if inside or told else [], "total": findings.total_of(row), "full": law.full(row.until),
        "findings": list(reads.findings(actor).filter(task=row)), "team": list(row.team.select_related("user").order_by("-lead", "pk")),
        "may_team": actor.may(Perm.AUDIT_PLAN, row.union) and row.state in (TaskState.PLANNED, TaskState.FIELD), "field": field and on_team,
        "again": reads.comes_out_again(row), "may_begin": on_team and row.state == TaskState.PLANNED, "trail": crumbs, "count": len(row.roster.split("\n")) if row.roster else 0,
    }  # fmt: skip


@officer(Perm.AUDIT_VIEW)
@require_GET
def task(request: Request, pk: int) -> HttpResponse:
    """One task: team, draw, form, findings, report (审计任务)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    context = task_context(request, row)
    if context["may_team"]:
        context["team_form"] = forms.TeamForm(people=reads.candidates(row))
    context |= {"begin_form": forms.BeginForm(), "report_form": forms.ReportForm()}
    return render(request, HERE + "task.html", context)


@officer(Perm.AUDIT_PLAN)
@require_POST
def team(request: Request, pk: int) -> HttpResponse:
    """Put somebody on the team (加入审计组)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    form = forms.TeamForm(request.POST, people=reads.candidates(row))
    if form.is_valid():
        data = form.cleaned_data
        made = attempt(form, lambda: services.team_add(actor=request.actor, task=row, user_id=data["user"], lead=data["lead"]))
        if made is not None:
            return common.go("task", pk)
    context = {**task_context(request, row), "team_form": form, "begin_form": forms.BeginForm(), "report_form": forms.ReportForm()}
    return render(request, HERE + "task.html", context, status=422)


@officer(Perm.AUDIT_DO)
@require_POST
def begin(request: Request, pk: int) -> HttpResponse:
    """Begin and draw (进点抽样)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    form = forms.BeginForm(request.POST)
    if not form.is_valid():  # a seed drawn in public is never replaced by another in silence
        context = {**task_context(request, row), "begin_form": form, "report_form": forms.ReportForm()}
        return render(request, HERE + "task.html", context, status=422)
    seed = form.cleaned_data["seed"]
    told(request, lambda: services.task_begin(actor=request.actor, task=row, seed=seed), "已进点：清单已封存，样本按种子抽出。")
    return common.go("task", pk)


@officer(Perm.AUDIT_VIEW)
@require_GET
def roster(request: Request, pk: int) -> HttpResponse:
    """The list sampled from with seed and draw, for anyone to repeat (抽样清单)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    return download(exports.roster(row), f"抽样清单-{row.pk}.csv", "text/csv; charset=utf-8")


@officer(Perm.AUDIT_DO)
@require_POST
def look(request: Request, pk: int, n: int) -> HttpResponse:
    """What was seen in a drawn voucher (抽查记录)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    fine, note = request.POST.get("fine") == "yes", request.POST.get("note", "")
    told(request, lambda: services.sample_look(actor=request.actor, task=row, n=n, fine=fine, note=note), f"第 {n} 张已记录。")
    return common.go("task", pk)
