"""Everybody follows every link (爬行): no foreign person, no number in clear, nothing kept by the browser. PRI-01, PRI-02, ACC-01, bars 18, 24, 26, 27."""

from __future__ import annotations

import html
import io
import logging
import re
import zipfile
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.urls import Resolver404, resolve

from tests import sweep as sweeps
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free]
LINK = re.compile(rb'(?:href|hx-get|action)="(/[^"#]*)"')
OF_A = ("township_a", "chair_a", "clerk_a", "organiser_a", "auditor_a", "member_a")
OTHERS = ("city", "sysadmin", "secadmin", "auditadmin", "guest")
EVERYBODYS = {"/console/experience/", "/m/venues/", "/m/campaigns/driver/"}
"""The library of experience names the unions it comes from, and places are open to every worker of the city;
a driver without an employer says which township the work is in: all are made to be shared."""
EACH, MOST = 2, 140
"""How often one address with different objects, and how many pages, each reader opens."""


def text_of(raw: bytes) -> str:
    """The answer as text; workbooks and documents unpacked."""
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            raw = b"\n".join(parts.read(n) for n in parts.namelist())
    return html.unescape(raw.decode("utf-8", "replace"))


def crawl(world: World, role: str) -> dict[str, str]:
    """Address -> text, from every plain page this role may open, by links."""
    browser, seen, often = world.client(role), dict[str, str](), Counter[str]()
    actor = sweeps.actors_of(world)[role]
    waiting = [r.url({}) for r in sweeps.routes() if not r.args and r.access and sweeps.allowed(r, actor) and "logout" not in r.name]
    while waiting and len(seen) < MOST:
        url = waiting.pop(0)
        try:
            name = resolve(url.partition("?")[0]).view_name
        except Resolver404:
            continue
        if url in seen or often[name] >= EACH:
            continue
        often[name] += 1
        response = browser.get(url)
        raw = b"".join(response.streaming_content) if response.streaming else response.content
        seen[url] = text_of(raw)
        assert response.status_code < 500 or name == "notices:sms-report", f"{url} as {role}: {response.status_code}"
        if response.status_code == 200:
            waiting += [html.unescape(u.decode()) for u in LINK.findall(raw)]
    return seen


@pytest.mark.bar(18, 24)
@pytest.mark.invariant("ACC-01", "PRI-01")
@pytest.mark.parametrize("role", OF_A)
def test_nobody_of_one_tree_sees_anybody_of_the_other(world: World, role: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "gonghui"):
        pages = crawl(world, role)
    assert len(pages) > 8
    foreign = [
        (url, name) for url, text in pages.items() for name in (*world.b.names, *(() if url in EVERYBODYS else ("乙岸",))) if name in text
    ]
    clear = [(url, number[:4]) for url, text in pages.items() for number in (*world.a.canaries, *world.b.canaries) if number in text]
    assert foreign == []
    assert [c for c in clear if not (role == "member_a" and c[0].startswith("/m/"))] == []
    assert [n for n in (*world.a.canaries, *world.b.canaries) if n in caplog.text] == []


@pytest.mark.invariant("PRI-01")
@pytest.mark.parametrize("role", OTHERS)
def test_no_number_stands_in_clear_for_anybody(world: World, role: str) -> None:
    pages = crawl(world, role)
    assert [(url, number[:4]) for url, text in pages.items() for number in (*world.a.canaries, *world.b.canaries) if number in text] == []


def test_the_crawl_would_see_a_name(world: World) -> None:
    """Negative control: an officer of the other tree does meet these names."""
    pages = crawl(world, "chair_b")
    assert any(name in text for text in pages.values() for name in world.b.names)


@pytest.mark.invariant("PRI-01")
@pytest.mark.bar(24)
def test_a_number_opens_only_with_a_reason_which_is_kept(world: World) -> None:
    """Negative control of the canaries too: the number is there once it is asked for with a reason."""
    browser, member = world.client("township_a"), world.a.members[0]
    url, number = f"/console/members/{member.pk}/reveal/", world.a.canaries[0]
    assert number not in browser.post(url, {"field": "id"}).content.decode()
    assert apps.get_model("people.Reveal").objects.count() == 0
    shown = browser.post(url, {"field": "id_number", "reason_code": "verify", "reason": "核对本人证件"})
    assert number in shown.content.decode(), shown.content.decode()[-1500:]
    assert apps.get_model("people.Reveal").objects.filter(person_id=member.person_id).count() == 1
    assert (
        browser.post(
            f"/console/members/{world.b.members[0].pk}/reveal/", {"field": "id_number", "reason_code": "verify", "reason": "核对本人证件"}
        ).status_code
        == 404
    )


@pytest.mark.invariant("PRI-02")
@pytest.mark.bar(22, 27)
def test_no_table_holds_a_number_in_clear(world: World) -> None:
    """All columns of all tables: log, jobs, messages, import rows, slips. The control is the name, which does stand there."""
    texts = [str(row) for model in apps.get_models() for row in model._default_manager.values_list()]
    everything = "\n".join(texts)
    assert [n for n in (*world.a.canaries, *world.b.canaries) if n in everything] == []
    assert world.b.names[0] in everything


@pytest.mark.bar(26)
def test_a_page_with_personal_data_is_not_kept(world: World) -> None:
    browser = world.client("chair_a")
    for url in ("/console/members/", f"/console/members/{world.a.members[0].pk}/", "/console/"):
        response = browser.get(url)
        assert response.status_code == 200 and "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.invariant("ACC-03")
@pytest.mark.bar(12)
def test_signing_out_works_at_once(world: World) -> None:
    browser, stolen = world.client("clerk_a"), world.client("clerk_a")
    assert stolen.get("/console/members/").status_code == 200
    browser.post("/accounts/logout/")
    answer = stolen.get("/console/members/")
    assert answer.status_code == 302 and "/login/" in answer["Location"]


@pytest.mark.fault(51)
def test_a_wiped_session_store_signs_everybody_out_and_loses_nothing(world: World) -> None:
    members = apps.get_model("members.Membership").objects.count()
    browser = world.client("chair_a")
    assert browser.get("/console/members/").status_code == 200
    apps.get_model("sessions.Session").objects.all().delete()
    assert browser.get("/console/members/").status_code == 302
    assert apps.get_model("members.Membership").objects.count() == members
    from gonghui.accounts.tests import make

    assert make.client(world.users["chair_a"]).get("/console/members/").status_code == 200


def audit_rows() -> list[tuple[str, str]]:
    return list(apps.get_model("core.AuditEntry").objects.order_by("seq").values_list("actor", "verb"))


@pytest.mark.invariant("AUD-04")
def test_each_change_and_each_refusal_leaves_one_entry(world: World) -> None:
    """A change through the pages, a sensitive read, an attempt beyond one's rights: one entry each, by the one who did it."""
    ref = lambda role: f"user:{world.users[role].pk}"  # noqa: E731
    tried: list[tuple[str, str, dict[str, Any], str]] = [
        (
            "chair_a",
            f"/console/members/{world.a.members[1].pk}/note/",
            {"kind": "training", "on": "2026-01-05", "text": "安全培训"},
            "members.note.added",
        ),
        (
            "township_a",
            f"/console/members/{world.a.members[1].pk}/reveal/",
            {"field": "phone", "reason_code": "contact", "reason": "通知开会"},
            "people",
        ),
        ("clerk_a", "/console/accounts/users/new/", {"username": "x", "name": "y"}, "core.refused"),
    ]
    for role, url, data, verb in tried:
        before = len(audit_rows())
        status = world.client(role).post(url, data).status_code
        fresh = audit_rows()[before:]
        assert [(a, v) for a, v in fresh if a == ref(role) and v.startswith(verb)] != [], (url, status, fresh)
        assert len(fresh) == 1, fresh
    assert (
        world.client("chair_a")
        .post(f"/console/members/{world.b.members[1].pk}/note/", {"kind": "training", "on": "2026-01-05", "text": "x"})
        .status_code
        == 404
    )
