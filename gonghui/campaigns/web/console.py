"""Pages of campaigns (集中行动页面): list, room with tabs, records, report, files."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.campaigns import exports, forms
from gonghui.campaigns.enums import SHARED, WORDS, CampaignState, Line, Measure, Perm
from gonghui.campaigns.models import Assignment, Attendee, Campaign, Charge, Inspection, Leader, Partner, PlanItem, Publicity, Target
from gonghui.campaigns.rules import rates
from gonghui.campaigns.selectors import dashboards, progress, scope
from gonghui.campaigns.services import campaigns, logs
from gonghui.campaigns.web import common
from gonghui.campaigns.web.acts import ACTS, LOGS
from gonghui.core import charts, clock, menu
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import XLSX, Request, download, faults, page_of, render, told, whole_number
from gonghui.files import services as files

TABS = (
    ("", "概况"),
    ("progress", "进度"),
    ("stuck", "卡在关口"),
    ("teams", "小队"),
    ("plan", "日程与党建联动"),
    ("publicity", "三大宣传"),
    ("services", "服务记录"),
    ("inspections", "周检查"),
    ("charges", "责任结账"),
    ("sites", "集体入会"),
    ("rates", "申报的率"),
)
PARTS: dict[str, tuple[Any, str, str]] = {
    "leader": (Leader, "campaign", ""),
    "partner": (Partner, "campaign", ""),
    "attendee": (Attendee, "campaign", ""),
    "target": (Target, "campaign", "teams"),
    "assignment": (Assignment, "team__campaign", "teams"),
    "plan": (PlanItem, "campaign", "plan"),
}


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Campaigns by state (集中行动)."""
    rows = scope.campaign_list(actor=request.actor, q=request.GET.get("q", "")[:60])
    parts = {"": rows, **{s.value: rows.filter(state=s) for s in CampaignState}}
    state = request.GET.get("state", "") if request.GET.get("state", "") in parts else ""
    counts = menu.tallied(request.actor, parts)
    page = page_of(request, parts[state], count=counts[state])
    tabs = [
        {"label": label, "count": counts[key], "current": key == state, "url": f"?state={key}" if key else "?"}
        for key, label in [("", "全部"), *CampaignState.choices]
    ]
    lines = []
    for c in page:
        shot = progress.board(c, clock.today()) if c.state == CampaignState.RUNNING else None
        members = next((x for x in shot.totals if x.measure == Measure.MEMBERS), None) if shot else None
        done = members.done if members else (c.frozen or {}).get("totals", {}).get("members")
        goal = members.target if members else (c.frozen or {}).get("targets", {}).get("members")
        lines.append((c, done, goal))
    context = {
        "page": page, "lines": lines, "tabs": tabs, "q": request.GET.get("q", ""), "state": state, "may_edit": request.actor.may(Perm.CAMPAIGN_EDIT),
        "may_categories": request.actor.may(Perm.CATEGORY_EDIT), "trail": [("组织与会员", ""), ("集中行动", "")],
    }  # fmt: skip
    return render(request, "campaigns/console/index.html", context)


@officer(Perm.CAMPAIGN_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Prepare a campaign (筹备行动)."""
    union = common.union_of(request, Perm.CAMPAIGN_EDIT)
    form = forms.CampaignForm(request.POST or None, categories=scope.category_choices())
    return _head(request, form, union, None)


@officer(Perm.CAMPAIGN_EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct a campaign (修改行动)."""
    row = scope.campaign_get(actor=request.actor, pk=pk)
    request.actor.require(Perm.CAMPAIGN_EDIT, row.union)
    initial = {f: getattr(row, f) for f in campaigns.FIELDS} | {"categories": [str(c.pk) for c in row.categories.all()]}
    form = forms.CampaignForm(request.POST or None, initial=initial, categories=scope.category_choices(row))
    return _head(request, form, row.union, row)


def _head(request: Request, form: Any, union: Any, row: Campaign | None) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            data["categories"] = list(scope.category_list().filter(pk__in=[int(c) for c in data["categories"]]))
            try:
                if row is None:
                    made = campaigns.campaign_plan(actor=request.actor, union=union, **data)
                else:
                    made = campaigns.campaign_edit(actor=request.actor, campaign=row, **data)
                return HttpResponseRedirect(reverse("campaigns:room", args=[made.pk]))
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    back = reverse("campaigns:room", args=[row.pk]) if row else reverse("campaigns:index")
    title = "修改行动" if row else "筹备集中行动"
    context = {"form": form, "union": union, "title": title, "back": back, "trail": common.trail((title, ""))}
    return render(request, "campaigns/console/form.html", context, status=status)


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def room(request: Request, pk: int) -> HttpResponse:
    """The campaign room (行动室), a tab at a time."""
    row = scope.campaign_get(actor=request.actor, pk=pk)
    keys = dict(TABS)
    tab = request.GET.get("tab", "") if request.GET.get("tab", "") in keys else ""
    actor = request.actor
    may_edit = actor.may(Perm.CAMPAIGN_EDIT, row.union) and row.state in ("draft", "running")
    context = {
        "row": row, "tab": tab, "tabs": [{"label": label, "current": key == tab, "url": f"?tab={key}" if key else "?"} for key, label in TABS],
        "part": f"campaigns/console/_{tab or 'overview'}.html", "may_edit": may_edit, "may_settle": actor.may(Perm.CAMPAIGN_SETTLE, row.union),
        "acts": _acts(request, row, tab, may_edit), "trail": common.trail((row.name, "")), **PAGES[tab](request, row),
    }  # fmt: skip
    return render(request, "campaigns/console/room.html", context)


def _acts(request: Request, row: Campaign, tab: str, may_edit: bool) -> list[dict[str, Any]]:
    """The small forms of a tab that this reader may fill in."""
    logging = row.state == CampaignState.RUNNING and bool(scope.teams_to_log(request.actor, row))
    rating = request.actor.may(Perm.CAMPAIGN_EDIT, row.union)
    shown = {
        k: a for k, a in ACTS.items() if a.tab == tab and (logging if k in LOGS and not may_edit else rating if k == "rate" else may_edit)
    }
    if row.state == CampaignState.DRAFT:
        shown = {k: a for k, a in shown.items() if k not in ("publicity", "service", "inspection", "site", "attendee")}
    if not shown:
        return []
    choices = choices_of(request, row)
    return [
        {"verb": k, "act": a, "form": a.form(teams=choices["teams"], unions=choices["unions"], auto_id=f"{k}_%s")} for k, a in shown.items()
    ]


def choices_of(request: Request, row: Campaign) -> dict[str, list[tuple[str, str]]]:
    """Teams and unions a form may name; a team leader names the own team only."""
    own = request.actor.may(Perm.LOG_EDIT, row.union)
    teams = list(row.teams.all()) if own else scope.teams_to_log(request.actor, row)
    return {"teams": [(str(t.pk), t.name) for t in teams], "unions": common.union_choices(request, row)}


def _overview(request: Request, row: Campaign) -> dict[str, Any]:
    attendees = list(row.attendees.all())
    shot = progress.board(row, clock.today())
    return {
        "leaders": row.leaders.all(), "partners": row.partners.all(), "attendees": attendees, "attended": sum(a.people for a in attendees),
        "categories": list(row.categories.all()), "totals": shot.totals, "services": _sums(row),
        "staying": progress.staying(row, shot),
    }  # fmt: skip


def _sums(row: Campaign) -> dict[str, int]:
    logged = list(row.services.values_list("people", "before_joining"))
    return {"times": len(logged), "people": sum(p for p, _ in logged), "before": sum(b for _, b in logged)}


def _progress(request: Request, row: Campaign) -> dict[str, Any]:
    shot = progress.board(row, common.day_of(request))
    members = next(c for c in shot.totals if c.measure == Measure.MEMBERS)
    finding = f"到 {shot.day:%m月%d日}，已领证 {members.done} 人" + (f"，指标 {members.target} 人。" if members.target else "。")
    words = [(m, WORDS[m.value]) for m in Measure]
    labels, series = progress.trend(row, shot)
    trend = charts.Multiples(labels, [charts.Series(name, values) for name, values in series], finding, unit="人", head="日期", columns=2)
    return {"shot": shot, "trend": trend, "words": words, "measures": list(Measure)}


def _stuck(request: Request, row: Campaign) -> dict[str, Any]:
    chosen = row.teams.filter(pk=whole_number(request.GET.get("team")) or 0).first()
    page = page_of(request, progress.stuck_rows(request.actor, row, chosen))
    return {"page": page, "stuck": progress.stuck(row, list(page)), "teams": row.teams.all(), "chosen": chosen}


def _teams(request: Request, row: Campaign) -> dict[str, Any]:
    teams = row.teams.select_related("leader").prefetch_related("assignments__union", "assignments__employer", "targets")
    return {"teams": teams, "targets": row.targets.select_related("team", "union")}


def _plan(request: Request, row: Campaign) -> dict[str, Any]:
    whole, slip = dashboards.party_facts(request.actor, row.union)
    places = [a for t in row.teams.prefetch_related("assignments__union") for a in t.assignments.all() if a.union]
    linked = [(a.union, a.union.party_org) for a in places if a.union]
    return {"items": row.plan.all(), "shared": SHARED, "slip": slip.as_slip(), "whole": whole, "linked": linked, "today": clock.today()}


def _publicity(request: Request, row: Campaign) -> dict[str, Any]:
    line = request.GET.get("line", "")
    rows = row.publicity.select_related("team", "file")
    tally = {m.value: [0, 0] for m in Line}
    for key, reach, published in rows.values_list("line", "reach", "published_on"):
        tally[key][0] += 1 if published else 0
        tally[key][1] += reach
    page = page_of(request, rows.filter(line=line) if line in tally else rows)
    links = [(p, files.file_link(request.actor, p.file, granted=True) if p.file else "") for p in page]
    mine = {t.pk for t in scope.teams_to_log(request.actor, row)}
    whole = request.actor.may(Perm.LOG_EDIT, row.union)
    may = {p.pk for p in page if row.state == "running" and (whole or p.team_id in mine)}
    return {"page": page, "links": links, "lines": [(m, *tally[m.value]) for m in Line], "line": line, "may_publish": may}


def _services(request: Request, row: Campaign) -> dict[str, Any]:
    return {"page": page_of(request, row.services.select_related("team")), "sums": _sums(row)}


def _inspections(request: Request, row: Campaign) -> dict[str, Any]:
    page = page_of(request, row.inspections.select_related("team"))
    said = [(i, [(Measure(m).label, *pair) for m, pair in i.counts.items() if m in Measure.values]) for i in page]
    return {"page": page, "said": said}


def _charges(request: Request, row: Campaign) -> dict[str, Any]:
    rows = list(row.charges.select_related("team", "union"))
    return {
        "charges": rows,
        "left": sum(1 for c in rows if not c.result),
        "done": sum(1 for c in rows if c.result == "done"),
        "results": [("done", "完成"), ("partial", "部分完成"), ("failed", "未完成")],
    }


def site_rows(request: Request, row: Campaign) -> list[dict[str, Any]]:
    """Tables with their QR and live counts (现场实时)."""
    found = []
    for s in row.sites.select_related("batch__union", "ceremony"):
        states = list(s.batch.applications.exclude(state__in=["withdrawn", "refused"]).values_list("state", "signed_at"))
        token = s.ceremony.token if s.ceremony else ""
        found.append(
            {
                "site": s, "asked": len(states), "signed": sum(1 for _, at in states if at), "done": sum(1 for st, _ in states if st == "done"),
                "present": s.ceremony.attendances.count() if s.ceremony else 0, "open": bool(s.ceremony and s.ceremony.closed_at is None),
                "url": request.build_absolute_uri(reverse("members:m-ceremony", args=[token])) if token else "",
            }
        )  # fmt: skip
    return found


def _sites(request: Request, row: Campaign) -> dict[str, Any]:
    return {"sites": site_rows(request, row)}


def _rates(request: Request, row: Campaign) -> dict[str, Any]:
    return {"rates": [(r, rates.percent(r.numerator, r.denominator)) for r in row.rates.all()]}


PAGES = {
    "": _overview,
    "progress": _progress,
    "stuck": _stuck,
    "teams": _teams,
    "plan": _plan,
    "publicity": _publicity,
    "services": _services,
    "inspections": _inspections,
    "charges": _charges,
    "sites": _sites,
    "rates": _rates,
}


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def live(request: Request, pk: int) -> HttpResponse:
    """Live counts of the tables (现场实时人数), asked for again by the page."""
    row = scope.campaign_get(actor=request.actor, pk=pk)
    return render(request, "campaigns/console/_live.html", {"row": row, "sites": site_rows(request, row)})


@officer(Perm.CAMPAIGN_VIEW)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """One of the room's forms, or a step of the campaign (办理)."""
    row = scope.campaign_get(actor=request.actor, pk=pk)
    reason = request.POST.get("reason", "")
    steps = {
        "start": (lambda: campaigns.campaign_start(actor=request.actor, campaign=row), "行动已启动。"),
        "settle": (lambda: campaigns.campaign_settle(actor=request.actor, campaign=row), "已结账，当日的数已留存。"),
        "close": (
            lambda: campaigns.campaign_close(actor=request.actor, campaign=row, summary=request.POST.get("summary", "")),
            "行动已结束。",
        ),
        "reopen": (lambda: campaigns.campaign_reopen(actor=request.actor, campaign=row, reason=reason), "已重新打开。"),
    }
    if verb in steps:
        told(request, *steps[verb])
        return common.to_tab(pk, "")
    if verb not in ACTS:
        raise NotFound()
    chosen = ACTS[verb]
    form = chosen.form(request.POST, request.FILES, **choices_of(request, row))
    if form.is_valid():
        told(request, lambda: chosen.do(request, row, dict(form.cleaned_data)), chosen.text)
    else:
        faults(request, form)
    return common.to_tab(pk, chosen.tab)


@officer(Perm.CAMPAIGN_EDIT)
@require_POST
def remove(request: Request, kind: str, pk: int) -> HttpResponse:
    """Take an entry of the plan back (移除)."""
    if kind not in PARTS:
        raise NotFound()
    model, lookup, tab = PARTS[kind]
    part = scope.part_get(actor=request.actor, model=model, pk=pk, lookup=lookup)
    campaign = part.team.campaign if kind == "assignment" else part.campaign
    told(request, lambda: campaigns.part_remove(actor=request.actor, part=part), "已移除。")
    return common.to_tab(campaign.pk, tab)


@officer(Perm.CAMPAIGN_EDIT)
@require_POST
def plan_done(request: Request, pk: int) -> HttpResponse:
    """A step of the plan is done, by the union or the party organisation (登记完成)."""
    item = scope.part_get(actor=request.actor, model=PlanItem, pk=pk)
    side = "party" if request.POST.get("side") == "party" else "union"
    told(request, lambda: campaigns.plan_done(actor=request.actor, item=item, on=clock.today(), side=side), "已登记完成。")
    return common.to_tab(item.campaign_id, "plan")


@officer(Perm.LOG_EDIT)
@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    """What was planned is out (登记发布)."""
    item = scope.part_get(actor=request.actor, model=Publicity, pk=pk)
    form = forms.PublishForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        data["file"] = common.kept(request, data["file"], item.campaign.union.path)
        told(request, lambda: logs.publicity_publish(actor=request.actor, item=item, **data), "已登记发布。")
    else:
        faults(request, form)
    return common.to_tab(item.campaign_id, "publicity")


@officer(Perm.CAMPAIGN_EDIT)
@require_POST
def inspection_done(request: Request, pk: int) -> HttpResponse:
    """A remedy was carried out (整改完成)."""
    row = scope.part_get(actor=request.actor, model=Inspection, pk=pk)
    outcome = request.POST.get("outcome", "")
    told(request, lambda: logs.inspection_done(actor=request.actor, inspection=row, outcome=outcome), "整改已登记完成。")
    return common.to_tab(row.campaign_id, "inspections")


@officer(Perm.CAMPAIGN_SETTLE)
@require_POST
def charge_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Settle one person's account, or open it again (责任结账)."""
    row = scope.part_get(actor=request.actor, model=Charge, pk=pk)
    if verb not in ("settle", "reopen"):
        raise NotFound()
    form = forms.SettleForm(request.POST)
    if not form.is_valid():
        faults(request, form)
    elif verb == "settle":
        told(request, lambda: logs.charge_settle(actor=request.actor, charge=row, **form.cleaned_data), "已结账。")
    else:
        reason = form.cleaned_data["reason"]
        told(request, lambda: logs.charge_reopen(actor=request.actor, charge=row, reason=reason), "已重开。")
    return common.to_tab(row.campaign_id, "charges")


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def records(request: Request, pk: int, measure: str) -> HttpResponse:
    """The records behind a number, in the reader's scope (下钻)."""
    row = scope.campaign_get(actor=request.actor, pk=pk)
    if measure not in Measure.values:
        raise NotFound()
    day, team = common.day_of(request), row.teams.filter(pk=whole_number(request.GET.get("team")) or 0).first()
    shown, hidden = progress.records(request.actor, row, measure, day, team.pk if team else None)
    context = {
        "row": row, "measure": Measure(measure), "words": WORDS[measure], "day": day, "team": team, "page": page_of(request, shown), "hidden": hidden,
        "trail": common.trail((row.name, reverse("campaigns:room", args=[pk]) + "?tab=progress"), (str(Measure(measure).label), "")),
    }  # fmt: skip
    return render(request, "campaigns/console/records.html", context)


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def report(request: Request, pk: int) -> HttpResponse:
    """The report as a page to print (行动报告)."""
    row = scope.campaign_get(actor=request.actor, pk=pk)
    shot = progress.board(row, row.settled_on or clock.today())
    context = {
        "row": row, "shot": shot, "measures": list(Measure), "leaders": row.leaders.all(), "partners": row.partners.all(), **_publicity(request, row),
        "sums": _sums(row), "attended": sum(row.attendees.values_list("people", flat=True)), **_charges(request, row), "items": row.plan.all(),
        "changed": _changed(row, shot), "staying": progress.staying(row, shot),
    }  # fmt: skip
    return render(request, "campaigns/print/report.html", context)


def _changed(row: Campaign, shot: progress.Board) -> list[tuple[str, int, int]]:
    """Where the register now says another number of the settlement's day than was frozen (事后变动)."""
    frozen = (row.frozen or {}).get("totals", {})
    now = shot.counts()
    return [(str(Measure(m).label), frozen[m], now[m]) for m in frozen if m in now and frozen[m] != now[m]]


@officer(Perm.CAMPAIGN_VIEW)
@require_GET
def export(request: Request, pk: int, kind: str) -> HttpResponse:
    """The progress table, or the sheet for the party's assessment (导出)."""
    row = scope.campaign_get(actor=request.actor, pk=pk)
    if kind == "progress":
        name, content = exports.board(request.actor, row, common.day_of(request))
    elif kind == "party":
        name, content = exports.party(request.actor, row)
    else:
        raise NotFound()
    return download(content, name, XLSX)
