"""On the chair's phone: can this be spent? Three taps (能不能花)."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, render
from gonghui.orgs.selectors import law
from gonghui.spending import forms
from gonghui.spending.enums import CARE, Perm, PlanKind
from gonghui.spending.rules.draft import Draft, Line
from gonghui.spending.selectors import answers, budgets, facts, figures
from gonghui.spending.web import common
from gonghui.spending.web.console import HINTS, KINDS


@officer(Perm.PLAN_VIEW)
@require_GET
def home(request: Request) -> HttpResponse:
    """What is it for? (选一样)."""
    union = common.union_of(request, required=True)
    return render(request, "spending/mobile/home.html", {"kinds": [(k, t, HINTS[k]) for k, t in PlanKind.choices], "union": union})


@officer(Perm.PLAN_VIEW)
@require_GET
def ask(request: Request, kind: str) -> HttpResponse:
    """How much for how many, then the answer (多少钱、几个人)."""
    if kind not in KINDS:
        raise NotFound()
    union = common.union_of(request, required=True)
    today = clock.today()
    people = 1 if kind in CARE else max(1, facts.roll_on(union, today).count())
    start = {"on": today, "people": people, "unit_fen": 10000, "method": "transfer", "form": "goods", "festival": "mid_autumn"}
    bound = "unit_fen" in request.GET
    form = forms.AskForm(request.GET if bound else None, kind=kind, initial=start)
    context = {"form": form, "kind": kind, "label": KINDS[kind], "union": union}
    if bound and form.is_valid():
        context |= common.shown(_answer(union, kind, form.cleaned_data))
        return render(request, "spending/mobile/answer.html", {**context, "query": request.GET.urlencode()})
    return render(request, "spending/mobile/ask.html", context, status=422 if bound else 200)


def _answer(union: object, kind: str, data: dict[str, object]) -> answers.Answer:
    day, people = data["on"], int(str(data["people"]))
    given = {k: data[k] for k in ("festival", "form") if data.get(k)}
    draft = Draft(
        kind=kind, on=day, at=law.place_of(union), count=people, unit_path=union.path, method=str(data["method"]), facts=given,  # type: ignore[arg-type, attr-defined]  # cleaned data
        lines=(Line(str(data["use"]), int(str(data["unit_fen"])), people, str(data.get("words") or "")),), tables=figures.tables_of(union),
        roll=facts.roll_on(union, day).count() if kind == PlanKind.FESTIVAL else 0, budget=budgets.budget_for(union, day, kind, ""),  # type: ignore[arg-type]  # cleaned data
    )  # fmt: skip
    return answers.judge(draft, facts.history_of(union, day))  # type: ignore[arg-type]  # cleaned data
