"""What the pages of booking share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, asked
from gonghui.orgs.selectors import unions
from gonghui.policy import services as policy


def union_of(request: Request, *, required: bool = False) -> Any:
    """The union the page is about: `?union=`, else the actor's own. None when the actor has no business scope."""
    find = unions.union_wanted if required else unions.union_asked
    return find(request.actor, asked(request, "union"))


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs below the items."""
    return [("服务预约", reverse("booking:items")), *steps]


def done(request: HttpRequest, text: str) -> None:
    """Say what happened, on the next page."""
    messages.success(request, text)


def small_cell() -> int:
    """Below this number of people nothing is shown to others. Source: policy figures.small_cell."""
    return int(policy.value("figures.small_cell", on=clock.today()).value)


def refused(request: HttpRequest, refusal: Refusal) -> None:
    """Say why not, on the next page."""
    messages.error(request, refusal.message)
