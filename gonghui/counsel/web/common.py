"""What the pages share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from gonghui.core.http import Request, asked
from gonghui.orgs.selectors import unions

LISTS = {"desk": "我的咨询", "counsellors": "心理关爱", "gatherings": "人文关怀活动", "risks": "危机事项"}


def union_of(request: Request, perm: str) -> Any:
    """The union a new thing is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def trail(kind: str, *here: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs: the list, then where one is."""
    return [(LISTS[kind], reverse(f"counsel:{kind}")), *here]


def chosen(form: Any) -> dict[str, Any]:
    """What a filter form asks for; nothing when it is wrong."""
    return dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}


def unkept(response: HttpResponse) -> HttpResponse:
    """A page with opened texts: no browser and no proxy keeps it."""
    response["Cache-Control"] = "no-store"
    return response
