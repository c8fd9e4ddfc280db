"""Pages of budgets (预算页面)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock, menu, money
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import XLSX, Request, download, page_of, render, tabs_of, told, whole_number
from gonghui.finance.rules import EVENTS, charts
from gonghui.treasury import exports, forms
from gonghui.treasury.enums import BudgetState, Perm, Side
from gonghui.treasury.models import Budget, Reservation
from gonghui.treasury.rules.items import Row
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.selectors import finals, prefill
from gonghui.treasury.services import budgets, holds, reminders
from gonghui.treasury.web import common

BLANK = 3


@officer(Perm.BUDGET_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Budgets by state (预算列表)."""
    form = forms.BudgetFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    rows = reads.budget_list(actor=request.actor, year=given.get("year"), q=given.get("q", ""))
    parts = {"": rows, **{s.value: rows.filter(state=s) for s in BudgetState}}
    state = request.GET.get("state", "") if request.GET.get("state", "") in parts else ""
    counts = menu.tallied(request.actor, parts)
    page = page_of(request, parts[state], count=counts[state])
    done = reads.moved([b.union_id for b in page], page.object_list[0].year) if page.object_list else {}
    lines = [
        (
            b,
            sum(f for (a, _e, _p), f in done.get(b.union_id, {}).items() if a.startswith("5"))
            if b.year == page.object_list[0].year
            else None,
        )
        for b in page
    ]
    labels = [("", "全部"), *[(s.value, s.label) for s in BudgetState]]
    context = {
        "page": page, "lines": lines, "form": form, "tabs": tabs_of(request, [(k, v, counts[k]) for k, v in labels]), "trail": common.trail(("预算", "")),
        "may_edit": request.actor.may(Perm.BUDGET_EDIT), "year": clock.today().year,
    }  # fmt: skip
    return render(request, "treasury/console/budgets.html", context)


def _rows(request: Request) -> list[Row]:
    """Items from the table of the form. Raises BadInput with the row that cannot be read."""
    found = []
    for n, (account, activity, name, amount, basis) in enumerate(
        zip(*(request.POST.getlist(k) for k in ("account", "activity", "name", "amount", "basis")), strict=False), 1
    ):
        if not account.strip() or not amount.strip():
            continue
        try:
            fen = money.parse(amount)
        except ValueError:
            raise BadInput("treasury.budget_amount", f"第 {n} 行的金额“{amount[:20]}”读不出来，请写成 1234.50 这样。") from None
        found.append(Row("", account.strip(), fen, activity.strip(), name.strip(), None, basis.strip()))
    return found


def _table(union: Any, year: int, rows: Sequence[Any]) -> dict[str, Any]:
    chart = charts.chart(date(year, 12, 31))
    level = charts.level_of(union.kind)
    accounts = [(a.code, f"{a.code} {chart.name(a.code)}") for a in chart.leaves(level) if a.cls in {"income", "expense"}]
    shown = [
        {
            "account": r.account,
            "activity": r.activity,
            "name": r.name,
            "amount": money.plain(r.amount_fen),
            "last": r.last_fen,
            "basis": r.basis,
        }
        for r in rows
    ]
    shown += [{"account": "", "activity": "", "name": "", "amount": "", "last": None, "basis": ""} for _ in range(BLANK)]
    events = [("", "不分活动"), *[(e.key, e.label) for e in EVENTS.values() if e.flow == "out"]]
    return {"rows": shown, "accounts": accounts, "events": events}


def _head(request: Request, initial: dict[str, Any]) -> forms.BudgetHead:
    return forms.BudgetHead(request.POST or None, initial=initial)


@officer(Perm.BUDGET_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Prepare a budget, prefilled (编制预算)."""
    union = common.union_of(request, Perm.BUDGET_EDIT)
    year = whole_number(request.GET.get("year") or request.POST.get("year")) or clock.today().year
    year = year if 2010 <= year <= clock.today().year + 1 else clock.today().year
    filled, members = prefill.rows_of(union, year)
    head, status = _head(request, {"members": members, "control": "rule", "carried_fen": "0"}), 200
    rows: Sequence[Any] = filled
    if request.method == "POST":
        status = 422
        try:
            rows = _rows(request)
            if head.is_valid():
                data = head.cleaned_data
                made = budgets.budget_prepare(
                    actor=request.actor,
                    union=union,
                    year=year,
                    rows=rows,
                    carried_fen=data["carried_fen"] or 0,
                    control=data["control"],
                    reason=data["reason"],
                )
                return common.go("treasury:budget", made.pk)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            head.add_error(None, refusal.message)
    context = {
        "union": union, "year": year, "form": head, **_table(union, year, rows), "title": f"{year} 年预算", "back": reverse("treasury:budgets"),
        "trail": common.trail(("预算", reverse("treasury:budgets")), ("编制预算", "")),
    }  # fmt: skip
    return render(request, "treasury/console/budget_form.html", context, status=status)


@officer(Perm.BUDGET_EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a budget that is being prepared (修改预算)."""
    row = reads.budget_get(actor=request.actor, pk=pk)
    initial = {"carried_fen": money.plain(row.carried_fen), "members": row.members, "control": row.control, "reason": row.reason}
    head, status, rows = _head(request, initial), 200, list[Any](row.lines.all())
    if request.method == "POST":
        status = 422
        try:
            rows = list(_rows(request))
            if head.is_valid():
                data = head.cleaned_data
                budgets.budget_save(
                    actor=request.actor,
                    budget=row,
                    rows=rows,
                    carried_fen=data["carried_fen"] or 0,
                    control=data["control"],
                    reason=data["reason"],
                    members=data["members"] or 0,
                )
                return common.go("treasury:budget", row.pk)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            head.add_error(None, refusal.message)
    context = {
        "union": row.union, "year": row.year, "form": head, **_table(row.union, row.year, rows), "title": f"{row.year} 年{row.get_kind_display()}",
        "back": reverse("treasury:budget", args=[pk]), "trail": common.trail(("预算", reverse("treasury:budgets")), (row.union.name, reverse("treasury:budget", args=[pk])), ("修改", "")),
    }  # fmt: skip
    return render(request, "treasury/console/budget_form.html", context, status=status)


@officer(Perm.BUDGET_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One budget: items, execution, rules, approval (预算详情)."""
    row = reads.budget_get(actor=request.actor, pk=pk)
    state, actor = reads.execution(row), request.actor
    fest = budgets.festival(row)
    sums = {s: {n: state.total(s, n) for n in ("budget", "done", "waiting", "held", "left")} for s in (Side.INCOME, Side.SPENDING)}
    context = {
        "row": row, "income": state.of(Side.INCOME), "spending": state.of(Side.SPENDING), "sums": sums, "report_by": budgets.report_by(row),
        "slips": [d.as_slip() for d in (budgets.balance(row), fest, budgets.procedure(row) if row.state == "in_force" else None) if d is not None],
        "holds": Reservation.objects.filter(union=row.union, year=row.year, state="open").order_by("on", "pk")[:50] if row.state == "in_force" else [],
        "versions": Budget.objects.filter(union=row.union, year=row.year).order_by("version"), "may_edit": actor.may(Perm.BUDGET_EDIT, row.union),
        "may_receive": row.union.parent is not None and actor.may(Perm.BUDGET_RECORD, row.union.parent), "trail": common.trail(("预算", reverse("treasury:budgets")), (row.union.name, "")),
        "percent": sums[Side.SPENDING]["done"] * 100 // sums[Side.SPENDING]["budget"] if sums[Side.SPENDING]["budget"] else 0,
    }  # fmt: skip
    return render(request, "treasury/console/budget_print.html" if request.GET.get("print") else "treasury/console/budget.html", context)


@officer(Perm.BUDGET_EDIT, Perm.BUDGET_RECORD)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Hand in, adjust, report, take note, drop (办理)."""
    row, actor = reads.budget_get(actor=request.actor, pk=pk), request.actor
    acts = {
        "submit": (
            lambda: budgets.budget_submit(actor=actor, budget=row, note=request.POST.get("note", "")),
            "已送审：先经审会审查，再由工会委员会批准。",
        ),
        "adjust": (
            lambda: budgets.budget_adjust(actor=actor, budget=row, reason=request.POST.get("reason", "")),
            "已建立调整稿，改好后送审；批准前仍按原预算执行。",
        ),
        "report": (
            lambda: budgets.budget_report(actor=actor, budget=row, document_no=request.POST.get("document_no", "")),
            "已报上一级工会。",
        ),
        "receive": (lambda: budgets.budget_receive(actor=actor, budget=row), "已签收备案。"),
        "drop": (lambda: budgets.budget_drop(actor=actor, budget=row), "已作废。"),
    }
    if verb not in acts:
        raise NotFound()
    made = told(request, *acts[verb])
    return common.go("treasury:budget", made.pk if isinstance(made, Budget) else pk)


@officer(Perm.BUDGET_EDIT)
@require_POST
def hold_release(request: Request, pk: int) -> HttpResponse:
    """Give a forgotten reservation back (释放占用)."""
    hold = Reservation.objects.filter(request.actor.within(Perm.BUDGET_EDIT, "union"), pk=pk).select_related("union").first()
    if hold is None:
        raise NotFound()
    told(request, lambda: holds.release_by_hand(actor=request.actor, hold=hold), "已释放，预算可以另用。")
    found = reads.budget_in_force(hold.union, hold.year)
    return common.go("treasury:budget", found.pk) if found else common.go("treasury:budgets")


@officer(Perm.BUDGET_VIEW)
@require_GET
def export(request: Request, pk: int) -> HttpResponse:
    """The budget as xlsx (导出)."""
    name, data = exports.budget(request.actor, {"pk": pk})
    return download(data, name, XLSX)


@officer(Perm.BUDGET_VIEW)
@require_GET
def whole(request: Request) -> HttpResponse:
    """Budgets of a subtree together, exceptions first (汇总预算)."""
    union = common.union_of(request, Perm.BUDGET_VIEW)
    year = whole_number(request.GET.get("year")) or clock.today().year
    year = year if 2010 <= year <= 2100 else clock.today().year
    if request.GET.get("xlsx"):
        name, data = exports.consolidated(request.actor, union, year)
        return download(data, name, XLSX)
    found = reads.consolidated(actor=request.actor, union=union, year=year)
    lacking = reads.missing(actor=request.actor, union=union, year=year)
    context = {
        "union": union, "year": year, "found": found, "page": page_of(request, found.unions, size=30), "lacking": _lacking(lacking[:30], year), "lacking_count": lacking.count(),
        "may_remind": request.actor.may(Perm.BUDGET_RECORD, union),
        "income": [r for r in found.rows if r.side == Side.INCOME], "spending": [r for r in found.rows if r.side == Side.SPENDING],
        "sums": {s: {n: found.total(s, n) for n in ("budget", "done")} for s in Side.values}, "trail": common.trail(("预算", reverse("treasury:budgets")), ("汇总", "")),
    }  # fmt: skip
    return render(request, "treasury/console/consolidated.html", context)


def _lacking(books: Any, year: int) -> list[tuple[Any, date | None]]:
    """Unions without a budget, and when they were last reminded."""
    rows = [b.union for b in books]
    told = finals.reminded([u.pk for u in rows], year)
    return [(u, told.get(u.pk)) for u in rows]


@officer(Perm.BUDGET_RECORD)
@require_POST
def remind(request: Request) -> HttpResponse:
    """Remind the unions below that have no approved budget (催编预算)."""
    union = common.union_of(request, Perm.BUDGET_RECORD)
    year = whole_number(request.POST.get("year")) or clock.today().year
    if not 2010 <= year <= clock.today().year + 1:
        raise BadInput("treasury.budget_year", "年度不对，请从汇总预算页再办。")
    try:
        found = reminders.budget_remind(actor=request.actor, union=union, year=year)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
    else:
        messages.success(request, found.text)
    return HttpResponseRedirect(f"{reverse('treasury:consolidated')}?union={union.pk}&year={year}")
