"""Board, list, blank spots as table, tree and map; the plan for an employer (看板、台账、空白点、建会方案)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import RuleViolation
from gonghui.core.http import XLSX, Request, chips, download, page_of, render, tabs_of, whole_number
from gonghui.figures.selectors import drill as drilling
from gonghui.organising import exports, forms, services
from gonghui.organising.enums import CaseState, Form, Perm
from gonghui.organising.selectors import cases, figures, planning
from gonghui.organising.web import common
from gonghui.orgs.enums import SpotState
from gonghui.orgs.selectors import employers, spots, unions

MOST_ON_MAP = 1500
PRINTED = 500
"""More than this is not put on paper; the workbook takes all."""
WIDTH, HEIGHT, EDGE = 800, 480, 16


def _filter(request: Request) -> tuple[forms.CaseFilter, dict[str, Any]]:
    form = forms.CaseFilter(request.GET, towns=common.towns(request))
    form.is_valid()
    data = form.cleaned_data
    return form, {
        "q": data.get("q", ""), "kind": data.get("kind", ""), "union": common.chosen_town(request, data.get("union", "")),
    }  # fmt: skip


@officer(Perm.CASE_VIEW)
@require_GET
def board(request: Request) -> HttpResponse:
    """Open cases by step, what is late on top (建会看板); on paper every case, not only the top of each column."""
    form, given = _filter(request)
    paper = bool(request.GET.get("print"))
    columns = cases.board(actor=request.actor, most=PRINTED if paper else cases.MOST_IN_COLUMN, **given)
    total, late = sum(c.total for c in columns), sum(c.late for c in columns)
    context = {
        "form": form, "columns": columns, "total": total, "late": late, "today": clock.today(), "chips": chips(request, form), "at": clock.now(),
    }  # fmt: skip
    return render(request, "organising/print/board.html" if paper else "organising/console/board.html", context)


@officer(Perm.CASE_VIEW)
@require_GET
def case_list(request: Request) -> HttpResponse:
    """All cases as a list, on screen, on paper, as a workbook; or those behind a figure (事项台账)."""
    form, given = _filter(request)
    drill = drilling.asked(request.actor, request.GET, figures.NAME)
    among = figures.behind(drill.key, drill.union.pk, drill.since, drill.as_of) if drill else None
    data, state = form.cleaned_data, request.GET.get("state", "" if drill else "open")
    rows = cases.case_list(
        actor=request.actor, state=state, form=data.get("form", ""), overdue=bool(data.get("overdue")), sort=request.GET.get("sort", ""),
        among=among, **given,
    )  # fmt: skip
    picked = chips(request, form)
    scope = "；".join(
        [_state_word(state), *(c["label"] for c in picked), *([f"{drill.union.name} {drill.label}（{drill.span}）"] if drill else [])]
    )
    if request.GET.get("print"):
        total = rows.count()
        return render(
            request,
            "organising/print/list.html",
            {"rows": rows[:PRINTED], "total": total, "at": clock.now(), "scope": scope, "today": clock.today()},
        )
    if request.GET.get("as") == "xlsx":
        name, content = exports.cases(request.actor, rows[: exports.MOST], scope)
        return download(content, name, XLSX)
    context = {
        "form": form, "page": page_of(request, rows), "tabs": [] if drill else _tabs(request, state), "today": clock.today(), "chips": picked, "drill": drill,
    }  # fmt: skip
    return render(request, "organising/console/list.html", context)


def _state_word(state: str) -> str:
    return {"open": "在办", "": "全部"}.get(state) or (CaseState(state).label if state in CaseState.values else "全部")


def _tabs(request: Request, state: str) -> list[dict[str, Any]]:
    counts = cases.counts(request.actor)
    live = sum(n for s, n in counts.items() if s not in cases.ENDED_WORDS)
    rows = [("open", "在办", live), *((s, str(CaseState(s).label), counts.get(s, 0)) for s in cases.ENDED_WORDS)]
    return [{**tab, "current": value == state} for tab, (value, _label, _n) in zip(tabs_of(request, rows), rows, strict=True)]


@officer(Perm.CASE_VIEW)
@require_GET
def spot_board(request: Request) -> HttpResponse:
    """Blank spots as table, by place, on a map (空白点看板)."""
    view = request.GET.get("view", "table")
    q = request.GET.get("q", "")[:40]
    rows = spots.spot_list(actor=request.actor, q=q, state=request.GET.get("state", ""))
    views = [("table", "名单"), ("tree", "按地方"), ("map", "地图")]
    tabs = [{"label": label, "url": f"?view={key}&q={q}", "current": view == key} for key, label in views]
    context: dict[str, Any] = {"tabs": tabs, "view": view, "q": q, "today": clock.today(), "total": rows.count()}
    if view == "map":
        context |= _map(rows)
    elif view == "tree":
        context["groups"] = _tree(rows)
    else:
        page = page_of(request, rows)
        running = {c.employer_id: c for c in cases.waiting(request.actor).filter(employer_id__in=[s.employer_id for s in page])}
        context |= {"page": page, "rows": [(s, running.get(s.employer_id), (clock.today() - s.since).days) for s in page]}
    return render(request, "organising/console/spots.html", context)


def _tree(rows: Any) -> list[dict[str, Any]]:
    """Places from the town down, each with its open spots by state."""
    held: dict[str, dict[str, Any]] = {}
    counted = rows.order_by().values_list("employer__union__path", "employer__union__name", "state").annotate(n=Count("pk"))
    for path, name, state, n in counted:
        node = held.setdefault(path, {"path": path, "name": name, "depth": len(path) // 4 - 1, "total": 0, "states": {}})
        node["total"] += n
        node["states"][state] = node["states"].get(state, 0) + n
    for node in held.values():
        node["words"] = [(SpotState(s).label, n) for s, n in sorted(node["states"].items())]
    return [held[p] for p in sorted(held)]


def _map(rows: Any) -> dict[str, Any]:
    """Positions scaled into a drawing made on the server; no map service is asked."""
    found = list(
        rows.exclude(employer__latitude=None).exclude(employer__longitude=None)
        .values_list("employer_id", "employer__name", "employer__latitude", "employer__longitude", "state", "employer__headcount")[:MOST_ON_MAP]
    )  # fmt: skip
    if not found:
        return {"points": [], "missing": rows.count()}
    lats, lons = [p[2] for p in found], [p[3] for p in found]
    top, left = max(lats), min(lons)
    tall, wide = (top - min(lats)) or 1, (max(lons) - left) or 1
    points = [
        {
            "pk": pk, "name": name, "x": round(EDGE + (lon - left) / wide * (WIDTH - 2 * EDGE), 1),
            "y": round(EDGE + (top - lat) / tall * (HEIGHT - 2 * EDGE), 1), "state": state, "word": SpotState(state).label, "workers": workers,
        }
        for pk, name, lat, lon, state, workers in found
    ]  # fmt: skip
    return {"points": points, "missing": rows.count() - len(found), "width": WIDTH, "height": HEIGHT, "shown": len(points)}


@officer(Perm.CASE_VIEW)
@require_http_methods(["GET", "POST"])
def plan(request: Request, pk: int) -> HttpResponse:
    """Which form fits this employer, and why; open the case from here (建会方案)."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    found = planning.plan_for(employer)
    running = cases.open_case_of(employer)
    first = next((o.form for o in found.options if not o.one_tap), Form.OWN)
    form = forms.OpenForm(
        request.POST or None, initial={"form": request.GET.get("form") or first, "units": "、".join(e.code for e in found.neighbours[:3])}
    )
    if request.method == "POST" and not request.actor.may(Perm.CASE_EDIT, employer.union):
        request.actor.require(Perm.CASE_EDIT, employer.union)
    options = [(o, o.slip.as_slip() if o.slip is not None else None) for o in found.options]
    return common.act(
        request, form, lambda d: _open(request, employer, d), title=f"建会方案：{employer.name}", back=reverse("organising:spots"), said="已立项，下一步补齐请示送审。",
        action="立项建会", to=lambda case: reverse("organising:case", args=[case.pk]), template="organising/console/plan.html",
        trail=[("空白点看板", reverse("organising:spots"))], plan=found, options=options, employer=employer, running=running,
        slip=found.slip.as_slip() if found.slip is not None else None, may_open=request.actor.may(Perm.CASE_EDIT, employer.union),
        may_join=request.actor.may(Perm.COVERAGE_JOIN, employer.union),
    )  # fmt: skip


def _open(request: Request, employer: Any, data: dict[str, Any]) -> Any:
    details: dict[str, Any] = {k: data[k] for k in ("planned_start", "planned_end", "association") if data.get(k)}
    if data["form"] == Form.TRANSITIONAL:
        details |= {k: data[k] for k in ("target_mode", "review_on") if data.get(k)}
    if data.get("host"):
        details["host"] = common.named_union(request, data["host"])
    joint = data["form"].startswith("joint") or data["form"] in {Form.REGIONAL, Form.INDUSTRY}
    units = [common.named_employer(request, w) for w in data.get("units", "").replace(",", "、").split("、") if w.strip()] if joint else []
    leader = (data["leader"], data.get("phone") or "") if data.get("leader") else None
    return services.case_open(
        actor=request.actor, employer=employer, form=data["form"], source="plan", name=data.get("name", ""), reason=data.get("reason", ""),
        leader=leader, units=units, **details,
    )  # fmt: skip


@officer(Perm.COVERAGE_JOIN)
@require_POST
def join(request: Request, pk: int) -> HttpResponse:
    """One tap: the shop joins what stands nearby (一键加入)."""
    employer = employers.employer_get(actor=request.actor, pk=pk)
    back = reverse("organising:plan", args=[pk])

    def do() -> None:
        wanted = request.POST.get("union", "")
        union = next((u for u in planning.near(employer) if str(u.pk) == wanted), None)
        if union is None:
            union = unions.union_get(actor=request.actor, pk=pk) if (pk := whole_number(wanted)) else None
        if union is None:
            raise RuleViolation("organising.union_name", "请先选要加入的工会。")
        services.coverage_join(actor=request.actor, employer=employer, union=union, reason=request.POST.get("reason", ""))

    return common.told(request, do, said=f"{employer.name}已加入，空白点已消除。", back=back)
