"""Phone pages (手机页): a team leader's day; a driver's own notes after joining."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.campaigns import forms
from gonghui.campaigns.enums import CampaignState, Perm
from gonghui.campaigns.models import DriverNote, Team
from gonghui.campaigns.selectors import progress, scope
from gonghui.campaigns.services import sites
from gonghui.campaigns.web.acts import ACTS, LOGS
from gonghui.core import clock
from gonghui.core.access import officer, worker
from gonghui.core.errors import NotFound, NotPermitted, Refusal
from gonghui.core.http import Request, render, told
from gonghui.members.selectors import joining


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


@worker
@require_http_methods(["GET", "POST"])
def driver(request: Request) -> HttpResponse:
    """A driver adds vehicle and home place to the own application (货车司机补充登记)."""
    if request.actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    application = joining.my_application(request.actor.person_id)
    held = DriverNote.objects.filter(application=application).first() if application else None
    initial = {"plate": held.plate, "home_place": held.home_place, "platform": held.platform} if held else {}
    form, status = forms.DriverForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if application is None:
            raise NotFound()
        if form.is_valid():
            try:
                sites.driver_note(actor=request.actor, application=application, **form.cleaned_data)
                return HttpResponseRedirect(reverse("campaigns:m-driver") + "?saved=1")
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    context = {"application": application, "held": held, "form": form, "saved": request.GET.get("saved") == "1"}
    return render(request, "campaigns/mobile/driver.html", context, status=status)
