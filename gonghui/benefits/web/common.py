"""What the pages share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core.http import Request, asked, render
from gonghui.orgs.selectors import unions

Step = tuple[str, str]
AREAS = {"offers": "普惠服务", "schemes": "免医事服务费", "programmes": "疗休养"}


def union_of(request: Request, perm: str) -> Any:
    """The union a new thing is for: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def trail(area: str, *steps: Step) -> list[Step]:
    """Crumbs below one of the three areas."""
    return [(AREAS[area], reverse(f"benefits:{area}")), *steps]


def to(name: str, *args: Any, tail: str = "") -> HttpResponse:
    """To a page of ours."""
    return HttpResponseRedirect(reverse(f"benefits:{name}", args=args) + tail)


def form_page(request: Request, form: Any, union: Any, title: str, action: str, back: str, crumbs: list[Step], **more: Any) -> HttpResponse:
    """The one page of all larger forms; 422 when it comes back with faults."""
    context = {"form": form, "union": union, "title": title, "action": action, "back": back, "trail": crumbs, **more}
    return render(request, "benefits/console/form.html", context, status=422 if request.method == "POST" else 200)
