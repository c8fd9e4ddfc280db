"""What the pages share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request
from gonghui.orgs.selectors import unions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def union_of(request: Request, perm: str) -> Any:
    """The union a new thing belongs to: `union`, else the actor's own. Raises NotFound outside the scope."""
    actor, wanted = request.actor, request.GET.get("union") or request.POST.get("union") or ""
    if wanted:
        if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 15:
            raise NotFound()
        return unions.union_get(actor=actor, pk=int(wanted), perm=perm)
    found = unions.roots(actor, perm)
    if not found:
        raise NotFound()
    return next((u for u in found if u.path == actor.home), found[0])


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs."""
    return [("经费与考核", ""), *steps]


def go(name: str, *args: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=args))


def told(request: HttpRequest, act: Callable[[], Any], text: str) -> Any:
    """Run an act, say its result or its refusal; None when refused. 403 and 404 go their own way."""
    try:
        made = act()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return None
    messages.success(request, text)
    return made if made is not None else True


def faults(request: HttpRequest, form: Any) -> None:
    """Say what is missing in a small form, on the next page."""
    messages.error(request, "；".join(str(e).rstrip("。") for errors in form.errors.values() for e in errors) + "。")


def tabs(request: HttpRequest, rows: Iterable[tuple[str, str, int | None]], name: str = "state") -> list[dict[str, Any]]:
    """Tabs over one list: (value, label, count)."""
    found, now = [], request.GET.get(name, "")
    for value, label, count in rows:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if value:
            query[name] = value
        found.append({"label": label, "count": count, "current": value == now, "url": "?" + query.urlencode()})
    return found


def whole(text: str | None) -> int | None:
    """A number from the address, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def numbers(values: Iterable[str]) -> list[int]:
    """Numbers out of a list of texts."""
    return [n for n in (whole(v) for v in values) if n is not None]
