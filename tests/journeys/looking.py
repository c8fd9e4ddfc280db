"""A browser page that looks (看页面): signs in, keeps an eye on policy reports, console, outgoing requests, and the shape of each page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import struct
import time
from pathlib import Path
from typing import Any

PASSWORD = "Jiangzhou-2025-demo"
WATCH = """window.reports = [];
document.addEventListener('securitypolicyviolation', function (e) { window.reports.push(e.violatedDirective + ' ' + e.blockedURI) })"""
SHAPE = r"""() => {
  const shown = e => !!(e.offsetWidth || e.offsetHeight || e.getClientRects().length) && !e.classList.contains('tomselected');
  const bare = [...document.querySelectorAll('input, select, textarea')].filter(e =>
    !['hidden', 'submit', 'button'].includes(e.type) && shown(e) && !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby') && !e.title);
  const dumb = [...document.querySelectorAll('a[href], button')].filter(e => shown(e) && !e.textContent.trim() && !e.getAttribute('aria-label') && !e.title && !e.querySelector('img[alt]:not([alt=""])') && !e.getAttribute('aria-labelledby'));
  const pictures = [...document.querySelectorAll('img')].filter(e => e.getAttribute('alt') === null);
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return {
    h1: document.querySelectorAll('h1').length, wide: document.documentElement.scrollWidth - window.innerWidth,
    bare: bare.map(e => e.name || e.id), dumb: dumb.map(e => e.outerHTML.slice(0, 120)), pictures: pictures.length,
    paths: [...document.querySelectorAll('a, button, h1, h2, label, th')].map(e => e.textContent.trim()).filter(t => /^\/(console|m)\//.test(t)),
    doubled: [...new Set(ids.filter((v, i) => ids.indexOf(v) !== i))], lang: document.documentElement.lang, title: document.title,
  };
}"""
SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"


def code_of(seed: str, at: float | None = None) -> str:
    """RFC 6238, six digits, as an authenticator app computes it."""
    digest = hmac.digest(base64.b32decode(seed), struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


_used: dict[str, int] = {}
_sessions: dict[tuple[str, str], Any] = {}


def fresh_code(login: str) -> str:
    """A code serves once: the next step's is taken when this step's was, after waiting until it is near enough."""
    step = max(int(time.time() // 30), _used.get(login, 0) + 1)
    while step * 30 > time.time() + 30:
        time.sleep(1)
    _used[login] = step
    return code_of(seed_of(login), step * 30)


class Looking:
    """One person at one screen."""

    def __init__(self, context: Any, site: str) -> None:
        self.context, self.site, self.faults = context, site, list[str]()
        context.add_init_script(WATCH)
        self.page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda m: self._said(m) if m.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda e: self.faults.append(f"{self.page.url}: script error {e}"))
        self.page.on("request", self._outgoing)

    def _said(self, message: Any) -> None:
        if not re.search(r"status of 4(03|04|09|22)|ERR_INTERNET_DISCONNECTED", message.text):  # what the test asked for
            self.faults.append(f"{self.page.url}: console {message.text}")

    def _outgoing(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.faults.append(f"goes outside: {request.url}")

    def go(self, path: str) -> Any:
        """Open an address of the site."""
        response = self.page.goto(self.site + path)
        self.look()
        return response

    def look(self, name: str = "") -> None:
        """The page now open: no policy report, one heading, labelled fields, no sideways scroll; a picture if it has a name."""
        self.page.wait_for_load_state("load")
        shape, where = self.page.evaluate(SHAPE), self.page.url.removeprefix(self.site)
        wrong = {
            "no single h1": shape["h1"] != 1,
            f"scrolls sideways by {shape['wide']}": shape["wide"] > 1,
            f"fields without label {shape['bare']}": shape["bare"],
            f"links or buttons without words {shape['dumb']}": shape["dumb"],
            f"words that are an address {shape['paths']}": shape["paths"],
            "picture without alt": shape["pictures"],
            f"ids twice {shape['doubled']}": shape["doubled"],
            "no language": not shape["lang"],
            "no title": not shape["title"],
        }
        self.faults += [f"{where}: {text}" for text, bad in wrong.items() if bad]
        self.faults += [f"{where}: policy {r}" for r in self.page.evaluate("window.reports || []")]
        if name:
            self.shot(name)

    def shot(self, name: str) -> None:
        """Keep a picture under var/screens when GONGHUI_SCREENS is set."""
        if os.environ.get("GONGHUI_SCREENS"):
            SCREENS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    def narrow(self) -> None:
        """The same page on the narrowest phone."""
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 640})
        self.look()
        self.page.set_viewport_size(size)

    def sign_in(self, login: str) -> None:
        """An officer: password, then the code the authenticator shows (the demo lists the codes)."""
        self.go("/accounts/login/")
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("口令", exact=True).fill(PASSWORD)
        self.page.locator("form:has(input[name=password]) button[type=submit]").click()
        self.page.wait_for_url("**/factor/**")
        self.page.locator("input[name=code]").fill(fresh_code(login))
        self.page.locator("form:has(input[name=code]) button[type=submit]").click()
        self.page.wait_for_url("**/console/**")
        self.look()

    def sign_in_worker(self, phone: str) -> None:
        """A worker: phone number and the code by SMS, read from the demo's outbox in a window of its own.

        A phone asks for a code once a minute at most: whoever signed in before in this run comes back with the same session.
        """
        if held := _sessions.get((self.site, phone)):
            self.context.add_cookies(held)
            self.go("/m/")
            if "/login" not in self.page.url:
                return
        self.go("/m/login/")
        self.page.locator("input[name=phone]").fill(phone)
        self.page.get_by_role("button", name="获取验证码").click()
        self.page.wait_for_url("**/code/**")
        self.page.locator("input[name=code]").fill(self.sms(phone))
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(lambda url: "/login/" not in url)
        self.look()
        _sessions[self.site, phone] = self.context.cookies()

    def sms(self, phone: str) -> str:
        """The newest code sent to a number."""
        other = self.context.new_page()
        other.goto(self.site + "/demo/outbox/")
        text = other.inner_text("body")
        other.close()
        found = re.search(rf"{phone}.*?验证码 (\d{{6}})", text, re.S)
        assert found, text[:800]
        return found.group(1)

    def press(self, words: str) -> None:
        """Press the button or link with these words and look at what comes."""
        target = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).first
        target.click()
        self.page.wait_for_load_state("load")
        self.look()

    @property
    def text(self) -> str:
        """What the reader sees."""
        return str(self.page.inner_text("main" if self.page.locator("main").count() else "body"))


def seed_of(login: str, number: int = 7) -> str:
    """The demo's authenticator seed of an account (`portal.demo.furnish`)."""
    return base64.b32encode(hashlib.sha256(f"totp-{number}-{login}".encode()).digest()[:20]).decode()
