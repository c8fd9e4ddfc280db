"""Desk of contributions (拨缴办理): overview, payers, declarations, receipts, what goes up."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts.actor import Actor
from gonghui.core import clock, money, show
from gonghui.core.access import officer
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, page_of, render, tabs_of
from gonghui.files import services as files
from gonghui.income import forms
from gonghui.income.enums import Channel, DeclarationState, Perm, ReceiptKind
from gonghui.income.rules.periods import Period, period_of
from gonghui.income.selectors import law, summary
from gonghui.income.selectors import levy as reads
from gonghui.income.services import declarations, payers, receipts
from gonghui.income.web import common
from gonghui.orgs.selectors import employers

ROBOT = Actor.system("income.web")


@officer(Perm.LEVY_VIEW)
@require_GET
def home(request: Request) -> HttpResponse:
    """What is owed, by whom, since when: exceptions first (收缴总览)."""
    actor, union, year = request.actor, common.union_of(request, Perm.LEVY_VIEW), common.year_of(request)
    lines = summary.lines(actor, union, year)
    ageing = reads.ageing(actor, union)
    owed, paid = sum(x.owed_fen for x in lines), sum(x.paid_fen for x in lines)
    late, undeclared = reads.late_now(actor, union)
    context = {
        "union": union, "year": year, "years": range(clock.today().year, clock.today().year - 4, -1), "page": page_of(request, lines), "owed": owed, "paid": paid,
        "late": late, "undeclared": undeclared, "late_url": f"{reverse('income:levy')}?state=late&union={union.pk}",
        "owed_label": f"{year} 年应拨缴", "dues_label": f"{year} 年会费应缴", "dues_due": sum(x.dues_due for x in lines),
        "dues_paid": sum(x.dues_paid for x in lines), "waiting": sum(x.waiting for x in lines), "exceptions": sum(x.exceptional for x in lines),
        "ageing": ageing, "oldest": max((n for _l, _c, n in ageing), default=0) or 1, "calendar": summary.calendar(actor, union)[:12],
        "to_send": reads.to_send(union), "today": clock.today(),
    }  # fmt: skip
    return render(request, "income/console/home.html", context)


@officer(Perm.LEVY_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Every period owed (拨缴台账)."""
    union, q, state = common.union_of(request, Perm.LEVY_VIEW), request.GET.get("q", "")[:60], request.GET.get("state", "")
    counts = reads.state_counts(reads.declarations(request.actor, union, q=q))
    names = [("", "全部"), ("late", "逾期"), *((s.value, str(s.label)) for s in DeclarationState)]
    page = page_of(request, reads.declarations(request.actor, union, state=state, q=q))
    context = {
        "union": union, "form": forms.LevyFilter({"q": q}), "tabs": tabs_of(request, [(k, v, counts.get(k, 0)) for k, v in names]),
        "page": page, "rows": [(d, Period(d.since, d.months).label) for d in page], "q": q, "state": state, "today": clock.today(),
        "trail": common.trail(("拨缴台账", "")), "may_edit": request.actor.may(Perm.LEVY_EDIT, union),
    }  # fmt: skip
    return render(request, "income/console/levy.html", context)


@officer(Perm.LEVY_VIEW)
@require_POST
def export(request: Request) -> HttpResponse:
    """Ask for the register as xlsx (导出拨缴台账)."""

    union = common.union_of(request, Perm.LEVY_VIEW)
    args = {"union": union.pk, "state": request.POST.get("state", "")[:12], "q": request.POST.get("q", "")[:60]}
    row = files.export_start(request.actor, "income.declarations", request.POST.get("purpose", "")[:200], 0, org_path=union.path, **args)
    return HttpResponseRedirect(reverse("files:export", args=[row.pk]))


@officer(Perm.LEVY_EDIT)
@require_POST
def periods(request: Request) -> HttpResponse:
    """Lay out the periods that are over (生成申报期)."""
    union = common.union_of(request, Perm.LEVY_EDIT)
    common.plain(request, lambda: payers.periods_open(actor=request.actor, union=union), "已经结束的所属期都列出来了。")
    return common.to("levy")


# -- payers ----------------------------------------------------------------------------------------------------------


@officer(Perm.LEVY_VIEW)
@require_GET
def payer_list(request: Request) -> HttpResponse:
    """Who pays here (拨缴户)."""
    union, q = common.union_of(request, Perm.LEVY_VIEW), request.GET.get("q", "")[:60]
    channel = request.GET.get("channel", "")
    rows, counts = reads.payers(request.actor, union, q=q, channel=channel), reads.channel_counts(request.actor, union)
    names = [("", "全部", sum(counts.values())), *((c.value, str(c.label), counts.get(c.value, 0)) for c in Channel)]
    context = {
        "union": union, "q": q, "channel": channel, "tabs": tabs_of(request, names, "channel"), "form": forms.LevyFilter({"q": q}), "page": page_of(request, rows), "trail": common.trail(("拨缴户", "")),
        "may_edit": request.actor.may(Perm.LEVY_EDIT, union),
    }  # fmt: skip
    return render(request, "income/console/payers.html", context)


def _employer(union: Any, words: str) -> Any:
    """The one live employer of this name or code below the union."""

    rows = employers.employer_visible(ROBOT).filter(union__path__startswith=union.path, written_off_on=None)
    found = list(rows.filter(Q(name=words.strip()) | Q(code=words.strip()))[:2])
    return found[0] if len(found) == 1 else None


@officer(Perm.LEVY_EDIT)
@require_http_methods(["GET", "POST"])
def payer_new(request: Request) -> HttpResponse:
    """Register a payer (登记拨缴户)."""
    union = common.union_of(request, Perm.LEVY_EDIT)
    form = forms.PayerForm(request.POST or None, initial={"since": clock.today().replace(day=1)})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        employer = _employer(union, data.pop("employer"))
        if employer is None:
            form.add_error("employer", "在本级工会范围内没有找到这个单位，或不止一个。请写登记的全称或单位编号。")
        elif common.act(
            request, form, lambda: payers.payer_open(actor=request.actor, employer=employer, union=union, **data), "拨缴户已登记。"
        ):
            return common.to("payers")
    context = {"union": union, "form": form, "trail": common.trail(("拨缴户", reverse("income:payers")), ("登记", ""))}
    return render(request, "income/console/form.html", {**context, "title": "登记拨缴户", "action": "登记", "back": reverse("income:payers")},
                  status=422 if request.method == "POST" else 200)  # fmt: skip


def _payer_page(request: Request, payer: Any, *, status: int = 200, **bound: Any) -> HttpResponse:
    page = page_of(request, payer.declarations.order_by("-since", "-pk"))
    context = {
        "payer": payer, "page": page, "rows": [(d, Period(d.since, d.months).label) for d in page], "today": clock.today(),
        "late": [d for d in reads.arrears(request.actor, payer.union) if d.payer_id == payer.pk], "end": bound.get("end") or forms.EndForm(),
        "may_edit": request.actor.may(Perm.LEVY_EDIT, payer.union), "may_demand": request.actor.may(Perm.DEMAND_EDIT, payer.union),
        "may_refund": request.actor.may(Perm.REFUND_EDIT, payer.union), "demand": payer.demands.exclude(state__in=["paid", "withdrawn"]).first(),
        "refunds": payer.refunds.order_by("-pk"), "trail": common.trail(("拨缴户", reverse("income:payers")), (payer.employer.name, "")),
    }  # fmt: skip
    return render(request, "income/console/payer.html", context, status=status)


@officer(Perm.LEVY_VIEW)
@require_GET
def payer(request: Request, pk: int) -> HttpResponse:
    """One payer with all its periods (拨缴户详情)."""
    return _payer_page(request, reads.payer_get(actor=request.actor, pk=pk))


@officer(Perm.LEVY_EDIT)
@require_POST
def payer_end(request: Request, pk: int) -> HttpResponse:
    """The employer pays here no more (停缴)."""
    row, form = reads.payer_get(actor=request.actor, pk=pk, perm=Perm.LEVY_EDIT), forms.EndForm(request.POST)
    if common.act(request, form, lambda: payers.payer_end(actor=request.actor, payer=row, **form.cleaned_data), "已登记停缴。"):
        return common.to("payer", pk)
    return _payer_page(request, row, end=form, status=422)


# -- declarations ----------------------------------------------------------------------------------------------------


@officer(Perm.LEVY_EDIT)
@require_http_methods(["GET", "POST"])
def declare(request: Request, pk: int) -> HttpResponse:
    """Declare a period of a payer (申报)."""
    row = reads.payer_get(actor=request.actor, pk=pk, perm=Perm.LEVY_EDIT)
    form = forms.DeclareForm(request.POST or None, initial={"since": request.GET.get("since") or reads.next_due(row)})
    made: list[Any] = []
    if "try" in request.POST:
        return _declare_page(request, row, form, trial=_tried(row, form))
    if request.method == "POST" and common.act(
        request, form,
        lambda: made.append(
            declarations.declaration_make(
                actor=request.actor, payer=row, since=form.day(), amounts=form.amounts(), workers=form.cleaned_data["workers"], local_in=form.local_in()
            )
        ),
        "已申报。",
    ):  # fmt: skip
        return common.to("declaration", made[0].pk)
    return _declare_page(request, row, form)


def _declare_page(request: Request, row: Any, form: Any, *, trial: Any = None) -> HttpResponse:
    back = reverse("income:payer", args=[row.pk])
    context = {"payer": row, "form": form, "groups": _groups(form), "action": "申报", "back": back, "trial": trial,
               "trail": common.trail(("拨缴户", reverse("income:payers")), (row.employer.name, back), ("申报", ""))}  # fmt: skip
    return render(request, "income/console/declare.html", context, status=422 if request.method == "POST" and trial is None else 200)


def _tried(row: Any, form: Any) -> dict[str, Any] | None:
    """What the wage items would come to, with nothing kept (先算一算)."""
    if not form.is_valid():
        return None
    period = period_of(form.day(), row.cycle)
    try:
        base = declarations.base_of(row.union, period, form.amounts(), form.local_in())
        levy_fen, cited = law.levy(row.union, period, base.total_fen)
        due, _due_cited = law.due_on(row.union, period)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None
    labels = forms.IN | forms.OUT | forms.LOCAL
    return {
        "period": period.label, "items": [(labels.get(item, item), fen, counts, why) for item, fen, counts, why in base.items],
        "unknown": [labels.get(item, item) for item in base.unknown], "base": base.total_fen, "levy": levy_fen, "cited": cited, "due": due,
        "sum": _sum_text(base.total_fen, levy_fen),
    }  # fmt: skip


def _sum_text(base_fen: int, levy_fen: int) -> str:
    """How the contribution came about, in one line; the rate is what the amounts say (怎么算的)."""
    if not base_fen:
        return ""
    return f"应缴 {money.show(levy_fen)} ＝ 计入的工资总额 {money.show(base_fen)} × {show.rate(levy_fen, base_fen, 2)}，不足一分四舍五入"


def _groups(form: Any) -> list[tuple[str, str, list[Any]]]:
    """The items in the order of the statute, for the page."""
    return [
        ("组成工资总额的六项", "没有的不填。", [form[k] for k in forms.IN]),
        ("不列入工资总额的", "填了也不计入，只留作说明。", [form[k] for k in forms.OUT]),
        ("由当地口径定的", "全国文件没有写明，请按当地规定选。", [form[k] for name in forms.LOCAL for k in (name, f"local_{name}")]),
    ]


def _declaration_page(request: Request, row: Any, *, status: int = 200, **bound: Any) -> HttpResponse:
    period = Period(row.since, row.months)
    items = dict(forms.IN | forms.OUT | forms.LOCAL)
    context = {
        "row": row, "period": period, "components": [(items.get(c.item, c.item), c) for c in reads.components(row)],
        "receipts": row.receipts.select_related("reverses").prefetch_related("shares").order_by("pk"),
        "sum_text": _sum_text(row.base_fen, row.levy_fen),
        "take": bound.get("take") or forms.TakeForm(initial={"amount": row.owed_fen or None, "on": clock.today()}),
        "reverse_form": bound.get("reverse") or forms.ReasonForm(), "may_edit": request.actor.may(Perm.LEVY_EDIT, row.union), "today": clock.today(),
        "trail": common.trail(("拨缴台账", reverse("income:levy")), (row.payer.employer.name, reverse("income:payer", args=[row.payer_id])), (period.label, "")),
        "kv": [
            ("单位", row.payer.employer.name), ("收缴工会", row.union.name), ("缴纳渠道", row.payer.get_channel_display()), ("申报日期", row.declared_on or "还没有申报"),
            ("职工人数", row.workers if row.workers is not None else "—"), ("拨缴比例依据", row.basis.get("levy") or "—"), ("应缴日期依据", row.basis.get("due") or "—"),
        ],
    }  # fmt: skip
    return render(request, "income/console/declaration.html", context, status=status)


@officer(Perm.LEVY_VIEW)
@require_GET
def declaration(request: Request, pk: int) -> HttpResponse:
    """One period: wage items, receipts, shares (申报详情)."""
    return _declaration_page(request, reads.declaration_get(actor=request.actor, pk=pk))


@officer(Perm.LEVY_EDIT)
@require_POST
def take(request: Request, pk: int) -> HttpResponse:
    """Money arrived (收款开票)."""
    row, form = reads.declaration_get(actor=request.actor, pk=pk, perm=Perm.LEVY_EDIT), forms.TakeForm(request.POST)

    def do() -> Any:
        data = form.cleaned_data
        return receipts.receipt_take(
            actor=request.actor, declaration=row, amount_fen=data["amount"], on=data["on"], reference=data["reference"]
        )

    if common.act(request, form, do, "已收款并开具收据。"):
        return common.to("declaration", pk)
    return _declaration_page(request, row, take=form, status=422)


@officer(Perm.LEVY_EDIT)
@require_http_methods(["GET", "POST"])
def correct(request: Request, pk: int) -> HttpResponse:
    """Correct a declaration (更正申报)."""
    row = reads.declaration_get(actor=request.actor, pk=pk, perm=Perm.LEVY_EDIT)
    start: dict[str, Any] = {c.item: c.amount_fen for c in reads.components(row)} | {"workers": row.workers}
    start |= {f"local_{c.item}": "1" if c.counts else "0" for c in reads.components(row) if c.item in forms.LOCAL}
    form, made = forms.DeclareForm(request.POST or None, initial=start, correcting=True), list[Any]()
    if request.method == "POST" and common.act(
        request, form,
        lambda: made.append(
            declarations.declaration_correct(
                actor=request.actor, declaration=row, amounts=form.amounts(), workers=form.cleaned_data["workers"], reason=form.cleaned_data["reason"],
                local_in=form.local_in(),
            )
        ),
        "已更正，原申报留作备查。",
    ):  # fmt: skip
        return common.to("declaration", made[0].pk)
    context = {"payer": row.payer, "row": row, "form": form, "groups": _groups(form), "action": "更正", "back": reverse("income:declaration", args=[pk]),
               "trail": common.trail(("拨缴台账", reverse("income:levy")), ("更正申报", ""))}  # fmt: skip
    return render(request, "income/console/declare.html", context, status=422 if request.method == "POST" else 200)


# -- receipts --------------------------------------------------------------------------------------------------------


@officer(Perm.LEVY_VIEW)
@require_GET
def receipt_list(request: Request) -> HttpResponse:
    """Receipts, what goes to whom, what has gone up (专用收据)."""
    union, kind, q = common.union_of(request, Perm.LEVY_VIEW), request.GET.get("kind", ""), request.GET.get("q", "")[:60]
    rows = reads.receipts(request.actor, union, kind=kind, q=q)
    context = {
        "union": union, "page": page_of(request, rows), "q": q, "form": forms.LevyFilter({"q": q}), "shares": reads.share_totals(reads.receipts(request.actor, union)),
        "tabs": tabs_of(request, [("", "全部", None), *((k.value, str(k.label), None) for k in ReceiptKind)], "kind"), "kind": kind,
        "to_send": reads.to_send(union), "remittances": reads.remittances(request.actor, union)[:12], "may_edit": request.actor.may(Perm.LEVY_EDIT, union),
        "remit": forms.TakeForm(initial={"on": clock.today()}), "trail": common.trail(("收据与上解", "")),
    }  # fmt: skip
    return render(request, "income/console/receipts.html", context)


@officer(Perm.LEVY_VIEW)
@require_GET
def receipt(request: Request, pk: int) -> HttpResponse:
    """A receipt to print (工会经费收入专用收据)."""
    row = reads.receipt_get(actor=request.actor, pk=pk)
    return render(
        request, "income/print/receipt.html", {"row": row, "shares": row.shares.order_by("pk"), "red": getattr(row, "reversal", None)}
    )


@officer(Perm.LEVY_EDIT)
@require_POST
def receipt_reverse(request: Request, pk: int) -> HttpResponse:
    """Take a receipt back (冲销收据)."""
    row, form = reads.receipt_get(actor=request.actor, pk=pk, perm=Perm.LEVY_EDIT), forms.ReasonForm(request.POST)
    done = common.act(
        request, form, lambda: receipts.receipt_reverse(actor=request.actor, receipt=row, reason=form.cleaned_data["reason"]), "已冲销。"
    )
    if not done and row.declaration is not None:
        return _declaration_page(request, reads.declaration_get(actor=request.actor, pk=row.declaration.pk), reverse=form, status=422)
    if not done:
        return render(request, "income/console/form.html", {"form": form, "title": "冲销收据", "action": "冲销", "back": reverse("income:receipts"),
                      "trail": common.trail(("冲销收据", ""))}, status=422)  # fmt: skip
    return common.to("declaration", row.declaration_id) if row.declaration_id else common.to("receipts")


@officer(Perm.LEVY_EDIT)
@require_POST
def remit(request: Request) -> HttpResponse:
    """Send the upper levels' part up (上解)."""
    union, form = common.union_of(request, Perm.LEVY_EDIT), forms.TakeForm(request.POST)

    def do() -> Any:
        data = form.cleaned_data
        return receipts.remit(actor=request.actor, union=union, amount_fen=data["amount"], on=data["on"], reference=data["reference"])

    if common.act(request, form, do, "已登记上解。"):
        return common.to("receipts")
    context = {
        "union": union,
        "form": form,
        "title": "上解",
        "action": "登记上解",
        "back": reverse("income:receipts"),
        "trail": common.trail(("上解", "")),
    }
    return render(request, "income/console/form.html", context, status=422)


@officer(Perm.LEVY_EDIT)
@require_POST
def remit_reverse(request: Request, pk: int) -> HttpResponse:
    """Take a remittance back (冲销上解)."""
    row, form = reads.remittance_get(actor=request.actor, pk=pk), forms.ReasonForm(request.POST)
    if common.act(
        request,
        form,
        lambda: receipts.remit_reverse(actor=request.actor, remittance=row, reason=form.cleaned_data["reason"]),
        "已冲销上解。",
    ):
        return common.to("receipts")
    context = {
        "form": form,
        "title": "冲销上解",
        "action": "冲销",
        "back": reverse("income:receipts"),
        "trail": common.trail(("冲销上解", "")),
    }
    return render(request, "income/console/form.html", context, status=422)
