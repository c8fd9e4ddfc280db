"""A demo city of 1/50 scale, served as a stranger would serve it, and a browser that looks at every page it opens."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.looking import Looking

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 375, "height": 812}
SCALE = "0.02"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.engine_free)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the demo city; `GONGHUI_JOURNEY_DATA` names one that is built already, of which a copy is taken.

    Of several test processes one builds, the others wait and take copies.
    """
    data = tmp_path_factory.mktemp("city") / "data"
    ready = os.environ.get("GONGHUI_JOURNEY_DATA") or built(tmp_path_factory)
    shutil.copytree(ready, data)
    return data


def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One city for all processes of this run."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    shared = tmp_path_factory.mktemp("built") if alone else tmp_path_factory.getbasetemp().parent
    data, said = shared / "data", shared / "said"
    try:
        (shared / "building").touch(exist_ok=False)
    except FileExistsError:
        for _try in range(1200):
            if said.exists():
                break
            time.sleep(0.5)
    else:
        done = subprocess.run(
            [sys.executable, "-m", "gonghui.cli", "demo", "--scale", SCALE, "--no-serve", "--data", str(data)],
            env=environment(data), capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        whole = shared / "saying"
        whole.write_text("" if done.returncode == 0 else done.stdout[-2000:] + done.stderr[-2000:], encoding="utf-8")
        whole.rename(said)
    fault = said.read_text(encoding="utf-8")
    assert not fault, fault
    return data


def environment(data: Path) -> dict[str, str]:
    """As on a machine where nothing is set."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GONGHUI_", "DJANGO_"))}
    return {**kept, "GONGHUI_DATA_DIR": str(data), "GONGHUI_DEMO": "1", "PYTHONWARNINGS": "ignore"}


@pytest.fixture(scope="session")
def site(city: Path) -> Iterator[str]:
    """The address of the served city."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (city / "serve.log").open("w") as log:
        command = [sys.executable, "-m", "gonghui.cli", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(command, env=environment(city), stdout=log, stderr=log)
        try:
            for _try in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert server.poll() is None, (city / "serve.log").read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        assert CHROMIUM is not None, "浏览器测试需要 Chromium：请安装软件包 chromium 和 fonts-noto-cjk。"
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Any, site: str) -> Iterator[Any]:
    """`opened(phone=False)` gives a fresh browser that watches; everything it saw must be clean at the end."""
    made: list[Looking] = []

    def fresh(*, phone: bool = False) -> Looking:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, locale="zh-CN", has_touch=phone, is_mobile=phone)
        made.append(Looking(context, site))
        return made[-1]

    yield fresh
    faults = [fault for looking in made for fault in looking.faults]
    for looking in made:
        looking.context.close()
    assert faults == []
