"""Dashboards and dictionaries (看板与字典页面)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.campaigns import exports, forms
from gonghui.campaigns.enums import Basis, Perm
from gonghui.campaigns.models import Category
from gonghui.campaigns.selectors import classes as graded
from gonghui.campaigns.selectors import dashboards, figures, scope
from gonghui.campaigns.services import registers
from gonghui.campaigns.web import common
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import XLSX, Request, download, page_of, render, tabs_of, told
from gonghui.figures.selectors import drill as drilling
from gonghui.orgs.selectors import employers, unions

BOARDS = (("sectors", "重点行业"), ("zones", "园区"), ("classes", "乡镇园区分类"), ("two_new", "两新组织"))


def _tabs(now: str) -> list[dict[str, object]]:
    return [{"label": label, "url": reverse(f"campaigns:{name}"), "current": name == now} for name, label in BOARDS]


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def sectors(request: Request) -> HttpResponse:
    """Key sectors: unions, covered employers, members, both rates; whom no union covers (重点行业看板)."""
    union = common.union_of(request)
    lines = dashboards.sectors(request.actor, union)
    chosen = next((line for line in lines if line.code == request.GET.get("sector", "")), None)
    rows = dashboards.uncovered(request.actor, union, key_sector=chosen.code) if chosen else None
    context = {
        "union": union, "lines": lines, "chosen": chosen, "page": page_of(request, rows) if rows is not None else None, "tabs": _tabs("sectors"),
        "trail": common.trail(("重点行业", "")), "tagged": sum(line.employers for line in lines),
    }  # fmt: skip
    return render(request, "campaigns/console/sectors.html", context)


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def zones(request: Request) -> HttpResponse:
    """Zones by priority (园区看板)."""
    context = {"zones": dashboards.zones(request.actor), "tabs": _tabs("zones"), "trail": common.trail(("园区", ""))}
    return render(request, "campaigns/console/zones.html", context)


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def classes(request: Request) -> HttpResponse:
    """Townships and zones by class, one standard for both (乡镇、园区分类); printable, exportable."""
    every = graded.graded(list(graded.places(request.actor)))
    kind = request.GET.get("kind", "")
    rows = [g for g in every if not kind or (g.union.kind == "zone") == (kind == "zone")]
    if request.GET.get("as") == "xlsx":
        name, content = exports.classes(request.actor, rows)
        return download(content, name, XLSX)
    zones_ = sum(1 for g in every if g.union.kind == "zone")
    context = {
        "rows": rows, "bars": graded.distribution(rows), "tabs": _tabs("classes"), "trail": common.trail(("乡镇园区分类", "")),
        "kinds": tabs_of(request, [("", "全部", len(every)), ("town", "乡镇、街道", len(every) - zones_), ("zone", "园区", zones_)], "kind"),
        "today": clock.today(),
    }  # fmt: skip
    page = "campaigns/print/classes.html" if request.GET.get("print") else "campaigns/console/classes.html"
    return render(request, page, context)


@officer(Perm.CAMPAIGN_VIEW)
@require_http_methods(["GET", "POST"])
def zone(request: Request, pk: int) -> HttpResponse:
    """One zone: tenants, profile, why it is urgent (园区详情)."""
    union = unions.union_get(actor=request.actor, pk=pk)
    found = next((z for z in dashboards.zones(request.actor) if z.union.pk == union.pk), None)
    if found is None:
        raise NotFound()
    form, status = forms.ZoneForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        request.actor.require(Perm.CAMPAIGN_EDIT, union)
        if form.is_valid():
            registers.zone_rate(actor=request.actor, union=union, **form.cleaned_data)
            return HttpResponseRedirect(reverse("campaigns:zone", args=[pk]))
    rows = dashboards.tenants(request.actor, union).order_by("organised", "name", "pk")
    context = {
        "zone": found, "union": union, "graded": (place := graded.of_union(request.actor, union.pk)),
        "class_slip": place.slip.as_slip() if place else None, "form": form, "page": page_of(request, rows), "slip": found.slip.as_slip() if found.slip else None,
        "may_edit": request.actor.may(Perm.CAMPAIGN_EDIT, union), "trail": common.trail(("园区", reverse("campaigns:zones")), (union.name, "")),
    }  # fmt: skip
    return render(request, "campaigns/console/zone.html", context, status=status)


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def two_new(request: Request) -> HttpResponse:
    """Two-new organisations by type with three indicators (两新组织看板)."""
    union = common.union_of(request)
    lines, whole = dashboards.two_new(request.actor, union)
    code = request.GET.get("type", "")
    page = page_of(request, dashboards.two_new_list(request.actor, union, code, request.GET.get("q", "")[:60]))
    cards = dashboards.cards_of([e.pk for e in page])
    context = {
        "union": union, "lines": lines, "whole": whole, "page": page, "rows": [(e, cards.get(e.pk)) for e in page], "code": code,
        "q": request.GET.get("q", ""), "tabs": _tabs("two_new"), "trail": common.trail(("两新组织", "")), "today": clock.today(),
        "may_edit": request.actor.may(Perm.CAMPAIGN_EDIT),
    }  # fmt: skip
    return render(request, "campaigns/console/two_new.html", context)


@officer(Perm.CAMPAIGN_EDIT)
@require_http_methods(["GET", "POST"])
def two_new_set(request: Request, pk: int) -> HttpResponse:
    """Type and contract of one organisation (两新登记卡)."""
    firm = employers.employer_get(actor=request.actor, pk=pk)
    request.actor.require(Perm.CAMPAIGN_EDIT, firm.union)
    types = list(scope.category_list(on=clock.today(), basis=(Basis.TWO_NEW_TYPE,)))
    held = dashboards.cards_of([firm.pk]).get(firm.pk)
    initial = {"category": held.category_id, "contract_no": held.contract_no, "contract_until": held.contract_until} if held else {}
    form, status = forms.TwoNewForm(request.POST or None, initial=initial, categories=[(str(c.pk), c.label) for c in types]), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            data["category"] = next(c for c in types if str(c.pk) == data["category"])
            try:
                registers.two_new_set(actor=request.actor, employer=firm, **data)
                return HttpResponseRedirect(reverse("campaigns:two_new"))
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    back = reverse("campaigns:two_new")
    context = {
        "form": form,
        "union": firm,
        "title": "两新组织登记卡",
        "back": back,
        "trail": common.trail(("两新组织", back), (firm.name, "")),
    }
    return render(request, "campaigns/console/form.html", context, status=status)


@officer(Perm.CATEGORY_EDIT)
@require_http_methods(["GET", "POST"])
def categories(request: Request) -> HttpResponse:
    """Dictionaries a city may change (行动对象字典)."""
    form, status = forms.CategoryForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                registers.category_add(actor=request.actor, **form.cleaned_data)
                return HttpResponseRedirect(reverse("campaigns:categories"))
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    context = {"rows": scope.category_list(), "form": form, "today": clock.today(), "trail": common.trail(("行动对象字典", ""))}
    return render(request, "campaigns/console/categories.html", context, status=status)


@officer(Perm.CATEGORY_EDIT)
@require_POST
def category_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Rename an entry from today, or end it (改名、停用)."""
    row = Category.objects.filter(pk=pk).first()
    if row is None or verb not in ("rename", "end"):
        raise NotFound()
    label, today = request.POST.get("label", "").strip(), clock.today()
    if verb == "end":
        told(request, lambda: registers.category_end(actor=request.actor, category=row, on=today), "已停用。")
    else:
        told(request, lambda: registers.category_rename(actor=request.actor, category=row, label=label, on=today), "已改名。")
    return HttpResponseRedirect(reverse("campaigns:categories"))


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def joins(request: Request) -> HttpResponse:
    """Who joined in campaigns: the applications behind a figure (集中行动入会明细)."""
    drill = drilling.asked(request.actor, request.GET, figures.NAME)
    if drill is None:
        return HttpResponseRedirect(reverse("campaigns:index"))
    shown, hidden = figures.behind(request.actor, drill.key, drill.union.pk, drill.since, drill.as_of)
    context = {"drill": drill, "page": page_of(request, shown), "hidden": hidden, "trail": common.trail((drill.label, ""))}
    return render(request, "campaigns/console/joins.html", context)
