"""Front pages: by role, workbench, my union, search, help (首页、工作台、我的工会、搜索、帮助)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from gonghui.accounts import throttle
from gonghui.accounts.actor import Actor
from gonghui.approvals import selectors as approvals
from gonghui.core import clock, hub, menu
from gonghui.core.access import officer, public, signed_in, worker
from gonghui.core.http import Request, render
from gonghui.figures.enums import Perm
from gonghui.figures.web import place as places
from gonghui.portal import help_texts
from gonghui.portal.selectors import home
from gonghui.portal.selectors.finders import SHORTEST

TODO_SHOWN, ALERTS_SHOWN = 6, 6
SEARCHES = 60
"""Searches a minute one officer may make: more than a hand can, fewer than a harvester wants."""


@public
def root(request: Request) -> HttpResponse:
    """To the page of the reader's kind."""
    actor = request.actor
    if not actor.signed_in:
        return redirect(menu.fixed("login") or "/accounts/login/")
    return redirect("portal:home" if actor.is_officer else "portal:mobile")


@officer()
def console(request: Request) -> HttpResponse:
    """The workbench: what must I do today, and is anything wrong."""
    actor = request.actor
    if not actor.may(Perm.FIGURE_VIEW):
        return render(request, "portal/console/plain.html", {**_todo(actor), "entries": menu.entries(actor)})
    place = places.where(request)
    alerts = hub.alerts_for(actor, place.union, place.as_of)
    context = {
        **_todo(actor),
        **places.frame(
            place, "工作台", alerts=alerts[:ALERTS_SHOWN], alert_count=len(alerts), all_alerts=request.GET.get("alerts") == "all"
        ),
    }
    if context["all_alerts"]:
        context["alerts"] = alerts
    context |= home.board(actor, place)
    return render(request, "portal/console/home.html", context)


def _todo(actor: Actor) -> dict[str, Any]:
    todo, today = approvals.inbox(actor), clock.today()
    due = sum(i.due is not None and i.due <= today for i in todo)
    return {"todo": todo[:TODO_SHOWN], "todo_count": len(todo), "due_today": due, "greeting": home.greeting()}


@worker
def mobile(request: Request) -> HttpResponse:
    """我的工会: my union, my chair, how to call; joining for who has none."""
    context = {"mine": home.my_union(request.actor), "cards": hub.cards_for(request.actor), "greeting": home.greeting()}
    context["entries"] = [
        (e, menu.address(e.url_name))
        for e in menu.entries(request.actor, "mobile")
        if e.key != "portal.m_home" and menu.address(e.url_name)
    ]
    return render(request, "portal/mobile/home.html", context)


@officer()
def search(request: Request) -> HttpResponse:
    """Search over everything in scope."""
    words = " ".join(request.GET.get("q", "").split())[:60]
    if len(words) >= SHORTEST:
        throttle.hit("portal.search", request.actor.ref, SEARCHES, timedelta(minutes=1))
    found = list(hub.find(request.actor, words)) if len(words) >= SHORTEST else []
    return render(request, "portal/console/search.html", {"words": words, "found": found, "short": bool(words) and len(words) < SHORTEST})


@signed_in
def guide(request: Request) -> HttpResponse:
    """How the daily work is done."""
    return render(
        request,
        "portal/console/help.html" if request.actor.is_officer else "portal/mobile/help.html",
        {"topics": help_texts.topics(request.actor.is_officer)},
    )
