"""Checking a card (会员证核验): in the browser with the public key, without a network; or on the server."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gonghui.core.access import public
from gonghui.core.http import Request, render
from gonghui.members.services import cards


@csrf_exempt  # changes nothing and must be cacheable without a cookie, so that it opens without a network
@public
@require_http_methods(["GET", "POST"])
def verify(request: Request) -> HttpResponse:
    """The page a second device opens (会员证核验). The code stands behind `#`, so it never reaches a server unless asked."""
    code = request.POST.get("code", "").strip()[:400]
    result = cards.code_check(code) if code else None
    status = 200 if result is None or result["ok"] else 422
    response = render(request, "members/card_verify.html", {"key": cards.public_key(), "result": result, "code": code}, status=status)
    if request.method == "GET":
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False  # a kept page must not carry anybody's cookie
        response["Cache-Control"] = "public, max-age=604800"
    return response
