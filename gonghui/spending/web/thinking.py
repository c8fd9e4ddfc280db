"""What if (假设): compare, festival planner, meal calculator. Nothing here is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, render
from gonghui.finance.rules.charts import chart, charts
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy
from gonghui.spending import forms
from gonghui.spending.enums import Perm, PlanKind, Use
from gonghui.spending.rules.draft import Draft, Line, figure_at
from gonghui.spending.selectors import answers, budgets, facts, figures
from gonghui.spending.selectors import plans as reads
from gonghui.spending.web import common

MEALS = "50102"
"""The account meals are booked to, in both charts."""


@officer(Perm.PLAN_VIEW)
def what_if(request: Request, pk: int) -> HttpResponse:
    """Change participants, day, place, amount or a draft rule and compare side by side (换个条件看看)."""
    plan = reads.plan_get(actor=request.actor, pk=pk)
    given = request.POST if request.method == "POST" else request.GET
    asked = any(k for k in given if k not in ("csrfmiddlewaretoken", "print"))
    form = forms.WhatIf(given if asked or request.method == "POST" else None)
    draft, history = facts.draft_of(plan), facts.history_for(plan)
    columns = [("现在", answers.judge(draft, history))]
    status = 200
    if form.is_bound and form.is_valid():
        try:
            columns.append(("换了以后", _other(draft, history, form.cleaned_data)))
        except Refusal as refusal:
            form.add_error("text", refusal.message)
    if form.is_bound and not form.is_valid():
        status = 422
    context = {
        "plan": plan, "form": form, "plain": [form[n] for n in forms.WhatIf.PLAIN], "areas": forms.areas(), "columns": [(title, common.shown(a)) for title, a in columns], "rows": _rows([a for _t, a in columns]),
        "trail": common.trail((plan.number, ""), ("换个条件看看", "")),
    }  # fmt: skip
    return render(request, "spending/console/what_if.html", context, fragment="spending/console/_what_if.html", status=status)


def _other(draft: Draft, history: Any, data: dict[str, Any]) -> answers.Answer:
    """The plan with what was changed."""
    changed = draft
    if data["on"]:
        changed = replace(changed, on=data["on"])
    if data["area"]:
        changed = replace(changed, at=data["area"], place=data["area"])
    if data["people"]:
        before = changed.people
        lines = tuple(replace(x, quantity=data["people"]) if x.quantity == before else x for x in changed.lines)
        changed = replace(changed, members=(), count=data["people"], roll=min(changed.roll, data["people"]), lines=lines)
    if changed.lines and data["unit_fen"] is not None:
        changed = changed.with_line(0, unit_fen=data["unit_fen"])
    if changed.lines and data["quantity"] is not None:
        changed = changed.with_line(0, quantity=data["quantity"])
    if data["method"]:
        changed = replace(changed, method=data["method"])
    pack = policy.draft({data["rule"]: data["text"]}) if data["rule"] and data["text"] else None
    return answers.judge(changed, history, pack=pack)


def _rows(found: list[answers.Answer]) -> list[dict[str, Any]]:
    """Rule by rule, one column an answer; a rule asked in one only shows as not asked in the other."""
    names = list(dict.fromkeys(i.question.name for a in found for i in a.items))
    rows = []
    for name in names:
        cells = [next((i for i in a.items if i.question.name == name), None) for a in found]
        label = next(i.label for i in cells if i is not None)
        outcomes = {i.outcome if i else None for i in cells}
        rows.append({"label": label, "cells": [(i, common.TONES[i.outcome] if i else "line") for i in cells], "changed": len(outcomes) > 1})
    return sorted(rows, key=lambda r: not r["changed"])


@officer(Perm.PLAN_VIEW)
@require_GET
def planner(request: Request) -> HttpResponse:
    """The festival planner with its gauge (节日慰问测算)."""
    union = common.union_of(request, required=True)
    today = clock.today()
    roll = facts.roll_on(union, today).count()
    start = {"on": today, "people": max(roll, 1), "festival": "mid_autumn", "form": "goods", "unit_fen": 10000}
    bound = any(k in request.GET for k in ("unit_fen", "festival"))
    form = forms.Planner(request.GET if bound else None, initial=start)
    data = {**start, "goods": "", "income_fen": None} if not bound else form.cleaned_data if form.is_valid() else None
    context: dict[str, Any] = {"form": form, "union": union, "roll": roll, "trail": common.trail(("节日慰问测算", ""))}
    if data is not None:
        answer = _festival(union, data)
        context["planned"] = request.GET.urlencode() if bound and request.actor.may(Perm.PLAN_EDIT, union) else ""
        context |= common.shown(answer)
        context["year"] = [p for p in facts.history_of(union, data["on"]).of_year(data["on"], Use.GIFT) if p.fen]
    status = 422 if bound and not form.is_valid() else 200
    return render(request, "spending/console/planner.html", context, fragment="spending/console/_gauge.html", status=status)


def _festival(union: Any, data: dict[str, Any]) -> answers.Answer:
    day = data["on"]
    budget = budgets.budget_for(union, day, PlanKind.FESTIVAL, "")
    if data.get("income_fen"):
        budget = replace(budget, income_fen=data["income_fen"])
    draft = Draft(
        kind=PlanKind.FESTIVAL, on=day, at=law.place_of(union), count=data["people"], roll=facts.roll_on(union, day).count(),
        lines=(Line(Use.GIFT, data["unit_fen"], data["people"], data.get("goods") or ""),), unit_path=union.path,
        facts={"festival": data["festival"], "form": data["form"], "to_all": True}, tables=figures.tables_of(union), budget=budget,
    )  # fmt: skip
    return answers.judge(draft, facts.history_of(union, day))


@officer(Perm.PLAN_VIEW)
@require_GET
def meals(request: Request) -> HttpResponse:
    """Place and date, what may be spent and under which account (误餐、用餐标准)."""
    union = common.union_of(request, required=True)
    bound = "meal_fen" in request.GET
    start = {"area": law.place_of(union), "on": clock.today(), "kind": "activity", "meal_fen": 4000, "people": 1, "days": 1}
    form = forms.MealForm(request.GET if bound else None, initial=start)
    context: dict[str, Any] = {"form": form, "union": union, "areas": forms.areas(), "trail": common.trail(("误餐和用餐标准", ""))}
    if bound and form.is_valid():
        data, tables = form.cleaned_data, figures.tables_of(union)
        travel = figure_at(tables, "travel_meal", data["area"], data["on"])
        own = figure_at(tables, "unit_meal", law.place_of(union), data["on"])
        decision = answers.meal(
            data["area"], data["on"], kind=data["kind"], meal_fen=data["meal_fen"], travel_fen=travel.fen if travel else None,
            unit_fen=own.fen if own else None, unit_path=union.path,
        )  # fmt: skip
        local = decision.values.get("limit_fen")
        limits = [x for x in (travel and travel.fen, own.fen if own and data["kind"] == "missed" else None, local) if isinstance(x, int)]
        context |= {
            "slip": decision.as_slip(), "travel": travel, "own": own, "most": min(limits) if limits and travel else None,
            "total": data["meal_fen"] * data["people"] * data["days"], "data": data, "account": f"{MEALS} {chart(max(data['on'], charts()[0].since)).name(MEALS)}",
        }  # fmt: skip
    status = 422 if bound and not form.is_valid() else 200
    return render(request, "spending/console/meals.html", context, fragment="spending/console/_meals.html", status=status)
