"""Pages of final accounts (决算页面)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock, menu
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound
from gonghui.core.http import XLSX, Request, download, page_of, render, tabs_of, told, whole_number
from gonghui.finance.exports import sheet_rows
from gonghui.finance.selectors.statements import Item, Sheet
from gonghui.treasury import exports, forms
from gonghui.treasury.enums import FinalState, Perm, Side
from gonghui.treasury.models import FinalAccount
from gonghui.treasury.selectors import finals as reads
from gonghui.treasury.services import finals
from gonghui.treasury.web import common

HOME = "treasury:finals"


@officer(Perm.BUDGET_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Final accounts by state (决算列表), and who has none."""
    form = forms.BudgetFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    last = clock.today().year - 1
    rows = reads.final_list(actor=request.actor, year=given.get("year"), q=given.get("q", ""))
    parts = {"": rows, **{s.value: rows.filter(state=s) for s in FinalState if s != FinalState.DROPPED}}
    state = request.GET.get("state", "") if request.GET.get("state", "") in parts else ""
    counts = menu.tallied(request.actor, parts)
    union = common.union_of(request, Perm.BUDGET_VIEW)
    lacking = reads.missing(actor=request.actor, union=union, year=given.get("year") or last)
    context = {
        "page": page_of(request, parts[state], count=counts[state]), "form": form, "year": given.get("year") or last, "last": last,
        "tabs": tabs_of(request, [("", "全部", counts[""]), *((s.value, s.label, counts[s.value]) for s in FinalState if s.value in parts)]),
        "lacking": lacking[:20], "lacking_count": lacking.count(), "may_edit": request.actor.may(Perm.BUDGET_EDIT, union), "union": union,
        "trail": common.trail(("决算", "")),
    }  # fmt: skip
    return render(request, "treasury/console/finals.html", context)


@officer(Perm.BUDGET_EDIT)
@require_POST
def new(request: Request) -> HttpResponse:
    """Assemble it from the closed book (编制决算)."""
    union = common.union_of(request, Perm.BUDGET_EDIT)
    year = whole_number(request.POST.get("year")) or 0
    if not 2010 <= year <= clock.today().year:
        raise BadInput("treasury.budget_year", f"年度应在 2010 年到 {clock.today().year} 年之间。")
    made = told(request, lambda: finals.final_prepare(actor=request.actor, union=union, year=year), "已从结账后的账里取数，请写明差异。")
    return common.go("treasury:final", made.pk) if isinstance(made, FinalAccount) else common.go(HOME)


def _sheet(row: FinalAccount) -> list[Any]:
    """The balance sheet as it was kept, both sides beside each other."""
    found = row.sheet
    sides = {name: [Item(*x) for x in found[name]] for name in ("assets", "liabilities", "net")}
    return sheet_rows(Sheet(clock.today(), **sides, result_opening=found["result"][0], result_closing=found["result"][1]))


@officer(Perm.BUDGET_VIEW)
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One final account: items beside the budget, sheet, procedure (决算详情)."""
    row, actor = reads.final_get(actor=request.actor, pk=pk), request.actor
    lines = list(row.lines.all())
    day = clock.today().replace(year=row.year, month=12, day=31)
    editable = row.state in finals.EDITABLE and actor.may(Perm.BUDGET_EDIT, row.union)
    context = {
        "row": row, "income": [x for x in lines if x.side == Side.INCOME], "spending": [x for x in lines if x.side == Side.SPENDING], "editable": editable,
        "pairs": _sheet(row), "may_edit": actor.may(Perm.BUDGET_EDIT, row.union), "unsaid": sum(1 for x in lines if x.must and not x.words),
        "may_decide": row.union.parent is not None and row.state == FinalState.REPORTED and actor.may(Perm.BUDGET_RECORD, row.union.parent),
        "steps": row.approval.steps.select_related("decided_by").order_by("round", "level") if row.approval else [], "procedure": finals.procedure(row).as_slip(),
        "moved": reads.seal_of(row.book, row.year) != row.seal, "rule": finals.gap(row.union, day, row.budget_spending_fen, row.spending_fen).as_slip(),
        "trail": common.trail(("决算", reverse(HOME)), (row.union.name, "")), "today": clock.today(),
    }  # fmt: skip
    return render(request, "treasury/console/final_print.html" if request.GET.get("print") else "treasury/console/final.html", context)


@officer(Perm.BUDGET_EDIT)
@require_POST
def explain(request: Request, pk: int) -> HttpResponse:
    """Save what was said about the differences (保存说明)."""
    row = reads.final_get(actor=request.actor, pk=pk)
    words = {x.pk: request.POST[f"words-{x.pk}"] for x in row.lines.all() if f"words-{x.pk}" in request.POST}
    told(
        request,
        lambda: finals.final_explain(actor=request.actor, final=row, words=words, notes=request.POST.get("notes", "")),
        "说明已保存。",
    )
    return common.go("treasury:final", pk)


@officer(Perm.BUDGET_EDIT, Perm.BUDGET_RECORD)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Take figures anew, hand in, report, accept, send back, drop (办理)."""
    row, actor, said = reads.final_get(actor=request.actor, pk=pk), request.actor, request.POST
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "refresh": (lambda: finals.final_refresh(actor=actor, final=row), "已重新取数，写过的说明保留。"),
        "submit": (lambda: finals.final_submit(actor=actor, final=row), "已送审：先经审会审查，再由工会委员会批准。"),
        "report": (lambda: finals.final_report(actor=actor, final=row, document_no=said.get("document_no", "")), "已报上一级工会。"),
        "accept": (
            lambda: finals.final_decide(actor=actor, final=row, accept=True, reason=said.get("reason", "")),
            "已核定，决算不再改动。",
        ),
        "return": (
            lambda: finals.final_decide(actor=actor, final=row, accept=False, reason=said.get("reason", "")),
            "已退回，下级改好后重新走程序。",
        ),
        "drop": (lambda: finals.final_drop(actor=actor, final=row), "已作废。"),
    }
    if verb not in acts:
        raise NotFound()
    told(request, *acts[verb])
    return common.go("treasury:final", pk)


@officer(Perm.BUDGET_VIEW)
@require_GET
def export(request: Request, pk: int) -> HttpResponse:
    """The final account as xlsx (导出)."""
    name, data = exports.final(request.actor, {"pk": pk})
    return download(data, name, XLSX)
