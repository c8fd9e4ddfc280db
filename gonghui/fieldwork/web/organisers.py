"""Organisers: list with loads, portfolios, weekly worklist, monthly sheet, what works (工建指导员、成果、什么管用)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import selectors as accounts
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, chips, download, render
from gonghui.fieldwork import forms
from gonghui.fieldwork.enums import Perm
from gonghui.fieldwork.selectors import desk, results, works
from gonghui.fieldwork.services import follow_ups
from gonghui.fieldwork.web import common
from gonghui.fieldwork.web.console import trail
from gonghui.files.export import Column, export_table
from gonghui.orgs.enums import UnionKind
from gonghui.orgs.selectors import spots, unions

AREAS = (
    UnionKind.TOWNSHIP,
    UnionKind.TOWNSHIP_FEDERATION,
    UnionKind.ZONE,
    UnionKind.VILLAGE,
    UnionKind.VILLAGE_FEDERATION,
    UnionKind.REGIONAL,
)


def _who(request: Request, user: int) -> str:
    """The organiser's name, or 404 outside the reader's place. An organiser always sees the own sheet."""
    if user == request.actor.user_id:
        return request.actor.name
    names = desk.organiser_names(request.actor) if request.actor.may(Perm.PORTFOLIO_EDIT) or not request.actor.may(Perm.VISIT_EDIT) else {}
    if user not in names:
        raise NotFound()
    return names[user]


def _form(request: Request) -> forms.PortfolioForm:
    rows = unions.union_visible(request.actor).filter(kind__in=AREAS, ended_on=None).order_by("path").values_list("pk", "name")
    ids = accounts.users_with_role_below("organiser", request.actor.home)
    names = accounts.names_of({f"user:{pk}" for pk in ids})
    organisers = {pk: names.get(f"user:{pk}", str(pk)) for pk in ids}
    return forms.PortfolioForm(request.POST or None, organisers=organisers, areas=list(rows), industries=spots.industry_names())


@officer(Perm.RESULT_VIEW)
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponse:
    """Organisers with portfolios and loads (工建指导员)."""
    may = request.actor.may(Perm.PORTFOLIO_EDIT)
    if request.method == "POST" and not may:
        raise NotFound()
    form = _form(request) if may else None

    def do(data: dict[str, Any]) -> None:
        union = unions.union_get(actor=request.actor, pk=int(data["union"]))
        follow_ups.portfolio_set(actor=request.actor, user_id=int(data["organiser"]), union=union, industry=data["industry"])

    if request.method == "POST" and common.done(request, form, do, "已包片，片区里没人跟踪的空白点已列给他。"):
        return HttpResponseRedirect(reverse("fieldwork:organisers"))
    lines = desk.loads(request.actor)
    if request.actor.may(Perm.VISIT_EDIT) and not may:
        lines = [x for x in lines if x.user_id == request.actor.user_id]
    context = {"lines": lines, "form": form, "may": may, "industries": spots.industry_names(), "trail": trail(("工建指导员", ""))}
    return render(request, "fieldwork/console/organisers.html", context, status=422 if form is not None and form.errors else 200)


@officer(Perm.PORTFOLIO_EDIT)
@require_POST
def portfolio_end(request: Request, pk: int) -> HttpResponse:
    """End a portfolio (结束包片)."""
    row = desk.portfolio_get(actor=request.actor, pk=pk)
    back = reverse("fieldwork:organisers")
    return common.told(
        request, lambda: follow_ups.portfolio_end(actor=request.actor, portfolio=row), "包片已结束，正在跟踪的单位不变。", back
    )


@officer(Perm.RESULT_VIEW)
@require_GET
def month(request: Request, user: int) -> HttpResponse:
    """The result sheet of a month, on screen, on paper, as a workbook (月成果表)."""
    who = _who(request, user)
    sheet = results.month_of(actor=request.actor, user_id=user, month=request.GET.get("month", ""))
    before, after = clock.add_months(sheet.first, -1), clock.add_months(sheet.first, 1)
    context = {
        "sheet": sheet, "who": who, "user": user, "month": f"{sheet.first:%Y-%m}", "before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}",
        "ahead": after > clock.today(), "now": clock.now(), "trail": trail(("工建指导员", reverse("fieldwork:organisers")), (f"{who} {sheet.first:%Y-%m}", "")),
    }  # fmt: skip
    if request.GET.get("as") == "xlsx":
        rows = [[group, item, n] for group, item, n in sheet.rows] + [["新建会单位", e.name, 1] for e in sheet.formed]
        content = export_table(
            ["类别", "项目", Column("数量", "number")], rows, title=f"{who} {sheet.first:%Y-%m} 成果表", actor=request.actor,
            definition={"月份": f"{sheet.first} 至 {sheet.last}", "新建会": "跟踪期间进入工会覆盖的单位，按覆盖起始日计"},
        )  # fmt: skip
        return download(content, f"月成果表-{who}-{sheet.first:%Y-%m}.xlsx", XLSX)
    template = "fieldwork/print/month.html" if request.GET.get("as") == "print" else "fieldwork/console/month.html"
    return render(request, template, context)


@officer(Perm.RESULT_VIEW)
@require_GET
def week(request: Request, user: int) -> HttpResponse:
    """The worklist of this week and the next (周工作单)."""
    who, rows = _who(request, user), results.week_of(actor=request.actor, user_id=user)
    if request.GET.get("as") == "xlsx":
        lines = [[r.on, r.employer.name, r.employer.address, r.what, r.reason] for r in rows]
        content = export_table(
            [Column("日期", "date"), "单位", "地址", "做什么", "理由"], lines, title=f"{who} 周工作单", actor=request.actor, definition={}
        )
        return download(content, f"周工作单-{who}-{clock.today()}.xlsx", XLSX)
    context = {
        "rows": rows,
        "who": who,
        "user": user,
        "today": clock.today(),
        "now": clock.now(),
        "trail": trail(("工建指导员", reverse("fieldwork:organisers")), (f"{who} 周工作单", "")),
    }
    return render(request, "fieldwork/print/week.html" if request.GET.get("as") == "print" else "fieldwork/console/week.html", context)


@officer(Perm.RESULT_VIEW)
@require_GET
def what_works(request: Request) -> HttpResponse:
    """Which argument, visitor and form came before a union (什么管用)."""
    names = spots.industry_names()
    form = forms.WorksFilter(request.GET, industries=names)
    form.is_valid()
    data = form.cleaned_data
    found = works.report(
        actor=request.actor,
        since=data.get("since"),
        until=data.get("until"),
        industry=data.get("industry") or "",
        size=request.GET.get("size", "")[:20],
    )
    context = {
        "r": found,
        "form": form,
        "chips": chips(request, form),
        "size": request.GET.get("size", "")[:20],
        "trail": trail(("什么管用", "")),
        "now": clock.now(),
    }
    return render(request, "fieldwork/print/works.html" if request.GET.get("as") == "print" else "fieldwork/console/works.html", context)
