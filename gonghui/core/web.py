"""The kernel's own views (内核视图): font size, CSP reports."""

from __future__ import annotations

import json
import logging

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gonghui.core.access import public
from gonghui.core.context import FONT_COOKIE, FONT_SIZES

log = logging.getLogger("gonghui.csp")
REPORT_BYTES = 8192
YEAR = 365 * 24 * 3600


@public
@require_POST
def font(request: HttpRequest) -> HttpResponse:
    """Choose the font size (字号): "", `l` or `xl`, kept in a cookie for a year."""
    wanted, after = request.POST.get("size", ""), request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(after if safe else "/")
    if wanted in FONT_SIZES:
        response.set_cookie(FONT_COOKIE, wanted, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    else:
        response.delete_cookie(FONT_COOKIE, samesite="Lax")
    return response


@public
@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """What browsers report against our policy: logged without query strings, since those may hold words a person typed."""
    try:
        report = json.loads(request.read(REPORT_BYTES + 1)[:REPORT_BYTES] or b"{}")
    except (ValueError, UnicodeDecodeError):
        return HttpResponse(status=204)
    body = report.get("csp-report", {}) if isinstance(report, dict) else {}
    if isinstance(body, dict):
        fields = [
            str(body.get(name, ""))[:200].split("?")[0] for name in ("document-uri", "violated-directive", "blocked-uri", "source-file")
        ]
        log.warning("CSP %s", " ".join(fields).replace("\n", " "))
    return HttpResponse(status=204)
