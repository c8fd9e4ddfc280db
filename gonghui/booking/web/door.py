"""The fast door (热路径入口): two addresses answered before Django's middleware, with the same headers.

`core.serving` asks every door before it hands a request to Django. The same addresses stand in `urls.py` as ordinary views,
for servers that know no doors (tests, `runserver`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from gonghui.booking.services import hot, remaining
from gonghui.core.middleware import HEADERS

Start = Callable[[str, list[tuple[str, str]]], Any]
COMMON = [
    *HEADERS.items(),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Language", "zh-hans"),
]


def take(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """`POST /api/booking/take`."""
    if environ["REQUEST_METHOD"] != "POST":
        return _answer(start, 405, {"Allow": "POST"}, b'{"ok":false,"code":"core.method"}')
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or int(length) > hot.LONGEST_BODY:
        return _answer(start, 413, {}, b'{"ok":false,"code":"core.too_large"}')
    return _answer(start, *hot.take(environ.get("HTTP_X_BOOKING_PASS", ""), environ["wsgi.input"].read(int(length))))


def left(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """`GET /api/booking/remaining?item=5`."""
    item = parse_qs(environ.get("QUERY_STRING", "")).get("item", [""])[0]
    return _answer(start, *remaining.answer(item))


def _answer(start: Start, status: int, headers: dict[str, str], body: bytes) -> Iterable[bytes]:
    always = [*COMMON, ("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")] if settings.SECURE_HSTS_SECONDS else COMMON
    start(f"{status} {HTTPStatus(status).phrase}", [*always, *headers.items(), ("Content-Length", str(len(body)))])
    return [body]


DOORS = {"/api/booking/take": take, "/api/booking/remaining": left}
