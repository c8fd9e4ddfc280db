"""Desk of off-establishment staff money and of reconciliation (非在编经费、三方核对)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound
from gonghui.core.http import Request, page_of, render, tabs_of
from gonghui.files import services as files
from gonghui.income import forms
from gonghui.income.enums import Axis, Cause, Perm, StaffState
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import recon as recons
from gonghui.income.selectors import staff as reads
from gonghui.income.services import recon as recon_services
from gonghui.income.services import staff
from gonghui.income.web import common
from gonghui.orgs.selectors import law

PRINT_MOST = 2000


@officer(Perm.STAFF_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Yearly checks of all units (非在编人员经费)."""
    union, state = common.union_of(request, Perm.STAFF_VIEW), request.GET.get("state", "")
    rows = reads.checks(request.actor, union, state=state)
    counts = reads.state_counts(request.actor, union)
    names = [(k, v, counts.get(k, 0)) for k, v in [("", "全部"), ("late", "逾期"), *((s.value, str(s.label)) for s in StaffState)]]
    context = {
        "union": union, "tabs": tabs_of(request, names), "page": page_of(request, rows), "today": clock.today(), "may_edit": request.actor.may(Perm.STAFF_UNIT, union),
        "late": counts["late"], "trail": common.trail(("非在编人员经费", "")),
    }  # fmt: skip
    return render(request, "income/console/staff.html", context)


@officer(Perm.STAFF_UNIT)
@require_POST
def remind(request: Request) -> HttpResponse:
    """Remind every unit that has not been this year (发出提醒)."""
    made: list[int] = []
    common.plain(request, lambda: made.append(staff.staff_remind_all(actor=request.actor)), "该提醒的单位都已提醒。")
    return common.to("staff")


def _page(request: Request, row: Any, *, status: int = 200, **bound: Any) -> HttpResponse:
    may_unit = request.actor.may(Perm.STAFF_UNIT, row.union) and row.state in (StaffState.REMINDED, StaffState.UNIT, StaffState.DIFFERS)
    may_finance = request.actor.may(Perm.STAFF_FINANCE, row.union) and row.state in (StaffState.UNIT, StaffState.DIFFERS)
    steps = [
        {"text": "提醒单位核对", "at": row.reminded_on, "note": f"请在 {row.due_on} 前核对"},
        {"text": f"单位确认 {row.unit_count} 人" if row.unit_on else "单位确认", "at": row.unit_on},
        {"text": f"财政核对 {row.finance_count} 人" if row.finance_on else "财政核对", "at": row.finance_on, "note": row.finance_office},
        {
            "text": "经费到账" if row.arrived_on else "等待到账",
            "at": row.arrived_on,
            "note": f"应在 {row.expected_on} 前到账" if row.expected_on else "",
        },
    ]
    yearly = law.decided("finance.off_establishment_reminder", row.union, clock.today(), {"reminded_on": row.reminded_on})
    context = {
        "yearly": yearly.as_slip() if yearly is not None and yearly.clauses else None,  # only where a text of the place says so
        "row": row, "steps": steps, "may_unit": may_unit, "may_finance": may_finance, "today": clock.today(), "arrivals": row.arrivals.order_by("pk"),
        "may_arrive": request.actor.may(Perm.STAFF_FINANCE, row.union) and row.state in reads.WAITS_ARRIVAL, "left": row.expected_fen - row.arrived_fen, "gap": abs((row.unit_count or 0) - (row.finance_count or 0)),
        "unit": bound.get("unit") or forms.UnitConfirmForm(initial={"count": row.unit_count, "wage": row.unit_wage_fen}),
        "finance": bound.get("finance") or forms.FinanceConfirmForm(initial={"count": row.finance_count, "office": row.finance_office}),
        "arrive": bound.get("arrive") or forms.ArriveForm(initial={"on": clock.today(), "amount": row.expected_fen - row.arrived_fen or None}),
        "trail": common.trail(("非在编人员经费", reverse("income:staff")), (f"{row.employer.name} {row.year}", "")),
        "overdue": row.state in reads.WAITS_ARRIVAL and row.expected_on is not None and row.expected_on < clock.today(),
    }  # fmt: skip
    return render(request, "income/console/staff_check.html", context, status=status)


@officer(Perm.STAFF_VIEW)
@require_GET
def check(request: Request, pk: int) -> HttpResponse:
    """One unit's check (非在编核对)."""
    return _page(request, reads.check_get(actor=request.actor, pk=pk))


@officer(Perm.STAFF_UNIT, Perm.STAFF_FINANCE)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Confirm by the unit, by the finance section, or money arrived (办理核对)."""
    perm = Perm.STAFF_UNIT if verb == "unit" else Perm.STAFF_FINANCE
    row, kinds = reads.check_get(actor=request.actor, pk=pk, perm=perm), {
        "unit": forms.UnitConfirmForm, "finance": forms.FinanceConfirmForm, "arrive": forms.ArriveForm,
    }  # fmt: skip
    if verb not in kinds:
        raise NotFound()
    form: Any = kinds[verb](request.POST)

    def do() -> Any:
        data, who = form.cleaned_data, request.actor
        if verb == "unit":
            return staff.unit_confirm(actor=who, check=row, count=data["count"], wage_fen=data["wage"] or 0)
        if verb == "finance":
            return staff.finance_confirm(actor=who, check=row, count=data["count"], office=data["office"])
        return staff.staff_arrive(actor=who, check=row, amount_fen=data["amount"], on=data["on"], reference=data["reference"])

    said = {"unit": "单位人数已确认。", "finance": "财政核对已登记。", "arrive": "到账已登记。"}
    if common.act(request, form, do, said[verb]):
        return common.to("staff_check", pk)
    return _page(request, row, status=422, **{verb: form})


@officer(Perm.STAFF_VIEW)
@require_GET
def print_check(request: Request, pk: int) -> HttpResponse:
    """The confirmation form for both sides to stamp (人数核对确认表)."""
    return render(request, "income/print/staff.html", {"row": reads.check_get(actor=request.actor, pk=pk), "today": clock.today()})


# -- reconciliation --------------------------------------------------------------------------------------------------


@officer(Perm.RECON_VIEW)
@require_GET
def recon_list(request: Request) -> HttpResponse:
    """Reconciliations made (三方核对)."""
    return _recons(request)


def _recons(request: Request, *, status: int = 200, form: Any = None) -> HttpResponse:
    union = common.union_of(request, Perm.RECON_VIEW)
    page = page_of(request, recons.recons(request.actor, union))
    context = {
        "union": union, "page": page, "rows": [(r, Period(r.since, r.months).label) for r in page], "form": form or forms.PeriodForm(initial=_latest(union)),
        "may_edit": request.actor.may(Perm.RECON_EDIT, union), "trail": common.trail(("三方核对", "")),
    }  # fmt: skip
    return render(request, "income/console/recons.html", context, status=status)


def _latest(union: Any) -> dict[str, Any]:
    """The form begins with the newest collection list, for which both sides are there."""
    period = recons.last_listed(union)
    return {"since": period.since.isoformat(), "months": period.months} if period is not None else {}


@officer(Perm.RECON_EDIT)
@require_POST
def recon_make(request: Request) -> HttpResponse:
    """Compare the sides for a period (开始核对)."""
    union, form, made = common.union_of(request, Perm.RECON_EDIT), forms.PeriodForm(request.POST), list[Any]()
    if common.act(
        request,
        form,
        lambda: made.append(recon_services.recon_make(actor=request.actor, union=union, period=form.period())),
        "核对已完成。",
    ):
        return common.to("recon", made[0].pk)
    return _recons(request, form=form, status=422)


def _recon(request: Request, row: Any, *, status: int = 200, errors_of: Any = None) -> HttpResponse:
    axis, cause, state = (request.GET.get(k, "") for k in ("axis", "cause", "state"))
    axis = axis if axis in Axis.values else ""
    cause = cause if cause in Cause.values else ""
    state = state if state in ("open", "settled") else ""
    rows = recons.lines(row, axis=axis, cause=cause, state=state)
    names = [("", "全部", None), ("open", "待处理", None), ("settled", "已说明", None)]
    context = {
        "row": row, "period": Period(row.since, row.months), "sides": recons.sides(row), "causes": recons.by_cause(row), "page": page_of(request, rows),
        "axis": axis, "cause": Cause(cause).label if cause else "", "tabs": tabs_of(request, names), "may_edit": request.actor.may(Perm.RECON_EDIT, row.union),
        "errors_of": errors_of, "trail": common.trail(("三方核对", reverse("income:recons")), (f"{row.union.name} {Period(row.since, row.months).label}", "")),
    }  # fmt: skip
    return render(request, "income/console/recon.html", context, status=status)


@officer(Perm.RECON_VIEW)
@require_GET
def recon(request: Request, pk: int) -> HttpResponse:
    """Both sides, causes, records (核对结果)."""
    return _recon(request, recons.recon_get(actor=request.actor, pk=pk))


@officer(Perm.RECON_EDIT)
@require_POST
def recon_settle(request: Request, pk: int) -> HttpResponse:
    """Say what was found out (说明差异)."""
    row, form = recons.recon_get(actor=request.actor, pk=pk, perm=Perm.RECON_EDIT), forms.ReasonForm(request.POST)
    wanted = [int(v) for v in request.POST.getlist("pk") if v.isascii() and v.isdigit() and len(v) < 19]

    def do() -> Any:
        if not wanted:
            raise BadInput("income.nothing_chosen", "请先勾选要说明的差异。")
        return recon_services.lines_settle(actor=request.actor, recon=row, lines=wanted, reason=form.cleaned_data["reason"])

    if common.act(request, form, do, "已说明。"):
        return common.to("recon", pk)
    return _recon(request, row, status=422, errors_of=form)


@officer(Perm.RECON_EDIT)
@require_POST
def line_reopen(request: Request, pk: int) -> HttpResponse:
    """The explanation did not hold (重新打开)."""
    line = recons.line_get(actor=request.actor, pk=pk)
    common.plain(request, lambda: recon_services.line_reopen(actor=request.actor, line=line), "已重新打开。")
    return common.to("recon", line.recon_id)


@officer(Perm.RECON_VIEW)
@require_GET
def recon_print(request: Request, pk: int) -> HttpResponse:
    """The reconciliation to sign (打印核对表)."""
    row = recons.recon_get(actor=request.actor, pk=pk)
    context = {"row": row, "period": Period(row.since, row.months), "sides": recons.sides(row), "causes": recons.by_cause(row),
               "lines": recons.lines(row)[:PRINT_MOST]}  # fmt: skip
    return render(request, "income/print/recon.html", context)


@officer(Perm.RECON_EDIT)
@require_POST
def recon_export(request: Request, pk: int) -> HttpResponse:
    """Ask for the reconciliation as xlsx (导出核对)."""
    row, form, made = recons.recon_get(actor=request.actor, pk=pk, perm=Perm.RECON_EDIT), forms.ReasonForm(request.POST), list[Any]()

    def do() -> None:
        count = row.lines.exclude(person=None).count()
        made.append(
            files.export_start(request.actor, "income.recon", form.cleaned_data["reason"], count, org_path=row.union.path, recon=row.pk)
        )

    if common.act(request, form, do, "导出已提交。"):
        return HttpResponseRedirect(reverse("files:export", args=[made[0].pk]))
    return _recon(request, row, status=422, errors_of=form)
