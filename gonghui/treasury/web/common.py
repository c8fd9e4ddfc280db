"""What the pages share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core.http import Request, asked
from gonghui.orgs.selectors import unions


def union_of(request: Request, perm: str) -> Any:
    """The union a page or a new thing is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs."""
    return [("经费与考核", ""), *steps]


def go(name: str, *args: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=args))
