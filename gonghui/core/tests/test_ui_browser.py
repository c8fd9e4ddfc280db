"""The gallery in a real browser (浏览器): no policy report, no sideways scroll, keys, no script. Skipped without Chromium."""

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

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.engine_free]
PAGES = [
    *["console/workbench", "console/members", "console/states", "console/swap", "console/refuse/403"],
    *["m/booking", "m/mhome", "m/loose", "login", "sheet", "refuse/500"],
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WATCH = """window.reports = [];
document.addEventListener('securitypolicyviolation', function (e) { window.reports.push(e.violatedDirective + ' ' + e.sourceFile) })"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, data = _free_port(), tmp_path_factory.mktemp("gallery")
    root = Path(__file__).resolve().parents[3]
    env = {**os.environ, "GONGHUI_DATA_DIR": str(data), "GONGHUI_TESTING": "1"}
    log = (data / "log").open("w")
    server = subprocess.Popen([sys.executable, "-m", "gonghui.core.tests.serve_gallery", str(port)], cwd=root, env=env, stderr=log)
    try:
        for _try in range(150):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, (data / "log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(10)
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        assert CHROMIUM is not None, "浏览器测试需要 Chromium：请安装软件包 chromium 和 fonts-noto-cjk。"
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def eventually(page: Any, truth: str) -> None:
    """Wait for an expression to hold. Playwright's own wait evaluates in the page, which the policy forbids."""
    for _try in range(50):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(100)
    raise AssertionError(truth)


@pytest.mark.parametrize("path", PAGES)
def test_no_policy_report_and_no_script_error(page: Any, site: str, path: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(site + path)
    assert page.evaluate("window.reports") == []
    assert faults == []


def test_the_watch_sees_a_breach(page: Any, site: str) -> None:
    page.goto(site + "console/swap")
    page.evaluate("document.getElementById('place').innerHTML = '<p style=\"color:red\">x</p>'")
    eventually(page, "window.reports.length > 0")


@pytest.mark.parametrize(("size", "language"), [("", "zh-hans"), ("xl", "zh-hans"), ("xl", "en")])
@pytest.mark.parametrize("width", [320, 375, 1366])
def test_nothing_scrolls_sideways(page: Any, site: str, width: int, size: str, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.context.add_cookies([{"name": "fs", "value": size, "url": site}, {"name": "django_language", "value": language, "url": site}])
    wide = []
    for path in PAGES:
        page.goto(site + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []


def test_the_measure_sees_a_wide_page(page: Any, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(site + "login")
    page.evaluate("document.getElementById('main').style.width = '900px'; document.getElementById('main').style.maxWidth = 'none'")
    assert page.evaluate("document.documentElement.scrollWidth") > 320


def test_a_refusal_lands_in_the_message_area_and_takes_the_focus(page: Any, site: str) -> None:
    page.goto(site + "console/swap")
    for button, words in (("#refused", "王芳"), ("#missing", "赞成票 11 张")):
        page.click(button)
        eventually(page, f"document.getElementById('messages').textContent.includes('{words}')")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.inner_text("#place") == "原样"


def test_a_composing_ime_asks_once(page: Any, site: str) -> None:
    page.goto(site + "console/swap")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "mhome" in request.url else None)
    page.evaluate(
        """() => { const q = document.getElementById('q'); q.focus();
        for (const c of 'gonghui') { q.value += c; q.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true})); }
        q.value = '工会'; q.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true})); }"""
    )
    page.wait_for_timeout(400)
    assert len(asked) == 1
    page.type("#q", "x")
    page.wait_for_timeout(300)
    assert len(asked) == 2


def test_an_impatient_double_click_sends_once(page: Any, site: str) -> None:
    sent: list[str] = []

    def slow(route: Any) -> None:
        sent.append(route.request.url)
        time.sleep(0.3)
        route.fulfill(status=204)

    page.goto(site + "console/swap")
    page.route("**/font", slow)
    page.evaluate("() => { const b = document.getElementById('send'); b.click(); b.click(); b.click(); }")
    page.wait_for_timeout(800)
    assert len(sent) == 1
    assert page.get_attribute("#send", "aria-busy") == "true"


def test_lists_are_worked_by_keyboard(page: Any, site: str) -> None:
    page.goto(site + "console/members")
    boxes = page.locator("tbody input[type=checkbox]")
    assert not page.is_visible(".bulk")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert page.inner_text("[data-sel-count]") == "4"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.querySelectorAll('tbody input[type=checkbox]')[5]")
    page.keyboard.press("Space")
    assert page.inner_text("[data-sel-count]") == "5"
    page.locator("tbody a.nm").nth(0).focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.querySelectorAll('tbody a.nm')[1]")


def test_arrow_keys_in_a_text_input_stay_its_own(page: Any, site: str) -> None:
    page.goto(site + "console/members")
    page.focus("#id_q")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "id_q"


def test_confirming_takes_the_focus_and_gives_it_back(page: Any, site: str) -> None:
    page.goto(site + "console/states")
    page.click("details.confirm > summary")
    eventually(page, "document.activeElement.id === 'quit-t'")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "办理退会"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "先不办"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert not page.is_visible(".confirm-box")


def test_phone_navigation_opens_and_closes(page: Any, site: str) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(site + "console/members")
    assert not page.is_visible("#side")
    page.click("[data-nav]")
    assert page.is_visible("#side")
    assert page.get_attribute("[data-nav]", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert not page.is_visible("#side")


def test_long_selects_are_searchable_on_the_console(page: Any, site: str) -> None:
    page.goto(site + "console/states")
    assert page.locator(".ts-wrapper").count() == 1
    page.click(".ts-control")
    page.locator("#id_town-ts-control").press_sequentially("12", delay=60)
    eventually(page, "(document.querySelector('.ts-dropdown .active') || {}).textContent === '第 12 镇总工会'")
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('id_town').value") == "12"


def test_without_script_everything_opens(browser: Any, site: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 700}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(site + "console/states")
    page.click("details.confirm > summary")
    assert page.is_visible(".confirm-box button[type=submit]")
    page.goto(site + "console/members")
    page.click("[data-nav]")
    assert page.is_visible("#side")
    assert page.locator("#id_post").count() == 1
    page.goto(site + "login")
    page.click("summary.top-btn")
    page.click("button[name=size][value=xl]")
    assert page.get_attribute("html", "data-fs") == "xl"
    context.close()


def test_focus_is_never_hidden_by_a_skip_link_alone(page: Any, site: str) -> None:
    page.goto(site + "console/members")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
