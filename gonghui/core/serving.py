"""The WSGI target of `gonghui serve` and the life of its processes (服务进程): children end when their parent is gone."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

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


def make_application() -> Any:
    """Django's WSGI application, watched."""
    from django.core.wsgi import get_wsgi_application

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
    watch()
    return get_wsgi_application()
