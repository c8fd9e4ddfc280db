"""Pages of the waived fee for the scheme's desk (免医事服务费管理端)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.benefits import exports, forms
from gonghui.benefits.enums import Perm, SchemeState, SettlementState
from gonghui.benefits.selectors import common as values
from gonghui.benefits.selectors import fees as reads
from gonghui.benefits.services import fees as acts
from gonghui.benefits.services import settling
from gonghui.benefits.web import common
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, attempt, chips, download, faults, page_of, render, tabs_of, told, whole_number
from gonghui.files import services as files

HERE = "benefits/console/"


@officer(Perm.FEE_RUN)
@require_GET
def schemes(request: Request) -> HttpResponse:
    """Schemes of the years (方案)."""
    form = forms.SchemeFilter(request.GET or None)
    year = form.cleaned_data["year"] if form.is_bound and form.is_valid() else None
    rows = reads.scheme_list(actor=request.actor, year=year, state=request.GET.get("state", "")[:10])
    context = {
        "form": form, "chips": chips(request, form), "page": page_of(request, rows), "asked": bool(year or request.GET.get("state")),
        "tabs": tabs_of(request, [("", "全部", None), *((s.value, str(s.label), None) for s in SchemeState)]), "trail": [("免医事服务费", "")],
    }  # fmt: skip
    return render(request, HERE + "schemes.html", context)


@officer(Perm.FEE_RUN)
@require_http_methods(["GET", "POST"])
def scheme_new(request: Request) -> HttpResponse:
    """The scheme of a year (新建方案)."""
    union = common.union_of(request, Perm.FEE_RUN)
    form = forms.SchemeForm(request.POST or None, initial={"year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: acts.scheme_add(actor=request.actor, union=union, **form.values()))
        if made:
            return common.to("scheme", made.pk)
    return common.form_page(
        request, form, union, "新建方案", "存为草稿", reverse("benefits:schemes"), common.trail("schemes", ("新建方案", ""))
    )


@officer(Perm.FEE_RUN)
@require_http_methods(["GET", "POST"])
def scheme_edit(request: Request, pk: int) -> HttpResponse:
    """Change it (修改方案)."""
    row = reads.scheme_get(actor=request.actor, pk=pk)
    start = {f: getattr(row, f) for f in ("name", "document_no", "times", "budget_fen")} | {
        f"fee_{r.level}": r.fee_fen for r in row.rates.all()
    }
    form = forms.SchemeForm(request.POST or None, initial=start)
    del form.fields["year"]
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: acts.scheme_edit(actor=request.actor, scheme=row, **form.values()))
    ):
        return common.to("scheme", pk)
    back = reverse("benefits:scheme", args=[pk])
    return common.form_page(
        request, form, row.union, f"修改{row.name}", "保存", back, common.trail("schemes", (row.name, back), ("修改", ""))
    )


def _month(text: str) -> date | None:
    """`2026-03` as its first day."""
    year, _, month = text.partition("-")
    y, m = whole_number(year), whole_number(month)
    return date(y, m, 1) if y and m and 2000 <= y <= 2100 and 1 <= m <= 12 else None


def _uses(request: Request) -> dict[str, Any]:
    get = request.GET
    return {"hospital": whole_number(get.get("hospital")), "month": _month(get.get("month", "")), "q": get.get("q", "").strip()[:4]}


@officer(Perm.FEE_RUN)
@require_GET
def scheme(request: Request, pk: int) -> HttpResponse:
    """One scheme: amounts, use by pass number, what is to be settled (方案)."""
    row, actor, asked = reads.scheme_get(actor=request.actor, pk=pk), request.actor, _uses(request)
    if request.GET.get("xlsx"):
        name, data = exports.uses(actor, row, asked)
        return download(data, name, XLSX)
    hospitals = [(h.pk, h.name) for h in reads.hospital_list(actor=actor).filter(union=row.union)]
    form = forms.UseFilter(request.GET or None, hospitals=hospitals)
    context = {
        "row": row, "totals": reads.totals(row), "rates": row.rates.all(), "form": form, "page": page_of(request, reads.use_list(row, **asked)),
        "to_settle": reads.to_settle(row), "settlements": row.settlements.select_related("hospital")[:24], "asked": any(asked.values()), "spent_share": (200 * row.spent_fen + row.budget_fen) // (2 * row.budget_fen),
        "may_settle": actor.may(Perm.FEE_SETTLE, row.union), "trail": common.trail("schemes", (row.name, "")),
    }  # fmt: skip
    return render(request, HERE + "scheme.html", context)


@officer(Perm.FEE_RUN)
@require_POST
def scheme_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Put in force, end, take up again, settle a month (办理)."""
    row, actor = reads.scheme_get(actor=request.actor, pk=pk), request.actor
    if verb == "settle":
        hospital = reads.hospital_get(actor=actor, pk=whole_number(request.POST.get("hospital")) or 0)
        month = _month(request.POST.get("month", ""))
        if month is None:
            raise NotFound()
        made = told(
            request,
            lambda: settling.settlement_make(actor=actor, scheme=row, hospital=hospital, month=month),
            "结算单已生成，可以下载明细、付款。",
        )
        return common.to("settlement", made.pk) if made else common.to("scheme", pk)
    does = {
        "open": (SchemeState.OPEN, "已实施，会员在手机“福利”里能领凭证。"),
        "close": (SchemeState.CLOSED, "方案已结束，不能再登记就诊。"),
    }
    if verb not in does:
        raise NotFound()
    state, text = does[verb]
    told(request, lambda: acts.scheme_move(actor=actor, scheme=row, to=state), text)
    return common.to("scheme", pk)


# -- hospitals -----------------------------------------------------------------------------------------------------------


@officer(Perm.FEE_RUN)
@require_GET
def hospitals(request: Request) -> HttpResponse:
    """Hospitals under agreement (定点医院)."""
    form, q = forms.HospitalFilter(request.GET or None), request.GET.get("q", "")[:60]
    context = {"form": form, "page": page_of(request, reads.hospital_list(actor=request.actor, q=q)), "asked": bool(q), "today": clock.today(), "trail": common.trail("schemes", ("定点医院", ""))}  # fmt: skip
    return render(request, HERE + "hospitals.html", context)


@officer(Perm.FEE_RUN)
@require_http_methods(["GET", "POST"])
def hospital_new(request: Request) -> HttpResponse:
    """Register a hospital (登记定点医院)."""
    union = common.union_of(request, Perm.FEE_RUN)
    form = forms.HospitalForm(request.POST or None, initial={"since": clock.today()})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: acts.hospital_put(actor=request.actor, union=union, **form.cleaned_data))
    ):
        return common.to("hospitals")
    return common.form_page(
        request, form, union, "登记定点医院", "登记", reverse("benefits:hospitals"), common.trail("schemes", ("登记定点医院", ""))
    )


@officer(Perm.FEE_RUN)
@require_http_methods(["GET", "POST"])
def hospital_edit(request: Request, pk: int) -> HttpResponse:
    """Change a hospital (修改)."""
    row = reads.hospital_get(actor=request.actor, pk=pk)
    start = {f: getattr(row, f) for f in ("name", "agreement_no", "since", "until", "address", "phone")}
    form = forms.HospitalForm(request.POST or None, initial=start)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: acts.hospital_put(actor=request.actor, union=row.union, hospital=row, **form.cleaned_data))
    ):
        return common.to("hospitals")
    return common.form_page(
        request, form, row.union, f"修改{row.name}", "保存", reverse("benefits:hospitals"), common.trail("schemes", (row.name, ""))
    )


@officer(Perm.FEE_RUN)
@require_GET
def hospital_poster(request: Request, pk: int) -> HttpResponse:
    """The sheet with the desk's address (登记页告知单)."""
    row = reads.hospital_get(actor=request.actor, pk=pk)
    link = request.build_absolute_uri(reverse("benefits:hospital-desk", args=[values.token_of(row)]))
    context = {"row": row, "link": link, "what": "登记", "name": "就诊登记页", "back": reverse("benefits:hospitals")}
    return render(request, "benefits/print/poster.html", context)


@officer(Perm.FEE_RUN)
@require_POST
def hospital_link(request: Request, pk: int) -> HttpResponse:
    """Change the desk's address (更换登记页)."""
    row = reads.hospital_get(actor=request.actor, pk=pk)
    told(request, lambda: acts.hospital_link(actor=request.actor, hospital=row), "登记页已更换，原来的地址作废。请重新打印告知单。")
    return common.to("hospitals")


@officer(Perm.FEE_RUN)
@require_POST
def use_reverse(request: Request, pk: int) -> HttpResponse:
    """Take a visit back (撤回就诊登记)."""
    row, form = reads.use_get(actor=request.actor, pk=pk), forms.ReasonForm(request.POST)
    if form.is_valid():
        told(
            request,
            lambda: acts.use_reverse(actor=request.actor, use=row, reason=form.cleaned_data["reason"]),
            "已撤回，次数和预算都退回。",
        )
    else:
        faults(request, form)
    return common.to("scheme", row.grant.scheme_id)


# -- settlements ---------------------------------------------------------------------------------------------------------


@officer(Perm.FEE_RUN)
@require_GET
def settlement(request: Request, pk: int) -> HttpResponse:
    """One settlement, also to print (结算单)."""
    row = reads.settlement_get(actor=request.actor, pk=pk)
    back = reverse("benefits:scheme", args=[row.scheme_id])
    context = {
        "row": row, "page": page_of(request, row.uses.select_related("grant").order_by("on", "pk"), size=100 if request.GET.get("print") else 20),
        "may_settle": request.actor.may(Perm.FEE_SETTLE, row.scheme.union), "pay": forms.PayForm(auto_id="p_%s", initial={"paid_on": clock.today()}),
        "unpay": forms.ReasonForm(auto_id="u_%s"), "void": forms.ReasonForm(auto_id="v_%s"), "states": SettlementState,
        "levels": row.uses.order_by().values_list("level").distinct().count(), "trail": common.trail("schemes", (row.scheme.name, back), (f"{row.hospital.name} {row.month:%Y-%m}", "")),
    }  # fmt: skip
    return render(request, "benefits/print/settlement.html" if request.GET.get("print") else HERE + "settlement.html", context)


@officer(Perm.FEE_RUN)
@require_GET
def settlement_file(request: Request, pk: int) -> HttpResponse:
    """The lines as xlsx (下载明细)."""
    row = reads.settlement_get(actor=request.actor, pk=pk)
    if row.file is None:
        raise NotFound()
    return HttpResponseRedirect(files.file_link(request.actor, row.file, granted=True))


@officer(Perm.FEE_SETTLE)
@require_POST
def settlement_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Pay, take the payment back, make void (付款、撤回、作废)."""
    row, actor = reads.settlement_get(actor=request.actor, pk=pk, perm=Perm.FEE_SETTLE), request.actor
    form: Any = {"pay": forms.PayForm, "unpay": forms.ReasonForm, "void": forms.ReasonForm}.get(verb, lambda _d: None)(request.POST)
    if form is None:
        raise NotFound()
    if not form.is_valid():
        faults(request, form)
        return common.to("settlement", pk)
    data = form.cleaned_data
    does: dict[str, tuple[Any, str]] = {
        "pay": (lambda: settling.settlement_pay(actor=actor, settlement=row, **data), "已登记付款。"),
        "unpay": (lambda: settling.settlement_unpay(actor=actor, settlement=row, **data), "付款登记已撤回。"),
        "void": (lambda: settling.settlement_void(actor=actor, settlement=row, **data), "已作废，这些记录可以重新结算。"),
    }
    told(request, *does[verb])
    return common.to("settlement", pk)
