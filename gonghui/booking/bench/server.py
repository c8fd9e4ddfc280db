"""The server of the bench (压测服务器): exactly what `gonghui serve` runs, with two requests more that do nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

NOTHING = b'{"ok":true,"code":"bench.noop","message":""}'


def nothing(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Read the request, answer with the headers of the booking request: the floor."""
    from gonghui.booking.web.door import COMMON

    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start("200 OK", [*COMMON, ("Content-Length", str(len(NOTHING)))])
    return [NOTHING]


def reads(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """How often this process has asked the database for the places left."""
    from gonghui.booking.services import remaining

    body = f'{{"booking":"{os.getpid()}:{remaining.asked}"}}'.encode()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def make_application() -> Any:
    """`core.serving.make_application` and the doors of the bench."""
    from gonghui.core import serving

    application = serving.make_application()
    serving.door("/bench/noop", nothing)
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
