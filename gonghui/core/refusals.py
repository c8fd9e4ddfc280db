"""Refusals and faults as pages, partials and JSON (拒绝与出错的页面); the handlers for 400, 403, 404, 413 and 500."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from gonghui.core import clock
from gonghui.core.errors import BadInput, NotFound, NotPermitted, Refusal

log = logging.getLogger("gonghui.fault")

TITLES: dict[int, Any] = {
    400: _("这个请求读不懂"),
    403: _("您还不能办理这件事"),
    404: _("没找到"),
    409: _("情况已经变了"),
    413: _("内容太大了"),
    422: _("还不能这样办"),
    429: _("操作太快了"),
    500: _("出错了"),
    503: _("系统正忙"),
}
ART = {403: "lock", 404: "search"}
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Fault(Refusal):
    """A fault of ours (故障), 500: number, no stack."""

    status = 500


class TooLarge(Refusal):
    """More than the server takes (超过大小), 413."""

    status = 413


def too_large(exception: BaseException | None) -> TooLarge | None:
    """The refusal behind Django's own limits on the body, or None."""
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
        return TooLarge("core.too_large", f"一次交的内容超过了 {limit:,} KB，请分几次办理；文件请用上传按钮。")
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return TooLarge("core.too_many_fields", "一次交的项目太多，请分几次办理。")
    return None


def wants_json(request: HttpRequest) -> bool:
    """API paths, and callers that ask for JSON and not for HTML."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("application/json" in accept and "text/html" not in accept)


def is_htmx(request: HttpRequest) -> bool:
    """A partial request; a boosted one wants the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def respond(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as the caller can read it."""
    if wants_json(request):
        response: HttpResponse = JsonResponse(refusal.as_dict(), status=refusal.status, json_dumps_params={"ensure_ascii": False})
    elif is_htmx(request):
        response = HttpResponse(_render(request, "ui/_refusal.html", refusal), status=refusal.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
    else:
        response = HttpResponse(_page(request, refusal), status=refusal.status)
    if (after := getattr(refusal, "retry_after", None)) is not None:
        response["Retry-After"] = str(after)
    response["Vary"] = "HX-Request, Accept, Cookie"
    return response


def _page(request: HttpRequest, refusal: Refusal) -> str:
    """The page in its frame; when even the frame fails, for it asks the store, the bare page."""
    if refusal.status == 500:
        return _render(None, "500.html", refusal)
    name = {403: "403.html", 404: "404.html"}.get(refusal.status, "refusal.html")
    try:
        return _render(request, name, refusal)
    except DatabaseError:
        log.warning("页面框架读不到数据，改用简页")
        return _render(None, "500.html", refusal)


def _render(request: HttpRequest | None, template: str, refusal: Refusal) -> str:
    context = {
        "refusal": refusal,
        "errors": getattr(refusal, "errors", []),
        "decision": getattr(refusal, "decision", None),
        "title": TITLES.get(refusal.status, _("没办成")),
        "art": ART.get(refusal.status, "busy"),
        "base": frame(request),
    }
    return render_to_string(template, context, request)


def frame(request: HttpRequest | None) -> str:
    """The base template that fits the door the reader came through."""
    if request is None:
        return "ui/public.html"
    if request.path.startswith("/m/"):
        return "ui/mobile.html"
    inside = getattr(getattr(request, "actor", None), "is_officer", False)
    return "ui/console.html" if inside and request.path.startswith("/console/") else "ui/public.html"


def number_of(request: HttpRequest, exception: BaseException | None = None) -> str:
    """The number a reader can quote (错误编号), the same in the log: `E-7F3C-1121`."""
    known: str | None = getattr(request, "fault_number", None)
    if known:
        return known
    number = "E-" + "".join(secrets.choice(ALPHABET) for _i in range(4)) + clock.today().strftime("-%m%d")
    request.fault_number = number  # type: ignore[attr-defined]  # travels with the request to the handler
    log.error("%s %s %s %s", number, request.method, request.path, type(exception).__name__ if exception else "")
    return number


# -- handlers of the root urlconf ---------------------------------------------------------------------------------


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: unseen and absent look alike."""
    return respond(request, NotFound())


def not_permitted(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return respond(request, NotPermitted("core.no_permission", "您没有办理这件事的权限。需要时请联系本级安全管理员授权。"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400; a body that is too large says so with 413."""
    return respond(request, too_large(exception) or _bad())


def _bad() -> Refusal:
    refusal = BadInput("core.bad_request", "这个请求读不懂，请回到上一页重新办理。")
    refusal.status = 400
    return refusal


def server_error(request: HttpRequest, *_args: Any) -> HttpResponse:
    """handler500: a busy store is 503; else a number and no stack."""
    from gonghui.core.middleware import translate  # the middleware imports this module

    exception = sys.exc_info()[1]
    if exception is not None and (refusal := translate(exception)) is not None:
        return respond(request, refusal)
    number = number_of(request, exception)
    return respond(request, Fault("core.fault", f"这一步没有办成，已记下编号 {number}。请过一会儿再试；一直不行请报编号。", number=number))
