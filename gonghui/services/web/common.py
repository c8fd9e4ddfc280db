"""What the pages share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from gonghui.core.errors import NotFound, NotPermitted, Refusal
from gonghui.core.http import Request
from gonghui.orgs.selectors import unions

LISTS = {"plans": "职工体检", "activities": "文体活动", "sessions": "到检登记"}


def union_of(request: Request, perm: str) -> Any:
    """The union a new thing belongs to: `?union=`, else the actor's own. Raises NotFound."""
    actor, wanted = request.actor, request.GET.get("union") or request.POST.get("union")
    rows = unions.union_visible(actor).filter(actor.within(perm)).filter(ended_on=None).order_by("depth", "path")
    if wanted:
        row = rows.filter(pk=int(wanted)).first() if wanted.isdigit() else None
    else:
        row = (rows.filter(path=actor.home).first() if actor.home else None) or rows.first()
    if row is None:
        raise NotFound()
    return row


def trail(kind: str, *here: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs: the list, then where one is."""
    return [(LISTS[kind], reverse(f"services:{kind}")), *here]


def told(request: HttpRequest, act: Callable[[], Any], text: str) -> bool:
    """Run an act; say its result or its refusal on the next page. 404 and 403 go their own way."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return False
    messages.success(request, text)
    return True


def person_of(request: Request) -> int:
    """The person at the phone. Raises NotPermitted."""
    if request.actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return request.actor.person_id
