"""Paths of the bench's server: the platform's, and a view that does nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from gonghui.booking.bench.server import NOTHING
from gonghui.core.access import public


@csrf_exempt
@public
def nothing(request: HttpRequest) -> HttpResponse:
    """Read the request, answer."""
    assert request.body is not None
    headers = {"Content-Length": str(len(NOTHING))}  # without middleware nobody else sets it
    return HttpResponse(NOTHING, content_type="application/json; charset=utf-8", headers=headers)


urlpatterns = [path("bench/bare", nothing), path("bench/view", nothing), path("", include("gonghui.portal.urls"))]
