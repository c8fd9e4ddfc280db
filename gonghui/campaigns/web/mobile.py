"""Phone pages (手机页): a team leader's day; a driver's own notes after joining."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import selectors as workers
from gonghui.accounts import services as accounts
from gonghui.accounts.actor import Actor
from gonghui.campaigns import forms
from gonghui.campaigns.enums import CampaignState, Perm
from gonghui.campaigns.models import Team
from gonghui.campaigns.selectors import homes, progress, scope
from gonghui.campaigns.services import sites
from gonghui.campaigns.web.acts import ACTS, LOGS
from gonghui.core import clock, idempotency
from gonghui.core.access import officer, signed_in
from gonghui.core.errors import NotFound, NotPermitted, Refusal
from gonghui.core.http import Request, asked, render, told
from gonghui.members.selectors import joining, members
from gonghui.members.services import consents, identity
from gonghui.orgs.selectors import unions
from gonghui.people import selectors as people

TRIES = 20
"""Attempts of one account in an hour."""


@officer(Perm.LOG_EDIT)
@require_GET
def today(request: Request) -> HttpResponse:
    """My teams in running campaigns (我的小队)."""
    found = []
    for row in scope.visible(request.actor).filter(state=CampaignState.RUNNING):
        found += [(row, team) for team in scope.teams_to_log(request.actor, row)]
    return render(request, "campaigns/mobile/today.html", {"found": found})


def _team(request: Request, pk: int) -> Team:
    row: Team = scope.part_get(actor=request.actor, model=Team, pk=pk)
    if row not in scope.teams_to_log(request.actor, row.campaign):
        raise NotFound()
    return row


@officer(Perm.LOG_EDIT)
@require_GET
def team(request: Request, pk: int) -> HttpResponse:
    """Today's numbers of a team, who is stuck, what to log (小队今日)."""
    row = _team(request, pk)
    return render(request, "campaigns/mobile/team.html", _page(request, row))


def _page(request: Request, row: Team, **forms_: Any) -> dict[str, Any]:
    campaign, now = row.campaign, clock.today()
    mine = next(r for r in progress.board(campaign, now).rows if r.team is not None and r.team.pk == row.pk)
    waiting = progress.stuck_rows(request.actor, campaign, row)
    shown = progress.stuck(campaign, list(waiting[:30]))
    choices: dict[str, Any] = {"teams": [(str(row.pk), row.name)], "unions": [], "initial": {"team": str(row.pk), "published_on": now}}
    made = {k: forms_.get(k) or ACTS[k].form(**choices, auto_id=f"{k}_%s") for k in LOGS}
    return {
        "row": row,
        "campaign": campaign,
        "mine": mine,
        "stuck": shown,
        "late": sum(1 for s in shown if s.late),
        "forms": made,
        "bound": forms_,
    }


@officer(Perm.LOG_EDIT)
@require_POST
def log(request: Request, pk: int, verb: str) -> HttpResponse:
    """Log publicity or a service from the phone (登记)."""
    row = _team(request, pk)
    if verb not in LOGS:
        raise NotFound()
    chosen = ACTS[verb]
    data = request.POST.copy()
    data["team"] = str(row.pk)
    form = chosen.form(data, request.FILES, teams=[(str(row.pk), row.name)], unions=[], auto_id=f"{verb}_%s")
    if form.is_valid() and told(request, lambda: chosen.do(request, row.campaign, dict(form.cleaned_data)), chosen.text):
        return HttpResponseRedirect(reverse("campaigns:m-team", args=[pk]))
    return render(request, "campaigns/mobile/team.html", _page(request, row, **{verb: form}), status=422)


@signed_in
@require_http_methods(["GET", "POST"])
def driver(request: Request) -> HttpResponse:
    """A driver joins by phone, or adds vehicle and home place to the own application (货车司机登记)."""
    if request.actor.is_officer:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    person = people.person_get(actor=homes.SYSTEM, pk=request.actor.person_id) if request.actor.person_id is not None else None
    application = joining.my_application(person.pk) if person is not None else None
    if application is not None and application.state not in ("withdrawn", "refused"):
        return _note(request, application)
    held = members.mine(person.pk) if person is not None else None
    if held is not None:
        return render(request, "campaigns/mobile/driver_member.html", {"held": held})
    return _join(request, person)


def _note(request: Request, application: Any) -> HttpResponse:
    held = homes.note_of(application)
    initial = {"plate": held.plate, "home_place": held.home_place, "platform": held.platform} if held else {}
    form, status = forms.DriverForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _done(form, lambda: sites.driver_note(actor=request.actor, application=application, **form.cleaned_data)):
            return HttpResponseRedirect(reverse("campaigns:m-driver") + "?saved=1")
    by = homes.WORDS.get(held.home_by, "") if held else ""
    context = {"application": application, "held": held, "form": form, "by": by, "saved": request.GET.get("saved") == "1"}
    return render(request, "campaigns/mobile/driver.html", context, status=status)


def _join(request: Request, person: Any) -> HttpResponse:
    table = homes.table_of(asked(request, "table"))
    if asked(request, "table") and table is None:
        raise NotFound()
    known = person.name if person is not None and person.id_index is not None else ""
    initial = {"key": f"driver-{clock.now().timestamp():.6f}", "table": table.token if table else "", "name": person.name if person else ""}
    form = forms.DriverJoinForm(request.POST or None, places=[] if table else homes.territories(), known=known, initial=initial)
    status = 200
    if request.method == "POST":
        accounts.hit("campaigns.driver", request.actor.ref, TRIES, timedelta(hours=1))
        status = 422
        if form.is_valid() and _done(form, lambda: _file(request, person, form.cleaned_data, table)):
            return HttpResponseRedirect(reverse("campaigns:m-driver") + "?saved=1")
    context = {"form": form, "table": table, "person": person, "known": known, "notice": consents.notices()["membership"]}
    return render(request, "campaigns/mobile/driver_join.html", context, status=status)


def _done(form: Any, act: Any) -> bool:
    """Run the act; a refusal stands on the form."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        form.add_error(None, refusal.message)
        return False
    return True


def _phone(request: Request) -> str:
    user: Any = request.user
    return workers.phone_of(user)


def _file(request: Request, person: Any, data: dict[str, Any], table: Any) -> None:
    """Who it is, which union, then the application: once for one form."""
    if person is None or person.id_index is None:
        assert request.actor.user_id is not None  # a signed-in person, by the view's declaration
        person = identity.person_for_joining(
            actor=request.actor, name=data["name"], id_number=data["id_number"], phone=_phone(request), own=person,
            group=homes.TRUCKER,
        )  # fmt: skip
        accounts.person_link(user_id=request.actor.user_id, person_id=person.pk, name=person.name)
    who = Actor(ref=request.actor.ref, name=person.name, user_id=request.actor.user_id, person_id=person.pk)
    home = homes.Home(table.batch.union, "table") if table else homes.home_of(unions.union_get(actor=homes.SYSTEM, pk=int(data["place"])))

    def do() -> dict[str, Any]:
        note = sites.driver_join(
            actor=who, person=person, home=home, signed_name=data["signed_name"], plate=data["plate"], home_place=data["home_place"],
            platform=data["platform"], ceremony=table,
        )  # fmt: skip
        return {"note": note.pk}

    idempotency.once(who, data["key"], {k: str(v) for k, v in data.items() if k != "key"}, do)
