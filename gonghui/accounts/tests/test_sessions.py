"""Life of a sign-in (bar 12, R21)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from gonghui.accounts import network, rules
from gonghui.accounts.enums import Role
from gonghui.accounts.models import SignIn
from gonghui.accounts.tests import make
from gonghui.core import clock

pytestmark = [pytest.mark.django_db, pytest.mark.bar(12)]
ME, M = "/console/accounts/me/", "/m/accounts/security/"


def stays(client: Client, url: str, after: timedelta) -> bool:
    with clock.at(clock.now() + after):
        return client.get(url).status_code == 200


@pytest.mark.parametrize(("worker", "idle", "whole"), [(False, 15, 8), (True, 30, 12)])
def test_idle_and_absolute_ends(worker, idle, whole) -> None:
    user, url = (make.worker(person_id=3), M) if worker else (make.officer((Role.CITY, "0001")), ME)
    assert stays(make.client(user), url, timedelta(minutes=idle, seconds=-1))
    assert not stays(make.client(user), url, timedelta(minutes=idle))
    client, start = make.client(user), clock.now()
    for minute in range(0, whole * 60, 10):
        with clock.at(start + timedelta(minutes=minute)):
            assert client.get(url).status_code == 200
    with clock.at(start + timedelta(hours=whole, seconds=1)):
        assert client.get(url).status_code == 302, "busy or not, the day is over"


def test_without_the_row_s_end_an_idle_session_would_live_on(monkeypatch) -> None:
    """Negative control."""
    monkeypatch.setattr(rules, "IDLE", {"officer": timedelta(days=9)})
    assert stays(make.client(make.officer((Role.CITY, "0001"))), ME, timedelta(minutes=20))


def test_list_and_kill() -> None:
    user, stranger = make.officer((Role.CITY, "0001")), make.client(make.officer())
    here, there = make.client(user), make.client(user)
    page = here.get("/console/accounts/security/").content.decode()
    assert page.count("/accounts/sessions/") >= 2 and "这一台" in page
    row = SignIn.objects.get(pk=there.session["sign_in"])
    assert stranger.post(f"/accounts/sessions/{row.pk}/end/").status_code == 404
    assert there.get(ME).status_code == 200
    assert here.post(f"/accounts/sessions/{row.pk}/end/").status_code == 302
    assert there.get(ME).status_code == 302 and here.get(ME).status_code == 200
    third = make.client(user)
    here.post("/accounts/sessions/end-others/")
    assert third.get(ME).status_code == 302 and here.get(ME).status_code == 200


def test_signing_out_ends_the_session_on_the_server() -> None:
    client = make.client(make.officer((Role.CITY, "0001")))
    stolen = Client()
    stolen.cookies = client.cookies
    cookie = client.cookies["session"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["session"] = cookie
    assert thief.get(ME).status_code == 302
    assert SignIn.objects.get().ended_why == "退出"


def test_a_planted_session_key_does_not_survive_sign_in() -> None:
    user, client = make.officer(totp=True), Client()
    client.get("/accounts/login/?next=/console/accounts/me/")
    planted = client.session.session_key
    client.post("/accounts/login/", {"username": user.username, "password": make.PASSWORD})
    middle = client.session.session_key
    client.post("/accounts/login/factor/", {"code": make.code()})
    assert len({planted, middle, client.session.session_key}) == 3


def test_between_password_and_code_ten_minutes_pass() -> None:
    user, client = make.officer(totp=True), Client()
    client.post("/accounts/login/", {"username": user.username, "password": make.PASSWORD})
    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        assert client.post("/accounts/login/factor/", {"code": make.code()}).url == "/accounts/login/"
        assert client.get(ME).status_code == 302


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "want"),
    [
        ("192.0.2.1", "203.0.113.9", [], "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9", ["10.0.0.1"], "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "", [], "2001:db8:1:2::/64"),
        ("10.0.0.1", "garbage", ["10.0.0.1"], ""),
    ],
)
def test_the_forwarded_header_counts_only_behind_a_trusted_proxy(rf, settings, remote, forwarded, trusted, want) -> None:
    settings.TRUSTED_PROXIES = trusted
    assert network.of(rf.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)) == want
