"""What the pages of income share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, asked
from gonghui.orgs.selectors import unions


def union_of(request: Request, perm: str) -> Any:
    """The union a page or a new thing is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs below the home of income."""
    return [("经费收缴", reverse("income:home")), *steps]


def act(request: Request, form: Any, do: Callable[[], Any], said: str) -> bool:
    """Run an act of a valid form; a refusal becomes an error of the form. 404 and 403 go their own way."""
    if not form.is_valid():
        return False
    try:
        do()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.message)
        return False
    messages.success(request, said)
    return True


def plain(request: Request, do: Callable[[], Any], said: str) -> bool:
    """Run an act without a form; say its result or its refusal on the next page."""
    try:
        do()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return False
    messages.success(request, said)
    return True


def to(name: str, *args: Any) -> HttpResponse:
    """Off to a page."""
    return HttpResponseRedirect(reverse(f"income:{name}", args=args))


def year_of(request: Request) -> int:
    """The year asked for, else this one."""
    wanted = request.GET.get("year", "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and 2000 <= int(wanted[:4]) <= 2100 else clock.today().year


def day_of(text: str) -> date | None:
    """A day from a query, or nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
