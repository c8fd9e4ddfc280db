"""The WSGI target of `gonghui serve` and the life of its processes (服务进程): children end when their parent is gone."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

log = logging.getLogger(__name__)
Door = Callable[[dict[str, Any], Any], Iterable[bytes]]
_doors: dict[str, Door] = {}
PARENT = "GONGHUI_SERVE_PID"


def orphaned() -> bool:
    """Has the process that started us died, even by kill -9?"""
    parent = os.environ.get(PARENT, "")
    return bool(parent) and os.name == "posix" and os.getppid() != int(parent)


def watch(every: float = 1.0) -> None:
    """End this process soon after its parent, so that no server is left holding the port. WAL and journals need no farewell."""

    def look() -> None:
        while not orphaned():
            time.sleep(every)
        os._exit(0)

    if os.environ.get(PARENT) and os.name == "posix":
        threading.Thread(target=look, name="gonghui-parent", daemon=True).start()


def door(path: str, app: Door) -> None:
    """Answer one address before Django (快速入口): for the few requests whose whole cost counts. It keeps the headers itself."""
    _doors[path] = app


def make_application() -> Any:
    """Django's WSGI application behind the doors, watched."""
    from django.core.wsgi import get_wsgi_application

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
    watch()
    django = get_wsgi_application()

    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        found = _doors.get(environ["PATH_INFO"])
        if found is None:
            return django(environ, start)
        try:
            return found(environ, start)
        except Exception:
            log.exception("door %s failed", environ["PATH_INFO"])
            start("500 Internal Server Error", [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
            return [b'{"ok":false,"code":"core.fault"}']

    return application
