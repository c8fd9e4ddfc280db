"""The two hot addresses as ordinary views (热路径的普通视图), for servers without doors; the answers are the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from gonghui.booking.services import hot, remaining
from gonghui.core.access import public


@csrf_exempt  # no cookie is read: the pass stands in a header of its own
@require_POST
@public
def take(request: HttpRequest) -> HttpResponse:
    """`POST /api/booking/take`."""
    if len(request.body) > hot.LONGEST_BODY:
        return _answer(413, {}, b'{"ok":false,"code":"core.too_large"}')
    return _answer(*hot.take(request.headers.get("X-Booking-Pass", ""), request.body))


@require_GET
@public
def left(request: HttpRequest) -> HttpResponse:
    """`GET /api/booking/remaining?item=5`."""
    return _answer(*remaining.answer(request.GET.get("item", "")))


def _answer(status: int, headers: dict[str, str], body: bytes) -> HttpResponse:
    headers = {"Cache-Control": "no-store", **headers}
    return HttpResponse(body, status=status, headers=headers, content_type="application/json; charset=utf-8")
