"""What views share (视图公用): the request with its actor, HTMX-aware rendering, downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


class Request(HttpRequest):
    """A request whose actor has been worked out by `accounts.middleware.ActorMiddleware`."""

    actor: Actor
    htmx: bool


def render(request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200, fragment: str | None = None) -> HttpResponse:
    """Render a page; for an HTMX request, `fragment` alone when given. Sends `Vary: HX-Request`."""
    chosen = fragment if fragment and request.headers.get("HX-Request") == "true" else template
    response = django_render(request, chosen, context or {}, status=status)
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
    return response


def page_of(request: HttpRequest, rows: Any, *, size: int = 20) -> Page[Any]:
    """The page asked for by `?page=`, 20 rows by default; a page out of range is the last one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file for saving, never shown inline."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
