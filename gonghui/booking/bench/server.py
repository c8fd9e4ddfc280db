"""The server of the bench (压测服务器): exactly what `gonghui serve` runs, with requests that do nothing added to it.

Three floors, from the barest to the usual: `/bench/noop` answers at the door, before Django; `/bench/bare` is a Django view
that does nothing, without any middleware; `/bench/view` is the same view behind the platform's middleware.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

NOTHING = b'{"ok":true,"code":"bench.noop","message":""}'


def nothing(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Read the request, answer with the headers of the booking request."""
    from gonghui.booking.web.door import COMMON

    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start("200 OK", [*COMMON, ("Content-Length", str(len(NOTHING)))])
    return [NOTHING]


def reads(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """How often this process has asked the database for the places left; how many groups and requests its desk has settled."""
    from gonghui.booking.services import remaining
    from gonghui.booking.services.desk import desk

    body = f'{{"booking":"{os.getpid()}:{remaining.asked}:{desk.groups}:{desk.asks}"}}'.encode()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def make_application() -> Any:
    """`core.serving.make_application` and the doors of the bench."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    from gonghui.core import serving

    settings.ROOT_URLCONF = "gonghui.booking.bench.urls"
    application = serving.make_application()
    usual, settings.MIDDLEWARE = settings.MIDDLEWARE, []
    bare = WSGIHandler()
    settings.MIDDLEWARE = usual
    serving.door("/bench/noop", nothing)
    serving.door("/bench/bare", bare)
    serving.door("/bench/reads", reads)
    return application


def main() -> None:
    """`python -m gonghui.booking.bench.server PORT WORKERS THREADS`."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
    os.environ["GONGHUI_SERVE_PID"] = str(os.getpid())
    django.setup()
    from gonghui.core.management.commands.serve import serve_web

    port, workers, threads = (int(a) for a in sys.argv[1:4])
    serve_web("127.0.0.1", port, workers, threads, target="gonghui.booking.bench.server:make_application")


if __name__ == "__main__":
    main()
