"""Pages of funding projects (资金项目页面)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import menu
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, attempt, faults, page_of, render, tabs_of, told
from gonghui.treasury import forms
from gonghui.treasury.enums import Perm, ProjectState
from gonghui.treasury.models import FundingPurchase, FundingSource
from gonghui.treasury.selectors import projects as reads
from gonghui.treasury.services import projects
from gonghui.treasury.web import common


@officer(Perm.PROJECT_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Projects by state (资金项目)."""
    rows = reads.project_list(actor=request.actor, q=request.GET.get("q", "")[:60])
    parts = {"": rows, **{s.value: rows.filter(state=s) for s in ProjectState}}
    state = request.GET.get("state", "") if request.GET.get("state", "") in parts else ""
    counts = menu.tallied(request.actor, parts)
    page = page_of(request, parts[state], count=counts[state])
    labels = [("", "全部"), *[(s.value, s.label) for s in ProjectState]]
    context = {"page": page, "lines": [(p, projects.money_of(p)) for p in page], "tabs": tabs_of(request, [(k, v, counts[k]) for k, v in labels]),
               "may_edit": request.actor.may(Perm.PROJECT_EDIT), "trail": common.trail(("资金项目", ""))}  # fmt: skip
    return render(request, "treasury/console/projects.html", context)


@officer(Perm.PROJECT_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Begin a project (立项)."""
    union = common.union_of(request, Perm.PROJECT_EDIT)
    form, status = forms.ProjectForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return common.go("treasury:project", projects.project_open(actor=request.actor, union=union, **form.cleaned_data).pk)
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    context = {"union": union, "form": form, "back": reverse("treasury:projects"), "title": "资金项目立项", "action": "立项",
               "trail": common.trail(("资金项目", reverse("treasury:projects")), ("立项", ""))}  # fmt: skip
    return render(request, "treasury/console/form.html", context, status=status)


@officer(Perm.PROJECT_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One project: sources, purchases, assets, acceptance (项目详情)."""
    return _page(request, reads.project_get(actor=request.actor, pk=pk))


def _page(request: Request, row: Any, *, status: int = 200, **typed: Any) -> HttpResponse:
    """The page of a project; `typed`: a form that was refused, with what was typed."""
    context = {
        "row": row, "money": projects.money_of(row), "sources": row.sources.all(), "purchases": row.purchases.all(), "assets": row.assets.select_related("custodian")[:100],
        "may_edit": request.actor.may(Perm.PROJECT_EDIT, row.union) and row.state in {"planned", "running"}, "source_form": forms.SourceForm(auto_id="s_%s"), "purchase_form": forms.PurchaseForm(auto_id="p_%s"),
        "accept_form": forms.AcceptForm(auto_id="a_%s"), "trail": common.trail(("资金项目", reverse("treasury:projects")), (row.name, "")), **typed,
    }  # fmt: skip
    return render(request, "treasury/console/project.html", context, status=status)


@officer(Perm.PROJECT_EDIT)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Add a source or a purchase, accept, stop (办理)."""
    row, actor = reads.project_get(actor=request.actor, pk=pk), request.actor
    if verb == "stop":
        told(request, lambda: projects.project_stop(actor=actor, project=row, reason=request.POST.get("reason", "")), "已终止。")
        return common.go("treasury:project", pk)
    kinds = {
        "source": (forms.SourceForm, projects.source_add, "已登记资金来源。"),
        "purchase": (forms.PurchaseForm, projects.purchase_add, "已登记采购。"),
        "accept": (forms.AcceptForm, projects.project_accept, "项目已验收。"),
    }
    if verb not in kinds:
        raise NotFound()
    kind, service, text = kinds[verb]
    form = kind(request.POST, auto_id=f"{verb[0]}_%s")
    if form.is_valid() and attempt(form, lambda: service(actor=actor, project=row, **form.cleaned_data)):  # type: ignore[operator]  # one of three services
        messages.success(request, text)
        return common.go("treasury:project", pk)
    return _page(request, row, status=422, **{f"{verb}_form": form})


@officer(Perm.PROJECT_EDIT)
@require_POST
def arrived(request: Request, pk: int) -> HttpResponse:
    """Money arrived (资金到位)."""
    source = (
        FundingSource.objects.filter(request.actor.within(Perm.PROJECT_EDIT, "project__union"), pk=pk)
        .select_related("project__union")
        .first()
    )
    if source is None:
        raise NotFound()
    form = forms.ArrivedForm(request.POST)
    if form.is_valid():
        told(request, lambda: projects.source_arrived(actor=request.actor, source=source, **form.cleaned_data), "已登记到位。")
    else:
        faults(request, form)
    return common.go("treasury:project", source.project_id)


@officer(Perm.PROJECT_EDIT)
@require_POST
def accepted(request: Request, pk: int) -> HttpResponse:
    """A purchase was accepted; it goes into the asset register (采购验收)."""
    row = (
        FundingPurchase.objects.filter(request.actor.within(Perm.PROJECT_EDIT, "project__union"), pk=pk)
        .select_related("project__union")
        .first()
    )
    if row is None:
        raise NotFound()
    form = forms.DayForm(request.POST)
    if form.is_valid():
        told(
            request,
            lambda: projects.purchase_accept(actor=request.actor, purchase=row, on=form.cleaned_data["on"]),
            "已验收，资产已入台账。",
        )
    else:
        faults(request, form)
    return common.go("treasury:project", row.project_id)
