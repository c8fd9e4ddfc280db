"""Pages of teams and kits (队伍、器材页面), on the desk and on the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer, worker
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, numbers, page_of, render, told
from gonghui.services import forms
from gonghui.services.enums import Perm
from gonghui.services.forms import events
from gonghui.services.selectors import teams as reads
from gonghui.services.services import practice, teams
from gonghui.services.web.common import person_of, trail, union_of

HERE = "services/console/"


@officer(Perm.ACTIVITY_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Amateur teams (业余队伍)."""
    form = forms.TeamFilter(request.GET or None)
    asked = dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}
    page = page_of(request, reads.teams(actor=request.actor, **asked))
    context = {
        "form": form,
        "page": page,
        "asked": any(asked.values()),
        "may_edit": request.actor.may(Perm.ACTIVITY_EDIT),
        "trail": trail("activities", ("业余队伍", "")),
    }
    return render(request, HERE + "teams.html", context)


@officer(Perm.ACTIVITY_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Register one (登记队伍)."""
    union = union_of(request, Perm.ACTIVITY_EDIT)
    form = forms.TeamForm(request.POST or None, initial={"since": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            row = teams.team_make(actor=request.actor, union=union, **form.cleaned_data)
            return redirect("services:team", pk=row.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "union": union, "heading": "登记业余队伍", "trail": trail("activities", ("登记队伍", ""))}
    return render(request, HERE + "edit.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.ACTIVITY_VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One team: members, goods, matches (队伍)."""
    return _team(request, reads.team_get(actor=request.actor, pk=pk))


def _team(request: Request, team: Any, status: int = 200, **more: Any) -> HttpResponse:
    may_edit = request.actor.may(Perm.ACTIVITY_EDIT, team.union)
    open_ = [(a.pk, a.title) for a in reads.matches_open(actor=request.actor, team=team)] if may_edit else []
    players = reads.participation(team)
    context = {
        "team": team, "members": page_of(request, players), "kits": team.kits.order_by("-issued_on", "-pk"), "may_edit": may_edit, "now": clock.now(),
        "practices": reads.practices(team)[:20], "entries": team.entries.filter(withdrawn_at=None).select_related("activity").order_by("-activity__since"),
        "players": [m for m, _n in players], "practice_form": events.PracticeForm(auto_id="p_%s"), "open_matches": open_,
        "kit_form": forms.KitForm(initial={"issued_on": clock.today(), "site": team.name}, auto_id="k_%s"),
        "enter_form": events.EnterForm(activities=open_, auto_id="e_%s"),
        "trail": trail("activities", ("业余队伍", "/console/services/teams/"), (team.name, "")), **more,
    }  # fmt: skip
    return render(request, HERE + "team.html", context, status=status)


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def fill(request: Request, pk: int, part: str) -> HttpResponse:
    """A practice, goods, a match for the team (安排训练、发放器材、报名参赛)."""
    team, actor = reads.team_get(actor=request.actor, pk=pk), request.actor
    actor.require(Perm.ACTIVITY_EDIT, team.union)
    open_ = {a.pk: a for a in reads.matches_open(actor=actor, team=team)}
    table: dict[str, tuple[str, Any, Callable[[dict[str, Any]], Any], str]] = {
        "practice": (
            "practice_form", events.PracticeForm(request.POST, auto_id="p_%s"), lambda d: practice.practice_set(actor=actor, team=team, **d), "训练已安排。",
        ),
        "kit": (
            "kit_form", forms.KitForm(request.POST, auto_id="k_%s"), lambda d: teams.kit_issue(actor=actor, union=team.union, team=team, **d), "器材已发放。",
        ),
        "enter": (
            "enter_form", events.EnterForm(request.POST, activities=[(k, a.title) for k, a in open_.items()], auto_id="e_%s"),
            lambda d: practice.team_enter(actor=actor, team=team, activity=open_[d["activity"]], division=d["division"]), "已报名参赛。",
        ),
    }  # fmt: skip
    if part not in table:
        raise NotFound()
    name, form, run, said = table[part]
    try:
        if form.is_valid():
            run(form.cleaned_data)
            messages.success(request, said)
            return redirect("services:team", pk=pk)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.message)
    return _team(request, team, 422, **{name: form, "bad": name})


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def practice_act(request: Request, pk: int) -> HttpResponse:
    """Who came; called off and back (登记到场、取消、恢复)."""
    row, actor = reads.practice_get(actor=request.actor, pk=pk), request.actor
    if request.POST.get("verb") == "came":
        people = numbers(request.POST.getlist("person"))
        told(
            request,
            lambda: practice.came(actor=actor, practice=row, persons=people) or True,
            f"到场 {len(people)} 人，已登记。登错了再登一次。",
        )
    elif request.POST.get("verb") == "turn":
        told(request, lambda: practice.practice_turn(actor=actor, practice=row) or True, "已改。")
    return redirect("services:team", pk=row.team_id)


@officer(Perm.ACTIVITY_VIEW)
@require_GET
def kits(request: Request) -> HttpResponse:
    """Goods at far-off sites (驻地器材包)."""
    return _kits(request, None)


def _kits(request: Request, form: forms.KitForm | None, status: int = 200) -> HttpResponse:
    chosen = forms.KitFilter(request.GET or None)
    asked = dict(chosen.cleaned_data) if chosen.is_bound and chosen.is_valid() else {}
    context = {
        "filter": chosen, "page": page_of(request, reads.kits(actor=request.actor, **asked)), "asked": any(asked.values()), "bad": form is not None,
        "form": form or forms.KitForm(initial={"issued_on": clock.today()}), "may_edit": request.actor.may(Perm.ACTIVITY_EDIT),
        "trail": trail("activities", ("驻地器材包", "")),
    }  # fmt: skip
    return render(request, HERE + "kits.html", context, status=status)


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def kit_issue(request: Request) -> HttpResponse:
    """Give goods out (发放)."""
    union, form = union_of(request, Perm.ACTIVITY_EDIT), forms.KitForm(request.POST)
    if not form.is_valid():
        return _kits(request, form, 422)
    teams.kit_issue(actor=request.actor, union=union, **form.cleaned_data)
    messages.success(request, "已登记发放。")
    return redirect("services:kits")


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def kit_return(request: Request, pk: int) -> HttpResponse:
    """Take goods back (收回)."""
    row = reads.kit_get(actor=request.actor, pk=pk)
    told(request, lambda: teams.kit_return(actor=request.actor, kit=row), "已收回。")
    return redirect("services:team", pk=row.team_id) if row.team_id and request.POST.get("team") else redirect("services:kits")


@worker
@require_GET
def mine(request: Request) -> HttpResponse:
    """Teams I am in or can join (业余队伍)."""
    return render(
        request,
        "services/mobile/teams.html",
        {"page": page_of(request, reads.for_member(person_of(request))), "coming": reads.coming(person_of(request))},
    )


@worker
@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """Join or leave (入队、离队)."""
    row = reads.for_member(person_of(request)).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    if request.POST.get("verb") == "join":
        told(request, lambda: teams.team_join(actor=request.actor, team=row), f"已加入{row.name}。")
    elif request.POST.get("verb") == "leave":
        told(request, lambda: teams.team_leave(actor=request.actor, team=row), f"已离开{row.name}。")
    return redirect("services:m-teams")
