"""What the pages of booking share (页面公用)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from gonghui.core import clock
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request
from gonghui.orgs.selectors import unions
from gonghui.policy import services as policy


def union_of(request: Request, *, required: bool = False) -> Any:
    """The union the page is about: `?union=`, else the actor's own."""
    actor, wanted = request.actor, request.GET.get("union") or request.POST.get("union")
    if wanted and wanted.isdigit():
        return unions.union_get(actor=actor, pk=int(wanted))
    rows = unions.union_visible(actor).filter(ended_on=None).order_by("depth", "path")
    union = rows.filter(path=actor.home).first() if actor.home else None
    union = union or rows.first()
    if union is None and required:
        raise NotFound()
    return union


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs below the items."""
    return [("服务预约", reverse("booking:items")), *steps]


def done(request: HttpRequest, text: str) -> None:
    """Say what happened, on the next page."""
    messages.success(request, text)


def told(request: HttpRequest, act: Any, text: str) -> bool:
    """Run an act; say its result or its refusal. 404 and 403 go their own way."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return False
    done(request, text)
    return True


def tabs(request: HttpRequest, rows: Iterable[tuple[str, str, int | None]], *, name: str = "state") -> list[dict[str, Any]]:
    """Tabs over one list: (value, label, count)."""
    now, found = request.GET.get(name, ""), []
    for value, label, count in rows:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if value:
            query[name] = value
        found.append({"label": label, "count": count, "current": value == now, "url": "?" + query.urlencode()})
    return found


def small_cell() -> int:
    """Below this number of people nothing is shown to others. Source: policy figures.small_cell."""
    return int(policy.value("figures.small_cell", on=clock.today()).value)


def refused(request: HttpRequest, refusal: Refusal) -> None:
    """Say why not, on the next page."""
    messages.error(request, refusal.message)
