"""Officers come in by password and second factor (bars 10–14, R19–R22)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.models import User
from gonghui.accounts.tests import make
from gonghui.core import clock

pytestmark = pytest.mark.django_db
LOGIN, FACTOR = "/accounts/login/", "/accounts/login/factor/"


def sign_in(client: Client, user: User, password: str = make.PASSWORD, next: str = ""):
    client.post(LOGIN + (f"?next={next}" if next else ""), {"username": user.username, "password": password})
    return client.post(FACTOR, {"code": make.code()})


def test_password_and_code_lead_in() -> None:
    user, client = make.officer((Role.CITY, "0001"), totp=True), Client()
    first = client.post(LOGIN, {"username": user.username.upper(), "password": make.PASSWORD})
    assert (first.status_code, first.url) == (302, FACTOR)
    assert client.get(reverse("accounts:profile")).status_code == 302, "the password alone opens nothing"
    before = client.session.session_key
    assert sign_in(client, user).status_code == 302
    assert client.session.session_key != before
    page = client.get(reverse("accounts:profile"))
    assert page.status_code == 200 and user.name in page.content.decode()


def test_next_stays_on_this_site() -> None:
    user = make.officer((Role.CITY, "0001"), totp=True)
    assert sign_in(Client(), user, next="https://evil.example/").url == "/"
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert sign_in(Client(), user, next="/console/accounts/me/").url == "/console/accounts/me/"
