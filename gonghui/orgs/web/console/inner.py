"""Workshops, city systems, cooperatives, conversion of projects, outcome of rebuildings (基层组织内部与专项)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, page_of, render
from gonghui.orgs import services
from gonghui.orgs.enums import Perm
from gonghui.orgs.forms import inner as forms
from gonghui.orgs.models import Union
from gonghui.orgs.selectors import inner, policy_values, unions
from gonghui.orgs.web.console.common import act, post_only, tree


def _at(union: Union) -> str:
    return reverse("orgs:union", args=[union.pk])


def _on(union: Union) -> dict[str, Any]:
    return {"back": _at(union), "trail": tree((union.name, _at(union)))}


@officer(Perm.UNION_VIEW)
def workshops(request: Request) -> HttpResponse:
    """Sub-units at or above the line without a committee (车间工会缺口)."""
    page = page_of(request, inner.workshop_gaps(actor=request.actor))
    line = policy_values.number("orgs.workshop_committee.threshold", clock.today())
    context = {"page": page, "line": line, "may_build": request.actor.may(Perm.UNION_BUILD)}
    return render(request, "orgs/console/workshops.html", context)


@officer(Perm.POST_EDIT)
def work_unit(request: Request, pk: int) -> HttpResponse:
    """Register a workshop or its new headcount."""
    union = unions.union_get(actor=request.actor, pk=pk)
    line = policy_values.number("orgs.workshop_committee.threshold", clock.today())
    return act(
        request, forms.WorkUnitForm, do=lambda d: services.work_unit_set(actor=request.actor, union=union, **d), title="登记车间（队、站）", said="已登记。",
        initial={"name": request.GET.get("name", ""), "on": clock.today()},
        notes=[f"达到 {line} 人的车间、队、站建立工会委员会，不足的编为工会小组。同名的再登记一次，就是更新人数。"], **_on(union),
    )  # fmt: skip


@officer(Perm.POST_EDIT)
@require_POST
def work_unit_end(request: Request, pk: int) -> HttpResponse:
    """A workshop is no more."""
    unit = inner.work_unit_get(actor=request.actor, pk=pk, perm=Perm.POST_EDIT)
    return post_only(
        request, lambda: services.work_unit_end(actor=request.actor, unit=unit, on=clock.today()), said="已撤销。", back=_at(unit.union)
    )


@officer(Perm.UNION_BUILD)
def workshop_build(request: Request, pk: int) -> HttpResponse:
    """Build the committee a workshop should have."""
    unit = inner.work_unit_get(actor=request.actor, pk=pk, perm=Perm.UNION_BUILD)
    decision = inner.workshop_decision(unit)
    return act(
        request, forms.WorkshopForm, do=lambda d: services.workshop_build(actor=request.actor, unit=unit, **d), title=f"组建车间工会：{unit.name}",
        said="车间工会已登记。", action="组建工会", lead=f"{unit.union.name}，{unit.name} {unit.headcount} 人（{unit.on}）。", notes=[f"{decision.verdict}。"],
        initial={"name": f"{unit.union.name.removesuffix('工会委员会').removesuffix('工会')}{unit.name}工会委员会", "founded_on": clock.today()}, to=_at, **_on(unit.union),
    )  # fmt: skip


@officer(Perm.POST_EDIT)
def season(request: Request, pk: int) -> HttpResponse:
    """Register a season's headcount."""
    union = unions.union_get(actor=request.actor, pk=pk)
    return act(
        request, forms.SeasonForm, do=lambda d: services.season_count(actor=request.actor, union=union, **d), title="登记季节人数", said="已登记。",
        initial={"on": clock.today()}, notes=["季节人数单独登记，不并入会员名册，也不改变会员数。"], **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_VIEW)
def industrial(request: Request) -> HttpResponse:
    """City-level industrial unions: posts laid down, filled, vacant, over (领导职数)."""
    rows = inner.establishments(actor=request.actor)
    short, over = sum(r.short for r in rows), sum(r.over for r in rows)
    context = {"rows": rows, "short": short, "over": over, "wanted": sum((r.wanted_chairs or 0) + (r.wanted_vices or 0) for r in rows)}
    return render(request, "orgs/console/industrial.html", context)


@officer(Perm.UNION_VIEW)
def pastoral(request: Request) -> HttpResponse:
    """Cooperatives' and herders' unions, counted apart (合作社、牧民工会)."""
    rows = inner.pastoral(actor=request.actor)
    context = {
        "rows": rows, "peak": sum(r.peak or 0 for r in rows), "low": sum(r.low or 0 for r in rows),
        "herder": sum(1 for r in rows if r.union.kind == "herder"), "coop": sum(1 for r in rows if r.union.kind != "herder"),
        "modes": [(label, sum(1 for r in rows if r.management == label)) for label in inner.MANAGEMENT.values()],
    }  # fmt: skip
    return render(request, "orgs/console/pastoral.html", context)


@officer(Perm.UNION_BUILD)
def convert(request: Request, pk: int) -> HttpResponse:
    """An organiser becomes a project union (组织员转为工会)."""
    union = unions.union_get(actor=request.actor, pk=pk)
    months = policy_values.number("orgs.project_months", clock.today())
    return act(
        request, forms.ConvertForm, do=lambda d: services.organiser_convert(actor=request.actor, union=union, **d), title="转为项目部工会",
        said="已转为项目部工会。", action="转为工会", lead=f"工期 {union.planned_start}–{union.planned_end}。",
        notes=[f"工期满 {months} 个月的项目部建立工会；会员和任职都不变。"], initial={"on": clock.today()}, **_on(union),
    )  # fmt: skip


@officer(Perm.UNION_EDIT)
def covers(request: Request, pk: int) -> HttpResponse:
    """Covered villages, trade association and industry of a federation or joint union (覆盖区域与依托协会)."""
    union = unions.union_get(actor=request.actor, pk=pk)
    initial = {
        "covered_areas": "、".join(str(a) for a in union.covered_areas), "association": union.association, "industry": union.industry,
        "on": clock.today(),
    }  # fmt: skip
    return act(
        request, forms.CoverForm, do=lambda d: services.union_edit(actor=request.actor, union=union, **d), title="覆盖区域与依托协会", said="已登记。",
        initial=initial, notes=["覆盖哪些单位，以“覆盖的单位”登记的为准，一家只数一次。"], **_on(union),
    )  # fmt: skip
