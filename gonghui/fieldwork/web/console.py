"""Officers' pages: visits, one visit, conflicts, phones, help (走访、冲突、手机、求助)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import selectors as accounts
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, chips, download, page_of, render, tabs_of, whole_number
from gonghui.fieldwork import forms
from gonghui.fieldwork.enums import ClashKind, ClashState, HelpState, Perm, VisitState
from gonghui.fieldwork.models import Visit
from gonghui.fieldwork.rules.words import LIST_WORDS
from gonghui.fieldwork.selectors import desk, figures
from gonghui.fieldwork.services import clashes, devices, follow_ups, helps, visits
from gonghui.fieldwork.web import common
from gonghui.figures.selectors import drill as drilling
from gonghui.files import services as files
from gonghui.files.export import Column, export_table
from gonghui.orgs.selectors import employers, spots

HOME = ("上门走访", "fieldwork:visits")
MOST_PRINTED = 500
WARN = ["它不能再上送和取资料。", "它一联网就清除手机上的资料，没有上送的记录也会清除。", "停用后不能恢复，要重新登记。"]


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [(HOME[0], reverse(HOME[1])), *steps]


def _filtered(request: Request) -> tuple[forms.VisitFilter, Any, Any]:
    form = forms.VisitFilter(request.GET, organisers=desk.organiser_names(request.actor))
    form.is_valid()
    data = form.cleaned_data
    args: dict[str, Any] = {k: data.get(k) or "" for k in ("q", "outcome", "purpose")}
    args |= {"since": data.get("since"), "until": data.get("until"), "organiser": int(data["organiser"]) if data.get("organiser") else None}
    if drill := drilling.asked(request.actor, request.GET, figures.NAME):
        args["among"] = figures.behind(drill.key, drill.union.pk, drill.since, drill.as_of)
    every = desk.visit_list(actor=request.actor, **args)
    state = request.GET.get("state", "")
    rows = desk.visit_list(actor=request.actor, state=state if state in VisitState.values else "", sort=request.GET.get("sort", ""), **args)
    return form, every, rows


def _named(rows: Any) -> list[dict[str, Any]]:
    found = list(rows)
    names = accounts.names_of({f"user:{v.user_id}" for v in found})
    return [{"v": v, "who": names.get(f"user:{v.user_id}", "")} for v in found]


@officer(Perm.VISIT_VIEW)
@require_GET
def visit_list(request: Request) -> HttpResponse:
    """Visit orders with filters (走访单)."""
    form, every, rows = _filtered(request)
    counts = desk.visit_counts(every)
    tabs = tabs_of(request, [("", "全部", sum(counts.values())), *((s.value, s.label, counts.get(s.value, 0)) for s in VisitState)])
    page = page_of(request, rows)
    context = {
        "form": form, "tabs": tabs, "page": page, "rows": _named(page), "chips": chips(request, form), "query": request.GET.urlencode(),
        "helps": desk.help_list(actor=request.actor).count(), "may_help": request.actor.may(Perm.HELP_ANSWER), "may_order": request.actor.may(Perm.PORTFOLIO_EDIT), "today": clock.today(),
        "drill": drilling.asked(request.actor, request.GET, figures.NAME),
    }  # fmt: skip
    return render(request, "fieldwork/console/visits.html", context)


@officer(Perm.VISIT_VIEW)
@require_GET
def visits_print(request: Request) -> HttpResponse:
    """The list on paper."""
    _form, _every, rows = _filtered(request)
    context = {"rows": _named(rows[:MOST_PRINTED]), "total": rows.count(), "now": clock.now()}
    return render(request, "fieldwork/print/visits.html", context)


@officer(Perm.VISIT_VIEW)
@require_GET
def visits_export(request: Request) -> HttpResponse:
    """The list as a workbook: employers and codes, no person."""
    _form, _every, rows = _filtered(request)
    columns: list[Column | str] = [
        "单位", "责任工会", "目的", "状态", Column("计划日期", "date"), Column("走访日期", "date"), "指导员", "谁去的", "说的道理", "结果", "不同意的原因",
        "建议形式", Column("下次走访", "date"), "卡片完整",
    ]  # fmt: skip
    lines = [
        [
            v.employer.name, v.employer.union.name, v.get_purpose_display(), v.get_state_display(), v.planned_on, v.visited_on, line["who"],
            v.get_visitor_display(), "、".join(LIST_WORDS["arguments"].get(a, a) for a in v.arguments), v.get_outcome_display(),
            v.get_refusal_display(), v.proposed_form, v.next_visit, v.card_complete,
        ]
        for line in _named(rows[:20000])
        for v in [line["v"]]
    ]  # fmt: skip
    content = export_table(columns, lines, title="走访单", actor=request.actor, definition={"范围": "页面上的筛选条件"})
    return download(content, f"走访单-{clock.today()}.xlsx", XLSX)


@officer(Perm.VISIT_VIEW)
@require_http_methods(["GET", "POST"])
def visit(request: Request, pk: int) -> HttpResponse:
    """One visit: what came of it, its history, evidence; the desk may change it against the version shown."""
    row = desk.visit_get(actor=request.actor, pk=pk)
    may = request.actor.may(Perm.VISIT_EDIT, row.employer.union)
    if request.method == "POST" and not may:
        raise NotFound()
    initial = {f: getattr(row, f) for f in forms.VisitForm.base_fields if f != "base"} | {"base": row.doc.version}
    form = forms.VisitForm(request.POST or None, initial=initial)
    if request.method == "POST":
        opened: list[Any] = []

        def do(data: dict[str, Any]) -> None:
            opened.extend(visits.visit_edit(actor=request.actor, visit=row, base=data["base"], fields=form.fields_sent()))

        if common.done(request, form, do, "走访单已保存。"):
            if opened:
                return HttpResponseRedirect(reverse("fieldwork:clashes"))
            return HttpResponseRedirect(reverse("fieldwork:visit", args=[pk]))
    context = {
        "row": row, "form": form, "may": may, "who": accounts.name_of(f"user:{row.user_id}"), "changes": desk.changes_of(row),
        "evidence": [(e, files.file_link(request.actor, e.file, granted=True)) for e in row.evidence.select_related("file")],
        "clashes": row.doc.clashes.filter(state=ClashState.OPEN), "lists": _lists(row), "care": row.employer.follow_ups.filter(until=None).first(),
        "stage": _stage_form(row), "may_order": request.actor.may(Perm.PORTFOLIO_EDIT, row.employer.union), "trail": trail((row.employer.name, "")),
    }  # fmt: skip
    return render(request, "fieldwork/console/visit.html", context, status=422 if form.errors else 200)


def _stage_form(row: Visit) -> forms.StageForm:
    """The next stage stands ready."""
    care = row.employer.follow_ups.filter(until=None).first()
    order = follow_ups.ORDER
    ahead = order[min(order.index(care.stage) + 1, len(order) - 1)] if care is not None else order[1]
    return forms.StageForm(initial={"stage": ahead})


def _lists(row: Visit) -> list[tuple[str, str]]:
    words = {"arguments": "说的道理", "checklist": "清单", "needs": "职工需求", "warnings": "预警"}
    return [(label, "、".join(LIST_WORDS[k].get(v, v) for v in getattr(row, k)) or "—") for k, label in words.items()]


@officer(Perm.VISIT_VIEW)
@require_GET
def visit_print(request: Request, pk: int) -> HttpResponse:
    """A visit order on paper, with the checklist to tick and room to sign."""
    row = desk.visit_get(actor=request.actor, pk=pk)
    context = {
        "row": row, "who": accounts.name_of(f"user:{row.user_id}"), "lists": _lists(row), "cards": employers.cards_of(row.employer),
        "checks": [(label, key in row.checklist) for key, label in LIST_WORDS["checklist"].items()], "now": clock.now(),
    }  # fmt: skip
    return render(request, "fieldwork/print/visit.html", context)


@officer(Perm.PORTFOLIO_EDIT)
@require_GET
def order_find(request: Request) -> HttpResponse:
    """Find the employer to be visited (找要走访的单位)."""
    words = request.GET.get("q", "")[:60]
    if words.strip():
        firms: list[Any] = list(employers.employer_list(actor=request.actor, state="", q=words)[:30])
    else:
        firms = [s.employer for s in spots.spot_list(actor=request.actor)[:30]]
    context = {"firms": firms, "words": words, "trail": trail(("派走访单", ""))}
    return render(request, "fieldwork/console/order_find.html", context)


@officer(Perm.PORTFOLIO_EDIT)
@require_http_methods(["GET", "POST"])
def order(request: Request, employer: int) -> HttpResponse:
    """Order a visit at an employer (派走访单)."""
    firm = employers.employer_get(actor=request.actor, pk=employer)
    form = forms.OrderForm(request.POST or None, organisers=desk.organiser_names(request.actor), initial={"planned_on": clock.today()})

    def do(data: dict[str, Any]) -> None:
        user = int(data["organiser"])
        visits.visit_order(actor=request.actor, employer=firm, user_id=user, purpose=data["purpose"], planned_on=data["planned_on"])
        follow_ups.follow_up_assign(actor=request.actor, employer=firm, user_id=user)

    if request.method == "POST" and common.done(request, form, do, f"已派走访单：{firm.name}。"):
        return HttpResponseRedirect(reverse("fieldwork:visits") + "?state=planned")
    context = {"form": form, "firm": firm, "trail": trail(("派走访单", ""))}
    return render(request, "fieldwork/console/order.html", context, status=422 if form.errors else 200)


@officer(Perm.VISIT_EDIT)
@require_POST
def stage(request: Request, pk: int) -> HttpResponse:
    """Move a follow-up one stage (推进成熟度)."""
    row = desk.follow_up_get(actor=request.actor, pk=pk)
    visit_pk = whole_number(request.POST.get("visit", ""))
    back = reverse("fieldwork:visit", args=[visit_pk]) if visit_pk is not None else reverse("fieldwork:visits")
    said, why = request.POST.get("stage", ""), request.POST.get("reason", "")[:120]
    return common.told(
        request, lambda: follow_ups.stage_set(actor=request.actor, follow_up=row, stage=said, reason=why), "成熟度已推进。", back
    )


@officer(Perm.CLASH_SETTLE)
@require_GET
def clash_list(request: Request) -> HttpResponse:
    """Conflicts that wait for a person (冲突)."""
    state = request.GET.get("state", ClashState.OPEN)
    rows = desk.clash_list(actor=request.actor, state=state)
    waiting = desk.clashes_open(request.actor).count()
    tabs = tabs_of(request, [("", "待处理", waiting), ("settled", "处理过的", None)])
    page = page_of(request, rows)
    lines = [(row, desk.sides_of(row)) for row in page]
    return render(request, "fieldwork/console/clashes.html", {"page": page, "lines": lines, "tabs": tabs, "trail": trail(("同步冲突", ""))})


@officer(Perm.CLASH_SETTLE)
@require_http_methods(["GET", "POST"])
def clash(request: Request, pk: int) -> HttpResponse:
    """One conflict, side by side (并排核对)."""
    row = desk.clash_get(actor=request.actor, pk=pk)
    if request.method == "POST":
        choice, words = request.POST.get("choice", "")[:80], request.POST.get("words", "")[:300]
        back = reverse("fieldwork:clashes")
        return common.told(
            request,
            lambda: clashes.clash_settle(actor=request.actor, clash=row, choice=choice, words=words),
            "冲突已处理，两边的内容都留在修改记录里。",
            back,
        )
    context = {
        "row": row, "sides": desk.sides_of(row), "mixes": row.kind == ClashKind.VALUE and desk.mixes(row), "open": row.state == ClashState.OPEN,
        "who": accounts.name_of(row.settled_by) if row.settled_by else "", "visit": Visit.objects.filter(doc=row.doc).first() if row.doc else None,
        "trail": trail(("同步冲突", reverse("fieldwork:clashes")), (row.employer.name if row.employer else "现场入会", "")),
    }  # fmt: skip
    return render(request, "fieldwork/console/clash.html", context)


@officer(Perm.VISIT_EDIT, Perm.DEVICE_REVOKE)
@require_GET
def device_list(request: Request) -> HttpResponse:
    """Phones with field work on them (外勤手机)."""
    rows = desk.device_list(actor=request.actor)
    page = page_of(request, rows)
    names = accounts.names_of({f"user:{d.user_id}" for d in page} | {d.revoked_by for d in page if d.revoked_by})
    lines = [(d, names.get(f"user:{d.user_id}", ""), names.get(d.revoked_by, "系统") if d.revoked_by else "") for d in page]
    return render(request, "fieldwork/console/devices.html", {"page": page, "lines": lines, "warn": WARN, "trail": trail(("外勤手机", ""))})


@officer(Perm.VISIT_EDIT, Perm.DEVICE_REVOKE)
@require_POST
def device_revoke(request: Request, pk: int) -> HttpResponse:
    """Cut a phone off (停用手机)."""
    row = desk.device_get(actor=request.actor, pk=pk)
    why = request.POST.get("why", "")[:120] or "丢失"
    return common.told(
        request,
        lambda: devices.device_revoke(actor=request.actor, device=row, why=why),
        "已停用。它下次联网时会清除手机上的资料。",
        reverse("fieldwork:devices"),
    )


@officer(Perm.VISIT_VIEW)
@require_GET
def help_list(request: Request) -> HttpResponse:
    """Requests of organisers (求助)."""
    state = request.GET.get("state", HelpState.OPEN)
    page = page_of(request, desk.help_list(actor=request.actor, state=state if state in HelpState.values else HelpState.OPEN))
    names = accounts.names_of({f"user:{h.user_id}" for h in page} | {h.answered_by for h in page if h.answered_by})
    lines = [(h, names.get(f"user:{h.user_id}", ""), names.get(h.answered_by, "")) for h in page]
    tabs = tabs_of(request, [("", "待答复", None), (HelpState.ANSWERED.value, "已答复", None)])
    context = {"page": page, "lines": lines, "tabs": tabs, "may": request.actor.may(Perm.HELP_ANSWER), "trail": trail(("求助", ""))}
    return render(request, "fieldwork/console/helps.html", context)


@officer(Perm.HELP_ANSWER)
@require_POST
def help_answer(request: Request, pk: int) -> HttpResponse:
    """Answer a request (答复求助)."""
    row = desk.help_get(actor=request.actor, pk=pk)
    answer = request.POST.get("answer", "")[:300]
    return common.told(
        request, lambda: helps.help_answer(actor=request.actor, request=row, answer=answer), "已答复。", reverse("fieldwork:helps")
    )
