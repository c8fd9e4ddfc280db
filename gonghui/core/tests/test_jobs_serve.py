"""`gonghui serve`: web and worker in one command, ends in order, and leaves nothing behind after kill -9."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from gonghui.core.tests.site import Site

pytestmark = pytest.mark.engine_free


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: object, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.2)
    return False


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_serve_answers_works_and_ends(site: Site, end: signal.Signals) -> None:
    port = free_port()
    command = [sys.executable, "-m", "django", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, env=site.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert until(lambda: listening(port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
            assert answer.read() == b"ok" and "default-src 'none'" in answer.headers["Content-Security-Policy"]
        count = "from gonghui.core.models import Job\nprint(Job.objects.filter(kind='core.verify', state='done').count())"
        assert until(lambda: site.code(count).stdout.strip() == "1")  # the worker did the nightly verification
        process.send_signal(end)
        code = process.wait(30)
        assert code == (0 if end == signal.SIGTERM else -9)
        assert until(lambda: not listening(port), 10)
        assert site.json("verify", "--only", "AUD-01", "JOB-02", "DB-01")["ok"]
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
