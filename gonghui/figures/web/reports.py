"""Pages of reports, periods and reported numbers (报表、统计期、上报数)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound
from gonghui.core.http import XLSX, Request, download, page_of, render
from gonghui.figures import forms, selectors, services
from gonghui.figures.enums import Perm
from gonghui.figures.models import Report, StatPeriod
from gonghui.figures.rules import claims
from gonghui.figures.selectors import reported as gaps
from gonghui.figures.web import place as places
from gonghui.figures.web import sheet
from gonghui.files import export
from gonghui.orgs.selectors import closure
from gonghui.orgs.selectors.closure import Node


@officer(Perm.FIGURE_VIEW)
def reported(request: Request) -> HttpResponse:
    """Claims beside counts."""
    place = places.where(request, children=False)
    rows = list(gaps.reported_list(actor=request.actor).filter(union_id=place.union.pk)[:100])
    found = [gaps.gap(row) for row in rows]
    context = places.frame(
        place, "上报数与实有数", gaps=found, contradictions=gaps.contradictions(rows), recover=_recover(request), upload=forms.UploadForm()
    )
    return render(request, "figures/console/reported.html", context)


def _recover(request: Request) -> dict[str, object]:
    """The small tool that recovers a denominator from percentages."""
    if "rates" not in request.GET:
        return {"form": forms.DenominatorForm()}
    form = forms.DenominatorForm(request.GET)
    if not form.is_valid():
        return {"form": form}
    read = [claims.read(t) for t in form.cleaned_data["rates"].replace("，", " ").replace(",", " ").split()]
    good = [c for c in read if c is not None and c.rate is not None]
    if not good or len(good) != len(read):
        form.add_error("rates", "有读不出的百分比。请写成 20.66% 53.77%，用空格隔开。")
        return {"form": form}
    found = claims.denominators(good, form.cleaned_data["most"])
    pairs = [(n, [claims.numerators(c, n) for c in good]) for n in found[:12]]
    return {"form": form, "done": True, "found": pairs, "count": len(found)}


@officer(Perm.REPORTED_EDIT)
def reported_new(request: Request) -> HttpResponse:
    """Enter a claim."""
    place = places.where(request, children=False)
    form = forms.ClaimForm(request.POST or None, initial={"key": "rate.joining", "on": place.as_of})
    if request.method == "POST" and form.is_valid():
        services.reported_put(actor=request.actor, union=place.union, **form.cleaned_data)
        return redirect(f"/console/figures/reported/{place.here}")
    status = 422 if request.method == "POST" else 200
    return render(request, "figures/console/reported_new.html", places.frame(place, "录入上报数", form=form), status=status)


@officer(Perm.REPORTED_EDIT)
@require_POST
def reported_import(request: Request) -> HttpResponse:
    """Enter claims from a file, all or none."""
    found = request.FILES.get("file")
    if found is None or isinstance(found, list):
        raise BadInput("figures.no_file", "请选择 xlsx 或 csv 文件。")
    rows = sheet.read(found.read(), found.name or "")
    n = services.reported_import(actor=request.actor, rows=rows, union_of=closure.node)
    from django.contrib import messages

    messages.success(request, f"导入了 {n} 条上报数。")
    return redirect("figures:reported")


@officer(Perm.REPORTED_EDIT)
def reported_template(request: Request) -> HttpResponse:
    """The file to fill in."""
    content = export.export_table(
        list(sheet.HEADS),
        [("root", "入会率", "2025-12-31", "98%", "", "", "2025 年工作总结")],
        title="上报数",
        actor=request.actor,
        marked=False,
    )
    return download(content, "上报数模板.xlsx", XLSX)


@officer(Perm.FIGURE_VIEW)
def reports(request: Request) -> HttpResponse:
    """Reports of a union, newest first, and the periods."""
    place = places.where(request, children=False)
    rows = Report.objects.filter(union_id=place.union.pk).select_related("period").order_by("-period__closing", "-version")
    periods = list(selectors.period_list())
    open_periods = [p for p in periods if not any(r.period_id == p.pk for r in rows)]
    form = forms.PeriodForm()
    context = places.frame(
        place,
        "报表",
        page=page_of(request, rows),
        periods=periods,
        open_periods=open_periods,
        form=form,
        may_release=request.actor.may(Perm.REPORT_RELEASE),
    )
    return render(request, "figures/console/reports.html", context)


@officer(Perm.REPORT_RELEASE)
@require_POST
def period_put(request: Request) -> HttpResponse:
    form = forms.PeriodForm(request.POST)
    if not form.is_valid():
        raise BadInput("figures.period_form", " ".join(str(e) for errors in form.errors.values() for e in errors))
    services.period_put(actor=request.actor, **form.cleaned_data)
    return redirect("figures:reports")


@officer(Perm.REPORT_EDIT)
@require_POST
def report_prepare(request: Request) -> HttpResponse:
    place = places.where(request, children=False)
    period = get_object_or_404(StatPeriod, pk=request.POST.get("period") or 0)
    report = services.report_prepare(actor=request.actor, union=place.union, period=period)
    return redirect("figures:report", pk=report.pk)


def _report(request: Request, pk: int) -> tuple[Report, Node]:
    """A report the reader may see, with its union; else 404."""
    report = get_object_or_404(Report.objects.filter(request.actor.within(Perm.FIGURE_VIEW, "union")).select_related("period"), pk=pk)
    union = closure.node_by_pk(report.union_id)
    if union is None:
        raise NotFound()
    return report, union


@officer(Perm.FIGURE_VIEW)
def report(request: Request, pk: int) -> HttpResponse:
    """One report: frozen numbers, checks, versions."""
    found, union = _report(request, pk)
    versions = Report.objects.filter(union_id=union.pk, period=found.period).order_by("-version")
    plain = [f for f in found.data["figures"] if "=" not in f["key"] and f["value"] not in (0, None)]
    context = {
        "report": found,
        "union": union,
        "versions": versions,
        "figures": plain,
        "form": forms.ReasonForm(),
        "sound": services.reports.digest(found.data) == found.digest,
    }
    template = "figures/console/report_print.html" if request.GET.get("print") == "1" else "figures/console/report.html"
    return render(request, template, context)


@officer(Perm.REPORT_EDIT)
@require_POST
def report_check(request: Request, pk: int) -> HttpResponse:
    found, union = _report(request, pk)
    services.report_check(actor=request.actor, report=found, union=union)
    return redirect("figures:report", pk=pk)


@officer(Perm.REPORT_RELEASE)
@require_POST
def report_release(request: Request, pk: int) -> HttpResponse:
    found, union = _report(request, pk)
    services.report_release(actor=request.actor, report=found, union=union)
    return redirect("figures:report", pk=pk)


@officer(Perm.REPORT_EDIT)
@require_POST
def report_correct(request: Request, pk: int) -> HttpResponse:
    found, union = _report(request, pk)
    fresh = services.report_correct(actor=request.actor, report=found, union=union, reason=request.POST.get("reason", ""))
    return redirect("figures:report", pk=fresh.pk)


@officer(Perm.FIGURE_EXPORT)
def report_export(request: Request, pk: int) -> HttpResponse:
    """The frozen numbers as xlsx with the definition sheet."""
    found, union = _report(request, pk)
    request.actor.require(Perm.FIGURE_EXPORT, union)
    data = found.data["figures"]
    columns: list[export.Column | str] = ["指标", "键", "数值", export.Column("分子", "number"), export.Column("分母", "number"), "单位"]
    cells = [(f["label"], f["key"], f["value"], f["numerator"], f["denominator"], f["unit"]) for f in data]
    title = f"{union.name} {found.period.name} 报表第{found.version}版"
    explained = {"状态": found.get_state_display(), "数据哈希": found.digest, **{f["label"]: f["definition"] for f in data}}
    return download(export.export_table(columns, cells, title=title, actor=request.actor, definition=explained), f"{title}.xlsx", XLSX)
