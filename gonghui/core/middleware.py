"""Headers of every answer and the shape of every refusal (响应头、拒绝的三种样子)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import Error, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from gonghui.core import audit, refusals
from gonghui.core.errors import NotFound, NotPermitted, Refusal, Unavailable

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
        "object-src 'none'",
        "report-uri /csp-report",
    ]
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), "
    "accelerometer=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
}
# Words by which the two engines say “not now”; anything else of the database is a fault of ours.
BUSY_WORDS = (
    "locked",
    "timeout",
    "timed out",
    "too many",
    "connection",
    "deadlock",
    "canceling statement",
    "could not serialize",
    "disk i/o",
    "is full",
    "starting up",
    "shutting down",
)


class HeadersMiddleware:
    """Outermost: security headers on every answer, errors included. Source: assurance §7 (CSP, HSTS by SecurityMiddleware)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if signed_in(request) and "Cache-Control" not in response.headers and not is_static(request):
            response["Cache-Control"] = "no-store"
        return response


def is_static(request: HttpRequest) -> bool:
    """Files with hashed names may be kept by the browser."""
    return request.path.startswith(str(settings.STATIC_URL))


def signed_in(request: HttpRequest) -> bool:
    """Is the reader known? Their pages hold personal data and must not stay in a shared browser."""
    actor = getattr(request, "actor", None)
    return bool(actor is not None and getattr(actor, "signed_in", False))


class RefusalMiddleware:
    """Innermost: a refusal becomes a page, an HTMX partial or JSON; a busy store becomes 503."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        refusal = translate(exception)
        if refusal is None:
            if not isinstance(exception, SuspiciousOperation | BadRequest):  # those are the caller's fault and go to handler400
                refusals.number_of(request, exception)
            return None
        if isinstance(refusal, NotPermitted):
            record(request, refusal)
        return refusals.respond(request, refusal)


def translate(exception: BaseException) -> Refusal | None:
    """The refusal behind an exception, or None when it is a fault."""
    if isinstance(exception, Refusal):
        return exception
    if isinstance(exception, Http404):
        return NotFound()
    if isinstance(exception, PermissionDenied):
        return NotPermitted("core.no_permission", "您没有办理这件事的权限。需要时请联系本级安全管理员授权。")
    if large := refusals.too_large(exception):
        return large
    if isinstance(exception, OperationalError) and any(word in str(exception).lower() for word in BUSY_WORDS):
        return Unavailable()
    return None


def record(request: HttpRequest, refusal: NotPermitted) -> None:
    """One audit entry for an attempt beyond one's rights. Without an actor there is nobody to name."""
    actor: Any = getattr(request, "actor", None)
    if not signed_in(request):
        return
    try:
        audit.append(actor.ref, "core.refused", data={"code": refusal.code, "method": request.method, "path": request.path[:200]})
    except Error:
        log.exception("拒绝记录没有写进审计链")


class LanguageMiddleware:
    """Chinese unless the reader chose another language on the page: a browser set to English is no such choice (语言)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
