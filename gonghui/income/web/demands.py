"""Desk of arrears and refunds (催缴、支付令、返还)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound
from gonghui.core.http import Request, page_of, render, tabs_of
from gonghui.income import flows, forms
from gonghui.income.enums import CaseState, DemandState, Perm, RefundKind
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import law
from gonghui.income.selectors import levy as reads
from gonghui.income.services import demands, receipts, refunds
from gonghui.income.web import common
from gonghui.orgs.selectors import unions


@officer(Perm.LEVY_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Who is in arrears and what was done (催缴与账龄)."""
    union, state = common.union_of(request, Perm.LEVY_VIEW), request.GET.get("state", "")
    counts = reads.demand_counts(request.actor, union)
    names = [(k, v, counts.get(k, 0)) for k, v in [("", "在办"), *((s.value, str(s.label)) for s in DemandState), ("all", "全部")]]
    names = [n for n in names if n[2] or n[0] in ("", "all", state)]  # only the stages something stands in
    ageing = reads.ageing(request.actor, union)
    context = {
        "union": union, "tabs": tabs_of(request, names), "page": page_of(request, reads.demands(request.actor, union, state=state)), "ageing": ageing,
        "oldest": max((n for _l, _c, n in ageing), default=0) or 1, "owing": _owing(request, union), "today": clock.today(),
        "may_demand": request.actor.may(Perm.DEMAND_EDIT, union), "trail": common.trail(("催缴与支付令", "")),
    }  # fmt: skip
    return render(request, "income/console/demands.html", context)


def _owing(request: Request, union: Any) -> list[dict[str, Any]]:
    """Payers in arrears, the oldest first."""
    found: dict[int, dict[str, Any]] = {}
    for d in reads.arrears(request.actor, union)[:400]:
        row = found.setdefault(d.payer_id, {"payer": d.payer, "times": 0, "fen": 0, "since": d.due_on, "union": d.union, "demand": None})
        row["times"] += 1
        row["fen"] += d.owed_fen
    rows = list(found.values())[:40]
    for letter in reads.demands(request.actor, union).filter(payer__in=[r["payer"] for r in rows]):
        found[letter.payer_id]["demand"] = letter
    return rows


@officer(Perm.DEMAND_EDIT)
@require_POST
def issue(request: Request, pk: int) -> HttpResponse:
    """Send a demand letter (发催缴通知书)."""
    payer = reads.payer_get(actor=request.actor, pk=pk, perm=Perm.DEMAND_EDIT)
    made: list[Any] = []
    if common.plain(request, lambda: made.append(demands.demand_issue(actor=request.actor, payer=payer)), "催缴通知书已生成，请打印送达。"):
        return common.to("demand", made[0].pk)
    return common.to("payer", pk)


def _page(request: Request, row: Any, *, status: int = 200, **bound: Any) -> HttpResponse:
    today, owed = clock.today(), demands.owed_now(row)
    slips = demands.fee_slips(row, today)
    fee_left = row.fee_fen - row.fee_waived_fen - receipts.fee_paid(row)
    order = demands.order_slip(row, today)
    context = {
        "row": row, "owed": owed, "fee_left": fee_left, "fee_word": "已减免" if row.fee_fen else "当地没有规定滞纳金", "open": bool(flows.DEMAND.table[row.state]), "today": today,
        "lines": [(line, Period(line.declaration.since, line.declaration.months).label, slip) for line, slip in slips],
        "fee_slip": slips[-1][1].as_slip() if slips else None, "order_slip": order.as_slip(), "undisputed": int(order.values.get("undisputed") or 0),
        "may_apply": flows.DEMAND.allows(row, DemandState.APPLIED), "may_dispute": flows.DEMAND.allows(row, DemandState.DISPUTED),
        "in_court": row.state in (DemandState.APPLIED, DemandState.ORDERED, DemandState.OBJECTED), "stored": policy_link(row.slip),
        "dispute": bound.get("dispute") or forms.DisputeForm(), "order": bound.get("order") or forms.OrderForm(), "court": bound.get("court") or forms.CourtForm(),
        "waive": bound.get("waive") or forms.WaiveForm(initial={"amount": fee_left if fee_left > 0 else None}),
        "fee": bound.get("fee") or forms.TakeForm(initial={"on": today, "amount": fee_left if fee_left > 0 else None}),
        "waivers": row.waivers.select_related("approval").order_by("-pk"), "receipts": row.receipts.order_by("pk"),
        "may_edit": request.actor.may(Perm.DEMAND_EDIT, row.union), "may_levy": request.actor.may(Perm.LEVY_EDIT, row.union),
        "trail": common.trail(("催缴与支付令", reverse("income:demands")), (row.label, "")),
    }  # fmt: skip
    return render(request, "income/console/demand.html", context, status=status)


def policy_link(number: str) -> str:
    """The stored slip's page."""
    return reverse("policy:slip", args=[number]) if number else ""


@officer(Perm.LEVY_VIEW)
@require_GET
def demand(request: Request, pk: int) -> HttpResponse:
    """One demand with its road to the payment order (催缴详情)."""
    return _page(request, reads.demand_get(actor=request.actor, pk=pk))


@officer(Perm.DEMAND_EDIT, Perm.LEVY_EDIT)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """One step of a demand: refresh, dispute, order, court, waive, fee (办理催缴)."""
    perm = Perm.LEVY_EDIT if verb == "fee" else Perm.DEMAND_EDIT
    row = reads.demand_get(actor=request.actor, pk=pk, perm=perm)
    if verb == "refresh":
        common.plain(request, lambda: demands.fee_refresh(actor=request.actor, demand=row), "滞纳金已算到今天。")
        return common.to("demand", pk)
    kinds = {
        "dispute": forms.DisputeForm,
        "order": forms.OrderForm,
        "court": forms.CourtForm,
        "waive": forms.WaiveForm,
        "fee": forms.TakeForm,
    }
    if verb not in kinds:
        raise NotFound()
    form: Any = kinds[verb](request.POST)

    def do() -> Any:
        data, who = form.cleaned_data, request.actor
        if verb == "dispute":
            return demands.demand_dispute(actor=who, demand=row, disputed_fen=data["amount"], words=data["words"])
        if verb == "order":
            return demands.order_apply(actor=who, demand=row, **data)
        if verb == "court":
            return demands.demand_move(actor=who, demand=row, **data)
        if verb == "waive":
            return demands.waiver_ask(actor=who, demand=row, amount_fen=data["amount"], reason=data["reason"])
        return receipts.fee_take(actor=who, demand=row, amount_fen=data["amount"], on=data["on"], reference=data["reference"])

    said = {
        "dispute": "异议已登记。",
        "order": "已登记申请支付令，请打印申请书。",
        "court": "法院结果已登记。",
        "waive": "减免已送审。",
        "fee": "已收滞纳金并开具收据。",
    }
    if common.act(request, form, do, said[verb]):
        return common.to("demand", pk)
    return _page(request, reads.demand_get(actor=request.actor, pk=pk, perm=perm), status=422, **{verb: form})


@officer(Perm.LEVY_VIEW)
@require_GET
def letter(request: Request, pk: int) -> HttpResponse:
    """The demand letter to print (催缴通知书)."""
    row = reads.demand_get(actor=request.actor, pk=pk)
    lines = row.lines.select_related("declaration").order_by("declaration__since")
    context = {
        "row": row,
        "lines": [(x, Period(x.declaration.since, x.declaration.months).label) for x in lines],
        "total": row.claimed_fen + row.fee_fen,
    }
    return render(request, "income/print/letter.html", context)


@officer(Perm.LEVY_VIEW)
@require_GET
def petition(request: Request, pk: int) -> HttpResponse:
    """The petition for a payment order to print, prefilled (支付令申请书)."""
    row = reads.demand_get(actor=request.actor, pk=pk)
    slip = demands.order_slip(row, clock.today())
    context = {"row": row, "fen": row.order_fen or int(slip.values.get("undisputed") or 0), "today": clock.today(), "owed": demands.owed_now(row),
               "chair": row.union.posts.filter(until=None, title="chair", body="committee").select_related("person").first()}  # fmt: skip
    return render(request, "income/print/petition.html", context)


# -- refunds ---------------------------------------------------------------------------------------------------------


@officer(Perm.LEVY_VIEW)
@require_GET
def refund_list(request: Request) -> HttpResponse:
    """Refunds given and got (返还台账)."""
    union, state = common.union_of(request, Perm.LEVY_VIEW), request.GET.get("state", "")
    names = [("", "全部", None), *((s.value, str(s.label), None) for s in CaseState)]
    context = {"union": union, "tabs": tabs_of(request, names), "page": page_of(request, reads.refunds(request.actor, union, state=state)), "payers_url": reverse("income:payers"),
               "trail": common.trail(("经费返还", ""))}  # fmt: skip
    return render(request, "income/console/refunds.html", context)


@officer(Perm.REFUND_EDIT)
@require_http_methods(["GET", "POST"])
def refund_new(request: Request, pk: int) -> HttpResponse:
    """Propose a refund to a payer's union, with the slip beside (提出返还)."""
    payer = reads.payer_get(actor=request.actor, pk=pk, perm=Perm.REFUND_EDIT)
    today = clock.today()
    since = common.day_of(request.POST.get("since") or request.GET.get("since") or "") or today.replace(year=today.year - 1, month=1, day=1)
    own = payer.employer.own_unions.filter(ended_on=None).first() or payer.union
    form = forms.RefundForm(request.POST or None, initial={"since": since, "to_union": own.name, "kind": _kind(payer)})
    made: list[Any] = []
    if request.method == "POST" and common.act(
        request, form, lambda: made.append(_propose(request, payer, form.cleaned_data)), "返还已送审。"
    ):
        return common.to("refund", made[0].pk)
    prepared = payer.kind == "preparation"
    slip = refunds.preparation_slip(payer, today) if prepared else refunds.small_slip(payer, since, today)
    context = {
        "payer": payer, "form": form, "slip": slip.as_slip(), "lapsed": law.lapsed(slip), "uploaded": reads.prepaid(payer) if prepared else reads.uploaded(payer, since, clock.add_months(since, 12)),
        "since": since, "trail": common.trail(("拨缴户", reverse("income:payers")), (payer.employer.name, reverse("income:payer", args=[pk])), ("返还", "")),
    }  # fmt: skip
    return render(request, "income/console/refund_new.html", context, status=422 if request.method == "POST" else 200)


def _kind(payer: Any) -> str:
    return RefundKind.PREPARATION.value if payer.kind == "preparation" else RefundKind.SMALL.value


def _propose(request: Request, payer: Any, data: dict[str, Any]) -> Any:
    found = list(unions.union_visible(request.actor, Perm.LEVY_VIEW).filter(name=data["to_union"].strip(), ended_on=None)[:2])
    if len(found) != 1:
        raise BadInput("income.which_union", f"“{data['to_union'].strip()}”找到 {'不止一' if found else '0'} 个工会，请写登记的全称。")
    if data["kind"] == RefundKind.PREPARATION:
        return refunds.preparation_return(actor=request.actor, payer=payer, to_union=found[0])
    since = data["since"] or clock.today().replace(month=1, day=1)
    return refunds.refund_propose(
        actor=request.actor, payer=payer, kind=data["kind"], since=since, to_union=found[0], workers=data["workers"]
    )


def _refund_page(request: Request, row: Any, *, status: int = 200, form: Any = None) -> HttpResponse:
    context = {
        "row": row, "form": form or forms.PayForm(initial={"on": clock.today()}), "may_pay": row.state == CaseState.APPROVED and request.actor.may(Perm.REFUND_EDIT, row.union),
        "stored": policy_link(row.slip), "trail": common.trail(("经费返还", reverse("income:refunds")), (row.payer.employer.name, "")),
        "kv": [("办理工会", row.union.name), ("返还给", row.to_union.name), ("计算期", f"{row.since} 至 {row.until}（不含）"), ("状态", row.get_state_display())],
    }  # fmt: skip
    return render(request, "income/console/refund.html", context, status=status)


@officer(Perm.LEVY_VIEW)
@require_GET
def refund(request: Request, pk: int) -> HttpResponse:
    """One refund (返还详情)."""
    return _refund_page(request, reads.refund_get(actor=request.actor, pk=pk))


@officer(Perm.REFUND_EDIT)
@require_POST
def refund_pay(request: Request, pk: int) -> HttpResponse:
    """The approved money went out (返还付款)."""
    row, form = reads.refund_get(actor=request.actor, pk=pk, perm=Perm.REFUND_EDIT), forms.PayForm(request.POST)
    if common.act(request, form, lambda: refunds.refund_pay(actor=request.actor, refund=row, **form.cleaned_data), "返还付款已登记。"):
        return common.to("refund", pk)
    return _refund_page(request, row, form=form, status=422)
