"""The REST API: every app's `web/api.py` router under `/api/<app>/` (接口总装).

Sign-in is the browser's session; writes carry the CSRF token. Refusals come as JSON `{code, message, facts}`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie

from gonghui.core import refusals
from gonghui.core.access import public, signed_in
from gonghui.core.errors import NotFound


class Session(APIKeyCookie):
    """The session cookie; Django's own CSRF check on every write."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        actor = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
        return actor if actor.signed_in else None


api = NinjaAPI(title="工会网络服务平台", version="1", docs_url=None, openapi_url="/openapi.json", auth=Session(), urls_namespace="api")


@api.exception_handler(AuthenticationError)
def _sign_in(request: HttpRequest, fault: Any) -> HttpResponse:
    return JsonResponse({"code": "core.sign_in", "message": "请先登录。", "facts": {}}, status=401)


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, fault: Any) -> HttpResponse:
    where = [".".join(str(p) for p in e["loc"]) for e in fault.errors]
    message = f"这些参数读不懂：{'、'.join(where)}。请按接口说明填写。"
    return JsonResponse({"code": "core.bad_parameters", "message": message, "facts": {"parameters": where}}, status=422)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, fault: Any) -> HttpResponse:
    return refusals.respond(request, NotFound())


@api.exception_handler(HttpError)
def _broken(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """What the framework cannot read before the parameters: a body that is no JSON, for example."""
    return JsonResponse(
        {"code": "core.bad_request", "message": "请求读不懂。请按接口说明发送 JSON。", "facts": {}}, status=fault.status_code
    )


for _name in settings.GONGHUI_APPS:
    _web = find_spec(f"gonghui.{_name}.web")
    if _web is not None and _web.submodule_search_locations and find_spec(f"gonghui.{_name}.web.api"):
        _router = getattr(import_module(f"gonghui.{_name}.web.api"), "router", None)
        if _router is not None:
            api.add_router(f"/{_name}/", _router)


def urls() -> list[URLPattern | URLResolver]:
    """The API's paths, each declared: the contract is public, everything else asks for sign-in."""
    found: list[URLPattern | URLResolver] = list(api.urls[0])
    for pattern in found:
        if isinstance(pattern, URLPattern):
            guard = public if pattern.name in ("openapi-json", "api-root") else signed_in
            exempt = getattr(pattern.callback, "csrf_exempt", False)
            pattern.callback = guard(pattern.callback)
            pattern.callback.csrf_exempt = exempt  # type: ignore[attr-defined]  # ninja checks the token itself, per operation
    return found


def schema() -> dict[str, Any]:
    """The contract as OpenAPI."""
    return dict(api.get_openapi_schema(path_prefix="/api/"))
