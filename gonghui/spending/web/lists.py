"""Overrides, local figures, the catalogue of rules, what each member received (例外、当地标准、能不能报、会员全年)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, chips, page_of, render, tabs_of, told, whole_number
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy
from gonghui.spending import forms, services
from gonghui.spending.enums import Perm
from gonghui.spending.rules.catalogue import GROUPS
from gonghui.spending.selectors import facts
from gonghui.spending.selectors import figures as tables
from gonghui.spending.selectors import overrides as waived
from gonghui.spending.selectors import plans as reads
from gonghui.spending.selectors.answers import STALE
from gonghui.spending.web import common


@officer(Perm.OVERRIDE_VIEW)
@require_GET
def overrides(request: Request) -> HttpResponse:
    """Every override, for the audit committee (例外清单)."""
    form = forms.ListFilter(request.GET or None)
    data = form.cleaned_data if form.is_valid() else {}
    rows = waived.overrides(request.actor, data.get("since"), data.get("until"))
    if q := data.get("q"):
        rows = rows.filter(plan__union__name__icontains=q) | rows.filter(plan__title__icontains=q)
    asked = rows.filter(state="asked").count()
    tab = request.GET.get("state", "")
    rows = rows.filter(state=tab) if tab in ("asked", "granted", "denied") else rows
    for name in ("kind", "outcome"):
        del form.fields[name]
    mine = set(waived.waiting(request.actor).values_list("pk", flat=True))
    page = page_of(request, rows)
    context = {
        "form": form, "page": page, "lines": [(o, o.pk in mine) for o in page], "clear_url": "?", "chips": chips(request, form),
        "tabs": tabs_of(request, [("", "全部", None), ("asked", "待批", asked), ("granted", "已批准", None), ("denied", "未批准", None)]),
        "trail": common.trail(("例外清单", "")),
    }  # fmt: skip
    return render(request, "spending/console/overrides.html", context, fragment="spending/console/_overrides.html")


@officer(Perm.OVERRIDE_DECIDE)
@require_POST
def override_decide(request: Request, pk: int) -> HttpResponse:
    """Agree or not (批准例外)."""
    row = waived.override_get(actor=request.actor, pk=pk)
    grant = request.POST.get("verb") == "grant"
    opinion = request.POST.get("opinion", "")
    try:
        services.override_decide(actor=request.actor, override=row, grant=grant, opinion=opinion)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return render(
            request,
            "spending/console/override.html",
            {"row": row, "refusal": refusal.message, "trail": common.trail(("例外", ""))},
            status=422,
        )
    told(request, lambda: None, "已批准例外，写进例外清单。" if grant else "未批准，申请人能看到意见。")
    return common.to("overrides")


@officer(Perm.PLAN_VIEW)
def figures(request: Request) -> HttpResponse:
    """Local figures with their sources (当地标准)."""
    may = request.actor.may(Perm.FIGURE_EDIT)
    union = common.union_of(request, required=True)
    posted = request.POST if request.method == "POST" else None
    form = forms.FigureForm(posted, initial={"area": law.place_of(union), "since": clock.today()})
    if posted is not None:
        request.actor.require(Perm.FIGURE_EDIT, union)
        if form.is_valid():
            try:
                services.figure_set(actor=request.actor, union=union, **form.cleaned_data)
                told(request, lambda: None, "已录入。规则库里已有的数，仍以规则库为准。")
                return common.to("figures")
            except Refusal as refusal:
                if refusal.status not in (409, 422):
                    raise
                form.add_error(None, refusal.message)
    rows = tables.figure_list(request.actor)
    page = page_of(request, rows)
    today = clock.today()
    lines = [(f, f.since <= today and (f.until is None or today <= f.until), request.actor.may(Perm.FIGURE_EDIT, f.union)) for f in page]
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "union": union,
        "may": may,
        "areas": forms.areas(),
        "trail": common.trail(("当地标准", "")),
    }
    return render(request, "spending/console/figures.html", context, status=422 if posted is not None else 200)


@officer(Perm.FIGURE_EDIT)
@require_POST
def figure_end(request: Request, pk: int) -> HttpResponse:
    """Put a figure out of force from today on (停用)."""
    row = tables.figure_get(actor=request.actor, pk=pk)
    last = max(clock.today(), row.since)
    told(request, lambda: services.figure_end(actor=request.actor, figure=row, last_day=last), "已停用，以前的日期仍按它算。")
    return common.to("figures")


@officer(Perm.PLAN_VIEW)
@require_GET
def catalogue(request: Request) -> HttpResponse:
    """Can this be spent? The rules by kind, with figure, clause and date of this place (能不能报)."""
    union = common.union_of(request, required=True)
    day, at, q = clock.today(), law.place_of(union), request.GET.get("q", "").strip()
    groups = []
    for title, asks in GROUPS:
        rows = [_entry(key, question, day, at, union.path) for key, question in asks]
        rows = [r for r in rows if not q or q in r["question"] or q in r["label"] or q in r["answer"] or q in r["source"]]
        if rows:
            groups.append((title, rows))
    context = {"groups": groups, "q": q, "union": union, "day": day, "trail": common.trail(("能不能报", ""))}
    return render(request, "spending/console/catalogue.html", context, fragment="spending/console/_catalogue.html")


def _said(value: Any, words: dict[str, str]) -> Any:
    """A value as people say it: the names of what a list holds, never its keys."""
    if isinstance(value, list | tuple):
        return "、".join(words.get(str(v), str(v)) for v in value)
    return words.get(value, value) if isinstance(value, str) else value


def _entry(key: str, question: str, day: Any, at: str, path: str) -> dict[str, Any]:
    """One question with what the rule base holds here today."""
    decision = policy.decide_params(key, on=day, at=at, unit_path=path)
    slip = decision.as_slip()
    rows, words = [], {k: v for fact in decision.rule.facts for k, v in fact.choices.items()}
    for clause in decision.clauses:
        if not clause.versions or (clause.clause.kind == "number" and not any(v.params for v in clause.versions)):
            continue
        version = clause.versions[0]
        named = [(decision.rule.params.get(n, n), v) for n, v in {k: p for v in clause.versions for k, p in v.params.items()}.items()]
        rows.append(
            {
                "label": clause.clause.label,
                "version": version,
                "params": [(n, _said(v, words), n.endswith("标准") or (isinstance(v, int) and v >= 1000)) for n, v in named],
            }
        )
    first = decision.used[0].version if decision.used else None
    return {
        "key": key, "question": question, "label": decision.rule.label, "rows": rows, "slip": slip, "answer": decision.rule.advice,
        "source": str(first.source) if first else "", "here": bool(decision.clauses),
        "stale": any(mark in u.version.note for u in decision.used for mark in STALE),
        "bare": any("还没有录入" in u.version.note for u in decision.used),
    }  # fmt: skip


@officer(Perm.PLAN_VIEW)
@require_GET
def year(request: Request) -> HttpResponse:
    """What each member received in the year (会员全年收受)."""
    union = common.union_of(request, required=True)
    wanted = request.GET.get("year", "")
    chosen = asked if 2000 <= (asked := whole_number(wanted) or 0) <= 2100 else clock.today().year
    shares = reads.member_year(union, chosen)
    q = request.GET.get("q", "").strip()
    found = [s for s in shares if s.name.startswith(q)] if q else shares
    page = page_of(request, found)
    roll = facts.roll_on(union, clock.today()).count()
    kinds = reads.year_by_kind(union, chosen)
    context = {
        "union": union, "year": chosen, "years": range(clock.today().year, clock.today().year - 4, -1), "page": page, "q": q, "roll": roll,
        "nothing": max(0, roll - len(shares)), "average": sum(s.fen for s in shares) // len(shares) if shares else 0, "kinds": kinds,
        "total": sum(k["fen"] for k in kinds), "trail": common.trail(("会员全年收受", "")),
        "bars": [(k["label"], (k["fen"] + 50) // 100) for k in kinds],
    }  # fmt: skip
    return render(request, "spending/console/year.html", context)
