"""Every view declares who may come in (访问声明, ACC-05); a view without a declaration fails start-up.

The decorator names the door and, for officers, the permission that some grant must hold. Which records are seen is
settled by selectors (`actor.within`) and services (`actor.require`), never here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core import again
from gonghui.core.errors import NotPermitted

View = Callable[..., HttpResponse]


class Door(StrEnum):
    """Through which door (入口)."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    WORKER = "worker"
    OFFICER = "officer"


@dataclass(frozen=True)
class Access:
    """What a view declares (访问要求): door, permissions (any of them suffices), step-up (二次验证)."""

    door: Door
    perms: tuple[str, ...] = ()
    step_up: bool = False


def _guard(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refused = _refuse(access, request)
            if refused is not None:
                return refused
            return again.bounded(lambda: view(request, *args, **kwargs), lambda: _rewind(request))

        inner.access = access  # type: ignore[attr-defined]  # the declaration the start-up check reads
        return inner

    return decorate


def _rewind(request: HttpRequest) -> None:
    """Uploads are read from their beginning once more."""
    for file in getattr(request, "_files", {}).values():
        file.seek(0)


def _refuse(access: Access, request: HttpRequest) -> HttpResponse | None:
    if access.door is Door.PUBLIC:
        return None
    actor: Any = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    if not actor.signed_in:
        mobile = access.door is Door.WORKER or (request.path.startswith("/m/") and access.door is not Door.OFFICER)
        name = "accounts:worker_login" if mobile else "accounts:login"
        return _to(request, reverse(name))
    if access.door is Door.OFFICER and (not actor.is_officer or (access.perms and not any(actor.may(p) for p in access.perms))):
        raise NotPermitted("core.no_permission", "您没有办理这件事的权限。需要时请联系本级安全管理员授权。", perms=list(access.perms))
    if access.door is Door.WORKER and actor.person_id is None and not actor.is_officer and request.method == "GET":
        return _to(request, reverse("accounts:welcome"))  # signed in by phone, not in the register yet: the way to join
    if access.door is Door.WORKER and actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    if access.step_up and not actor.stepped_up:
        return _to(request, reverse("accounts:step_up"))
    return None


def _to(request: HttpRequest, url: str) -> HttpResponse:
    target = url + "?" + urlencode({"next": request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "/")})
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    if request.path.startswith("/api/"):
        raise NotPermitted("core.sign_in", "请先登录。")
    return HttpResponseRedirect(target)


def officer(*perms: str, step_up: bool = False) -> Callable[[View], View]:
    """Officers who hold one of the permissions somewhere (干部). `step_up` asks for a fresh second factor."""
    return _guard(Access(Door.OFFICER, tuple(str(p) for p in perms), step_up))


def worker(view: View) -> View:
    """A worker signed in with a phone (职工)."""
    return _guard(Access(Door.WORKER))(view)


def signed_in(view: View) -> View:
    """Anybody signed in (已登录)."""
    return _guard(Access(Door.SIGNED_IN))(view)


def public(view: View) -> View:
    """Anybody (公开)."""
    return _guard(Access(Door.PUBLIC))(view)
