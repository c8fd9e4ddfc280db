"""Works out who acts (操作者) for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse

from gonghui.core import menu

if TYPE_CHECKING:
    from gonghui.core.http import Request


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ActorMiddleware:
    """Sets `request.actor` and `request.htmx`. Sign-in and grants are read at use, so an ended or revoked one stops at the next request (ACC-03)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from gonghui.accounts import sessions  # after the app registry is ready

        found = cast("Request", request)
        found.htmx = request.headers.get("HX-Request") == "true"
        found.actor = sessions.resolve(request)
        if request.method in SAFE:
            return self.get_response(request)
        menu.forget(found.actor)
        response = self.get_response(request)
        menu.forget(found.actor)  # what was done shows in the menu of the next page
        return response
