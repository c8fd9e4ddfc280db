"""Officers come in by password and second factor (bars 10–14, R19–R22)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from gonghui.accounts import rules, services
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.models import Totp, User
from gonghui.accounts.services import credentials
from gonghui.accounts.tests import make
from gonghui.core import clock, menu
from gonghui.core.errors import BadInput, Conflict, NotPermitted
from gonghui.core.models import AuditEntry

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
    assert sign_in(Client(), user, next="https://evil.example/").url == (menu.fixed("home") or "/")
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert sign_in(Client(), user, next="/console/accounts/me/").url == "/console/accounts/me/"


def test_wrong_code_and_second_use_of_a_code_stay_out() -> None:
    user, client = make.officer((Role.CITY, "0001"), totp=True), Client()
    client.post(LOGIN, {"username": user.username, "password": make.PASSWORD})
    assert client.post(FACTOR, {"code": "000000"}).status_code == 422
    with clock.at(clock.now()):  # the code stays the same however slow the machine
        assert sign_in(client, user).status_code == 302
        other = Client()
        other.post(LOGIN, {"username": user.username, "password": make.PASSWORD})
        again = other.post(FACTOR, {"code": make.code()})
    assert again.status_code == 422 and "已用过" in again.content.decode()


@pytest.mark.bar(11)
def test_a_code_counts_once_in_any_step_of_its_window() -> None:
    user, now = make.officer(totp=True), clock.now()
    code = make.code(at=now)
    assert services.factor_check(user=user, code=code) == "totp"
    for later in (0, 29):
        with clock.at(now + timedelta(seconds=later)), pytest.raises(BadInput):
            services.factor_check(user=user, code=code)
    with clock.at(now + timedelta(seconds=60)), pytest.raises(BadInput):
        services.factor_check(user=user, code=make.code(at=now + timedelta(minutes=5)))


@pytest.mark.bar(11)
def test_without_the_last_step_a_code_would_count_twice() -> None:
    """Negative control."""
    user, code = make.officer(totp=True), make.code()
    services.factor_check(user=user, code=code)
    Totp.objects.update(last_step=0)
    assert services.factor_check(user=user, code=code) == "totp"


@pytest.mark.bar(11)
@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    assert rules.totp(b"12345678901234567890", rules.step_of(at)) == code


@pytest.mark.bar(11)
def test_recovery_codes_lie_hashed_and_count_once() -> None:
    user = make.officer(totp=True)
    codes = services.recovery_new(actor=make.actor(user), user=user)
    stored = {bytes(r.digest) for r in user.recovery_codes.all()}
    assert len(codes) == 10 and not any(c.replace("-", "").encode() in d for c in codes for d in stored)
    assert services.factor_check(user=user, code=codes[3].lower()) == "recovery"
    with pytest.raises(BadInput):
        services.factor_check(user=user, code=codes[3])
    assert services.factor_check(user=user, code=codes[4]) == "recovery"


@pytest.mark.bar(14)
def test_first_sign_in_changes_password_and_sets_up_the_factor() -> None:
    admin = Actor.system("createadmin")
    made = services.administrators_create(actor=admin)
    _, user, once = made[0]
    client = Client()
    first = client.post(LOGIN, {"username": user.username, "password": once})
    assert first.url == "/accounts/login/password/"
    assert client.get("/console/accounts/me/").status_code == 302
    weak = client.post("/accounts/login/password/", {"new": "gonghui12351!", "again": "gonghui12351!"})
    assert weak.status_code == 422 and "太常见" in weak.content.decode()
    good = client.post("/accounts/login/password/", {"new": make.PASSWORD, "again": make.PASSWORD})
    assert good.url == "/accounts/login/totp/"
    page = client.get("/accounts/login/totp/").content.decode()
    seed = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)[1]
    assert client.post("/accounts/login/totp/", {"code": "000000"}).status_code == 422
    shown = client.post("/accounts/login/totp/", {"code": make.code(seed=seed)})
    assert shown.status_code == 200 and shown.content.decode().count("user-select-all") == 10
    assert client.get("/console/accounts/me/").status_code == 200
    assert seed not in Session.objects.get(pk=client.session.session_key).session_data
    assert bytes(Totp.objects.get().secret).find(credentials.seed_bytes(seed)) < 0


@pytest.mark.bar(14)
def test_there_are_no_default_accounts_and_first_run_happens_once() -> None:
    assert not User.objects.exists()
    made = services.administrators_create(actor=Actor.system("createadmin"))
    assert {r for r, _, _ in made} == {Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN}
    assert all(u.must_change_password for _, u, _ in made) and len({p for *_, p in made}) == 3
    with pytest.raises(Conflict):
        services.administrators_create(actor=Actor.system("createadmin"))
    with pytest.raises(NotPermitted):
        services.administrators_create(actor=make.acting((Role.SYSADMIN, "")))


def test_step_up_opens_dangerous_acts_for_five_minutes_only() -> None:
    user = make.officer((Role.SYSADMIN, ""), totp=True)
    client = make.client(user)
    reset = f"/console/accounts/users/{make.officer((Role.CITY, '0001')).pk}/reset/"
    assert client.post(reset, {"reason": "丢了手机"}).url.startswith("/accounts/step-up/")
    key = client.session.session_key
    assert client.post("/accounts/step-up/", {"code": "123456"}).status_code == 422
    assert client.post("/accounts/step-up/", {"code": make.code()}).status_code == 302
    assert client.session.session_key != key
    assert client.post(reset, {"reason": "丢了手机"}).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=5, seconds=1)):
        assert client.post(reset, {"reason": "丢了手机"}).url.startswith("/accounts/step-up/")


@pytest.mark.bar(8)
def test_passwords_are_argon2id_and_older_hashes_are_renewed_at_sign_in() -> None:
    user = make.officer()
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    User.objects.filter(pk=user.pk).update(password=make_password(make.PASSWORD, hasher="pbkdf2_sha256"))
    services.password_check(username=user.username, password=make.PASSWORD, network="192.0.2.1")
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")


def test_refused_attempts_are_audited_without_the_name() -> None:
    user = make.officer()
    with pytest.raises(BadInput):
        services.password_check(username=user.username, password="wrong", network="192.0.2.1")
    entry = AuditEntry.objects.get(verb="accounts.signin.refused")
    assert user.username not in entry.data and "hmac:" in entry.data


def test_demo_codes_only_in_the_demo(settings) -> None:
    assert Client().get("/demo/codes/").status_code == 404
    user = services.demo_officer(actor=Actor.system("demo"), username="city", name="赵雪梅", password="Public-demo-1", totp_seed=make.SEED)
    make.give(user, Role.CITY, "0001")
    settings.DEMO, settings.SECURE = True, False
    page = Client().get("/demo/codes/").content.decode()
    assert make.code() in page and "赵雪梅" in page
    settings.SECURE = True
    assert Client(headers={"x-forwarded-proto": "https"}).get("/demo/codes/").status_code == 404
    settings.DEMO = settings.TESTING = False
    with pytest.raises(NotPermitted):
        services.demo_officer(actor=Actor.system("demo"), username="city2", name="甲", password="x", totp_seed=make.SEED)
