"""Headers of every answer, and refusals at the three front doors (响应头与拒绝)."""

from __future__ import annotations

import json
import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from gonghui.core import menu
from gonghui.core.errors import Unavailable
from gonghui.core.middleware import CSP, HEADERS, HeadersMiddleware, translate
from gonghui.core.models import AuditEntry
from gonghui.core.tests import gallery

HTMX = {"HTTP_HX_REQUEST": "true"}
gallery_site = override_settings(
    ROOT_URLCONF="gonghui.core.tests.gallery",
    MIDDLEWARE=gallery.MIDDLEWARE,
    MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
)


@pytest.fixture(autouse=True)
def _bare_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """No app's menu, counters or org switch: the gallery's reader is none of theirs."""
    monkeypatch.setattr(menu, "_entries", {})
    monkeypatch.setattr(menu, "_unread", [])
    monkeypatch.setattr(menu, "_places", [])


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@gallery_site
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/m/mhome", "/nowhere/at/all", "/refuse/404", "/refuse/403", "/refuse/500", "/refuse/503", "/console/login", "/csp-report"]
)
def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    response = client.get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value, (path, name)


def test_policy_is_strict() -> None:
    assert "unsafe" not in CSP
    assert "object-src 'none'" in CSP
    assert "report-uri /csp-report" in CSP
    assert "default-src 'none'" in CSP


def test_a_stricter_policy_of_a_view_stays() -> None:
    def view(_request: object) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    response = HeadersMiddleware(view)(RequestFactory().get("/"))
    assert response["Content-Security-Policy"] == "sandbox"


@gallery_site
def test_pages_of_a_known_reader_are_not_kept(client: Client) -> None:
    assert client.get("/m/mhome")["Cache-Control"] == "no-store"


def test_pages_of_nobody_may_be_kept() -> None:
    response = HeadersMiddleware(lambda _request: HttpResponse())(RequestFactory().get("/"))
    assert "Cache-Control" not in response


@gallery_site
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status"), [("403", 403), ("404", 404), ("409", 409), ("422", 422), ("429", 429), ("503", 503), ("locked", 503)]
)
def test_refusal_at_three_doors(client: Client, kind: str, status: int) -> None:
    page, partial, data = (
        client.get(f"/console/refuse/{kind}"),
        client.get(f"/console/refuse/{kind}", **HTMX),
        client.get(f"/api/refuse/{kind}"),
    )
    assert [page.status_code, partial.status_code, data.status_code] == [status] * 3
    assert b"<html" in page.content
    assert b"<html" not in partial.content
    assert (partial["HX-Retarget"], partial["HX-Reswap"]) == ("#messages", "innerHTML")
    assert "HX-Retarget" not in page
    body = json.loads(data.content)
    assert set(body) >= {"code", "message", "facts"}
    assert body["message"].endswith("。")
    assert body["message"] in page.content.decode()
    assert body["message"] in partial.content.decode()


@gallery_site
def test_a_caller_that_asks_for_json_gets_json(client: Client) -> None:
    response = client.get("/refuse/409", HTTP_ACCEPT="application/json")
    assert json.loads(response.content)["code"] == "gallery.moved"


@gallery_site
def test_boosted_links_get_the_page(client: Client) -> None:
    assert b"<html" in client.get("/refuse/409", HTTP_HX_REQUEST="true", HTTP_HX_BOOSTED="true").content


@gallery_site
@pytest.mark.parametrize(("kind", "seconds"), [("429", "40"), ("503", "5"), ("locked", "5")])
def test_busy_says_when_to_come_back(client: Client, kind: str, seconds: str) -> None:
    assert client.get(f"/refuse/{kind}")["Retry-After"] == seconds


@gallery_site
def test_refusals_without_a_wait_promise_none(client: Client) -> None:
    assert "Retry-After" not in client.get("/refuse/409")


@gallery_site
def test_absent_and_unseen_look_alike(client: Client) -> None:
    unseen, absent = client.get("/console/refuse/404"), client.get("/console/refuse/none-such")
    unrouted = client.get("/console/a/b/c/d")
    changing = r"refuse/[\w-]+|a/b/c/d|value=\"[^\"]*\"|csrf[^>]*>|\{[^}]*\}"  # the address itself, CSRF tokens
    texts = {re.sub(changing, "", r.content.decode()) for r in (unseen, absent, unrouted)}
    assert len(texts) == 1
    assert {r.status_code for r in (unseen, absent, unrouted)} == {404}


@gallery_site
def test_a_fault_shows_a_number_and_no_stack(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    response = client.get("/refuse/500")
    text = response.content.decode()
    number = re.search(r"E-[0-9A-Z]{4}-\d{4}", text)
    assert response.status_code == 500
    assert number
    assert number[0] in caplog.text
    assert "secret detail" not in text
    assert "Traceback" not in text


@gallery_site
@pytest.mark.parametrize("extra", [{}, HTMX])
def test_a_fault_of_the_store_is_not_called_busy(client: Client, extra: dict[str, str]) -> None:
    assert client.get("/refuse/broken", **extra).status_code == 500


def test_busy_words_make_the_difference() -> None:
    assert isinstance(translate(OperationalError("FATAL: sorry, too many clients already")), Unavailable)
    assert isinstance(translate(OperationalError("canceling statement due to lock timeout")), Unavailable)
    assert translate(OperationalError("no such column: x")) is None
    assert translate(RuntimeError("locked")) is None


@gallery_site
@pytest.mark.django_db
def test_an_attempt_beyond_ones_rights_is_recorded_once(client: Client) -> None:
    client.get("/console/refuse/403")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb) == ("user:1", "core.refused")
    assert "gallery.no" in entry.data


@gallery_site
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["404", "409", "422", "500"])
def test_other_refusals_leave_no_entry(client: Client, kind: str) -> None:
    client.get(f"/console/refuse/{kind}")
    assert not AuditEntry.objects.exists()


@gallery_site
@pytest.mark.django_db
@override_settings(MIDDLEWARE=[name for name in gallery.MIDDLEWARE if "Reader" not in name])
def test_nobody_is_not_named(client: Client) -> None:
    assert client.get("/refuse/403").status_code == 403
    assert not AuditEntry.objects.exists()


@gallery_site
@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1024)
@pytest.mark.parametrize("strict", [True, False])
def test_a_body_too_large_says_so(strict: bool) -> None:
    """Once found by the CSRF check, once by the view."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=strict)
    client.cookies["csrf"] = "x" * 32
    response = client.post("/font", "size=" + "x" * 2000, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "超过了 1 KB" in response.content.decode()


@gallery_site
def test_the_door_decides_the_frame(client: Client) -> None:
    assert 'class="side"' in client.get("/console/refuse/409").content.decode()
    assert 'class="m-nav"' in client.get("/m/refuse/409").content.decode()
    assert 'class="pub-top"' in client.get("/refuse/409").content.decode()


# -- the kernel's own views ---------------------------------------------------------------------------------------


@gallery_site
def test_font_size_is_kept_in_a_cookie(client: Client) -> None:
    response = client.post("/font", {"size": "xl", "next": "/m/mhome"})
    assert (response.status_code, response["Location"], response.cookies["fs"].value) == (302, "/m/mhome", "xl")
    assert 'data-fs="xl"' in client.get("/m/mhome").content.decode()
    client.post("/font", {"size": ""})
    assert "data-fs" not in client.get("/m/mhome").content.decode()


@gallery_site
@pytest.mark.parametrize(("size", "after"), [("huge", "https://evil.example/"), ('xl"><script>', "//evil.example")])
def test_font_takes_no_other_size_and_leads_nowhere_else(client: Client, size: str, after: str) -> None:
    response = client.post("/font", {"size": size, "next": after})
    assert response["Location"] == "/"
    assert response.cookies["fs"].value == ""


@gallery_site
def test_csp_reports_are_logged_without_queries(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    report = {"csp-report": {"document-uri": "http://testserver/x?q=150799198804010017", "violated-directive": "script-src"}}
    assert client.post("/csp-report", json.dumps(report), content_type="application/csp-report").status_code == 204
    assert "script-src" in caplog.text
    assert "150799198804010017" not in caplog.text


@gallery_site
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b'{"csp-report": 3}', b"{" * 20000])
def test_csp_report_survives_anything(client: Client, body: bytes) -> None:
    assert client.post("/csp-report", body, content_type="application/csp-report").status_code == 204
