"""Delivery reports of the SMS gateway (短信回执)."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gonghui.core.access import public
from gonghui.core.clock import SHANGHAI
from gonghui.core.errors import BadInput
from gonghui.notices import services

MOST = 500


@csrf_exempt
@public
@require_POST
def sms_report(request: HttpRequest) -> HttpResponse:
    """`[{"reference", "delivered", "at"}]`, signed in the header `X-Signature`; safe to send again."""
    services.report_check(request.body, request.headers.get("X-Signature", ""))
    taken = sum(services.sms_report(reference=r, delivered=d, at=at) for r, d, at in _read(request.body))
    return JsonResponse({"taken": taken})


def _read(body: bytes) -> list[tuple[str, bool, datetime]]:
    try:
        rows = json.loads(body)
        found = [(str(row["reference"]), bool(row["delivered"]), parse_datetime(row["at"])) for row in rows[:MOST]]
    except (ValueError, TypeError, KeyError) as fault:
        raise BadInput("notices.report_unreadable", "短信回执读不懂：应为 reference、delivered、at 的列表。") from fault
    return [(r, d, at if at.tzinfo else at.replace(tzinfo=SHANGHAI)) for r, d, at in found if at is not None]
