"""Pages of crisis intervention (危机干预页面)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, faults, page_of, render, told
from gonghui.counsel import forms
from gonghui.counsel.enums import Perm, RiskState
from gonghui.counsel.models import Risk
from gonghui.counsel.selectors import common
from gonghui.counsel.selectors import risks as reads
from gonghui.counsel.services import risks
from gonghui.counsel.web.common import chosen, trail, unkept

HERE = "counsel/console/"


@officer(Perm.RISK_DECIDE, Perm.SESSION_HOLD)
@require_GET
def index(request: Request) -> HttpResponse:
    """Flags I decide on or raised (危机事项)."""
    form = forms.RiskFilter(request.GET or None)
    asked = chosen(form)
    page = page_of(request, reads.risks(actor=request.actor, state=asked.get("state", "")))
    context = {"form": form, "page": page, "asked": any(asked.values()), "now": clock.now(), "trail": [("危机事项", "")]}
    return render(request, HERE + "risks.html", context)


@officer(Perm.RISK_DECIDE, Perm.SESSION_HOLD)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One flag, closed (危机事项)."""
    return _page(request, reads.risk_get(actor=request.actor, pk=pk))


def _page(request: Request, row: Risk, status: int = 200, **more: Any) -> HttpResponse:
    actor = request.actor
    owner = reads.owner(actor, row)
    agreed = row.votes.filter(agree=True).count()
    decider = actor.may(Perm.RISK_DECIDE, row.unit_path) and not owner
    context = {
        "row": row, "owner": owner, "agreed": agreed, "need": common.number("danger_people", row.appointment.counsellor.union),
        "may_vote": decider and row.state == RiskState.RAISED and row.level == "danger" and not row.votes.filter(user=actor.user_id).exists(),
        "opens": reads.opens(actor, row), "slip": risks.decision(row, consent=row.ground == "consent", agreed=agreed).as_slip(),
        "late": row.state == RiskState.RAISED and row.due_at < clock.now(), "vote_form": forms.VoteForm(auto_id="v_%s"),
        "step_form": forms.StepForm(auto_id="s_%s"), "live": row.state in (RiskState.RAISED, RiskState.OPENED),
        "trail": trail("risks", (row.appointment.code, "")), **more,
    }  # fmt: skip
    return render(request, HERE + "risk.html", context, status=status)


@officer(Perm.RISK_DECIDE, Perm.SESSION_HOLD)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Open, decide, record, end (打开、核准、记录、结束)."""
    row, actor = reads.risk_get(actor=request.actor, pk=pk), request.actor
    if verb == "reason":
        return unkept(_page(request, row, opened=risks.reason_open(actor=actor, risk=row)))
    if verb == "contact":
        return unkept(_page(request, row, contact=risks.contact_open(actor=actor, risk=row)))
    if verb == "close":
        told(request, lambda: risks.risk_close(actor=actor, risk=row), "已结束，联系方式重新封存。")
    elif verb in ("agree", "refuse"):
        vote = forms.VoteForm(request.POST)
        if not vote.is_valid():
            faults(request, vote)
        else:
            done = told(
                request, lambda: risks.vote(actor=actor, risk=row, agree=verb == "agree", reason=vote.cleaned_data["reason"]), "已表态。"
            )
            if done and done.state == RiskState.OPENED:
                messages.info(request, "两人都已核准，联系方式已启封。")
    elif verb == "step":
        step = forms.StepForm(request.POST)
        if not step.is_valid():
            faults(request, step)
        else:
            told(request, lambda: risks.step_add(actor=actor, risk=row, text=step.cleaned_data["text"]), "已记下。")
    else:
        raise NotFound()
    return redirect("counsel:risk", pk=pk)
