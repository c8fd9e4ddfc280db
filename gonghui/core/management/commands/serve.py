"""`gonghui serve`: web and job worker in one command (启动服务)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks as system_checks
from django.core.management import call_command
from django.db import connection

from gonghui import __version__
from gonghui.core import checks, cli, crypto, schema, serving
from gonghui.core.errors import Unavailable

RESTART, PATIENCE = 2.0, 30.0
THREADS, POSTGRES_THREADS = 64, 80


class Command(cli.Command):
    help = "启动网页服务和后台进程。默认只听本机；对外请放在 HTTPS 反向代理后面。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认 127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
        parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4), help="网页进程数")
        parser.add_argument("--threads", type=int, default=0, help="每个网页进程的线程数，默认 64；PostgreSQL 上共 80 个，按进程数分配")
        parser.add_argument("--no-worker", action="store_true", help="不启动后台进程（另用 gonghui work）")

    def run(self, **options: Any) -> dict[str, Any]:
        self.refuse_danger()
        crypto.service().create()
        collect_static()
        connection.close()
        os.environ[serving.PARENT] = str(os.getpid())
        stop = threading.Event()
        guard = None if options["no_worker"] else threading.Thread(target=keep_worker, args=(stop,), daemon=True)
        if guard:
            guard.start()
        self.stdout.write(f"http://{options['host']}:{options['port']}/ 已启动，按 Ctrl+C 停止。")
        self.stdout.flush()
        try:
            serve_web(options["host"], options["port"], options["workers"], options["threads"] or threads_for(options["workers"]))
        finally:
            stop.set()
            if guard:
                guard.join(PATIENCE + 5)
        return {"stopped": True}

    def show(self, data: Any) -> None:
        self.stdout.write("已停止。")

    def refuse_danger(self) -> None:
        """Start-up refuses what is dangerous (OPS-03): settings, keys, clock, schema, a damaged file."""
        found = [m for m in system_checks.run_checks(databases=["default"]) if m.level >= system_checks.ERROR]
        if found:
            lines = "\n".join(f"  {m.msg} {m.hint or ''}（{m.id}）" for m in found)
            raise Unavailable("core.unsafe", f"有 {len(found)} 处设置不安全，没有启动：\n{lines}")
        if connection.vendor == "sqlite":
            self._sound()
        schema.require()
        for fault in checks.clock_faults():
            raise Unavailable("core.clock_back", fault)

    def _sound(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            said = str(cursor.fetchone()[0])
        if said != "ok":
            raise Unavailable(
                "core.database_damaged", f"数据库文件损坏，没有启动（{said[:80]}）。请用 gonghui restore 从最近的备份恢复到新目录。"
            )


def collect_static() -> None:
    """Collect static files when this version has not yet (静态文件). A stamp tells; `python -m django collectstatic` always works."""
    stamp = Path(settings.STATIC_ROOT) / ".version"
    wanted = f"{__version__} {newest_static()}"
    if settings.WHITENOISE_USE_FINDERS or (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted, encoding="utf-8")


def newest_static() -> int:
    """Time of the newest static file of ours, so that a changed file is collected again."""
    return max((p.stat().st_mtime_ns for p in Path(settings.BASE_DIR).glob("*/static/**/*") if p.is_file()), default=0)


def threads_for(workers: int) -> int:
    """Threads of each process: many, so that many bookings of one instant share a commit. On PostgreSQL 80 in all: its 100 connections suffice."""
    return max(8, POSTGRES_THREADS // max(workers, 1)) if connection.vendor == "postgresql" else THREADS


def serve_web(host: str, port: int, workers: int, threads: int, target: str = "gonghui.core.serving:make_application") -> None:
    """Block until stopped. granian on POSIX, waitress on Windows."""
    if sys.platform == "win32":
        import waitress

        waitress.serve(serving.make_application(), host=host, port=port, threads=threads)
        return
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        factory=True,
        respawn_failed_workers=True,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_level=LogLevels.warning,
        workers_kill_timeout=15,
    ).serve()


def keep_worker(stop: threading.Event) -> None:
    """Start the job worker, start it again when it dies, end it when the web ends."""
    while not stop.is_set():
        process = subprocess.Popen(
            [sys.executable, "-m", "django", "work"], env={**os.environ, "DJANGO_SETTINGS_MODULE": "gonghui.settings"}
        )
        while process.poll() is None and not stop.wait(0.2):
            pass
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        else:
            stop.wait(RESTART)
