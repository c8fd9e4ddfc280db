"""Limits that stop guessing and not a factory (bars 10, 13, 15; R22, R23)."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from gonghui.accounts import rules, services, throttle
from gonghui.accounts.enums import Role
from gonghui.accounts.models import User
from gonghui.accounts.services import signin
from gonghui.accounts.tests import make
from gonghui.core import clock
from gonghui.core.errors import BadInput, TooMany

pytestmark = pytest.mark.django_db
FACTORY = "203.0.113.7"


@pytest.fixture
def cheap(settings) -> None:
    """Hashing is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    signin._dummy.cache_clear()
    make._encoded.clear()
    yield
    signin._dummy.cache_clear()
    make._encoded.clear()


def attempt(user: User | str, password: str = "wrong", network: str = FACTORY, device: str = "") -> User:
    return services.password_check(username=getattr(user, "username", user), password=password, network=network, device=device)


@pytest.mark.bar(10)
def test_five_wrong_passwords_then_a_wait_with_retry_after(cheap) -> None:
    user = make.officer()
    for _ in range(5):
        with pytest.raises(BadInput):
            attempt(user)
    with pytest.raises(TooMany) as refused:
        attempt(user, make.PASSWORD)
    assert 1 <= refused.value.retry_after <= 900
    page = Client().post("/accounts/login/", {"username": user.username, "password": make.PASSWORD})
    assert page.status_code == 429 and 1 <= int(page["Retry-After"]) <= 900
    with clock.at(clock.now() + timedelta(minutes=15)):
        assert attempt(user, make.PASSWORD) == user


@pytest.mark.bar(10)
def test_the_right_password_starts_the_count_again(cheap) -> None:
    user = make.officer()
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(BadInput):
                attempt(user)
        assert attempt(user, make.PASSWORD) == user


@pytest.mark.bar(10)
def test_a_stranger_who_fails_with_a_name_does_not_lock_its_owner_out(cheap) -> None:
    user = make.officer((Role.CITY, "0001"), totp=True)
    own = Client()
    own.post("/accounts/login/", {"username": user.username, "password": make.PASSWORD})
    own.post("/accounts/login/factor/", {"code": make.code()})
    for _ in range(6):
        with pytest.raises((BadInput, TooMany)):
            attempt(user, network="198.51.100.9")
    assert own.post("/accounts/login/", {"username": user.username, "password": make.PASSWORD}).status_code == 302
    assert Client().post("/accounts/login/", {"username": user.username, "password": make.PASSWORD}).status_code == 429
    thief = Client()
    thief.cookies["device"] = own.cookies["device"].value + "x"
    assert thief.post("/accounts/login/", {"username": user.username, "password": make.PASSWORD}).status_code == 429


@pytest.mark.bar(10)
def test_five_hundred_people_behind_one_address_all_come_in(cheap) -> None:
    """One in ten mistypes once; nobody waits."""
    users = [make.officer() for _ in range(500)]
    for n, user in enumerate(users):
        if n % 10 == 0:
            with pytest.raises(BadInput):
                attempt(user)
        assert attempt(user, make.PASSWORD) == user


@pytest.mark.bar(10)
def test_if_the_network_counted_honest_people_the_factory_would_be_locked_out(cheap, monkeypatch) -> None:
    """Negative control: without the refund the 101st has to wait."""
    monkeypatch.setattr(throttle, "refund", lambda limit, key: None)
    users = [make.officer() for _ in range(103)]
    with pytest.raises(TooMany):
        for user in users:
            attempt(user, make.PASSWORD)


@pytest.mark.bar(10)
def test_guessing_over_many_names_from_one_network_slows_down_and_honest_people_still_get_in(cheap) -> None:
    honest, start = make.officer(), clock.now()
    with clock.at(start):
        for n in range(101):
            with pytest.raises(BadInput):
                attempt(f"guess{n}")
    waits = []
    at = start
    for n in range(8):
        with clock.at(at), pytest.raises(TooMany) as refused:
            attempt(f"more{n}")
        waits.append(refused.value.retry_after)
        at += timedelta(seconds=refused.value.retry_after)
        with clock.at(at), pytest.raises(BadInput):
            attempt(f"again{n}")
    assert waits == sorted(waits) and waits[0] <= 2 and waits[-1] == 60
    with clock.at(at + timedelta(seconds=60)):
        assert attempt(honest, make.PASSWORD) == honest
    assert attempt(honest, make.PASSWORD, network="198.51.100.1") == honest


@pytest.mark.bar(15)
def test_a_general_limit_says_when_to_come_back() -> None:
    for n in range(3):
        assert throttle.hit("export", "user:1", 3, timedelta(hours=1)) == n + 1
    with pytest.raises(TooMany) as refused:
        throttle.hit("export", "user:1", 3, timedelta(hours=1))
    assert 3590 <= refused.value.retry_after <= 3600
    assert throttle.hit("export", "user:2", 3, timedelta(hours=1)) == 1
    with clock.at(clock.now() + timedelta(hours=1)):
        assert throttle.hit("export", "user:1", 3, timedelta(hours=1)) == 1


@pytest.mark.bar(15)
def test_search_over_the_limit_answers_429_with_retry_after() -> None:
    client = make.client(make.officer((Role.SYSADMIN, "")))
    answers = [client.get("/console/accounts/users/?q=张") for _ in range(rules.SEARCH.most + 1)]
    assert {a.status_code for a in answers[:-1]} == {200}
    assert answers[-1].status_code == 429 and int(answers[-1]["Retry-After"]) >= 1


def test_factor_guesses_are_limited() -> None:
    user = make.officer(totp=True)
    for _ in range(5):
        with pytest.raises(BadInput):
            services.factor_check(user=user, code="123456")
    with pytest.raises(TooMany):
        services.factor_check(user=user, code=make.code())


# -- nobody learns which names exist (bar 13) --------------------------------------------------------------------


def answer(name: str) -> tuple[int, str]:
    page = Client().post("/accounts/login/", {"username": name, "password": "wrong-wrong-wrong"})
    return page.status_code, page.content.decode().replace(name, "NAME")


@pytest.mark.bar(13)
def test_known_unknown_and_disabled_names_get_the_same_answer() -> None:
    known, off = make.officer(), make.officer()
    User.objects.filter(pk=off.pk).update(is_active=False)
    answers = [answer(n) for n in (known.username, "nobody-here", off.username)]
    strip = [(status, _without_token(body)) for status, body in answers]
    assert strip[0] == strip[1] == strip[2] and strip[0][0] == 422


def _without_token(body: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken":)"[^"]+"', "", body)


def _seconds(names: list[str], monkeypatch) -> list[float]:
    monkeypatch.setattr(throttle, "spend", lambda limit, key: 0)
    found = []
    for name in names:
        begun = time.perf_counter()
        with pytest.raises(BadInput):
            attempt(name)
        found.append(time.perf_counter() - begun)
    return found


def _welch(a: list[float], b: list[float]) -> float:
    """|t| of Welch, over the middle of each sample: a scheduler's hiccup is not a leak."""
    a, b = (sorted(s)[len(s) // 10 : -len(s) // 10] for s in (a, b))
    error = (statistics.variance(a) / len(a) + statistics.variance(b) / len(b)) ** 0.5
    return abs(statistics.mean(a) - statistics.mean(b)) / error


def _samples(monkeypatch) -> tuple[list[float], list[float]]:
    known = make.officer().username
    _seconds([known, "warm-up"] * 5, monkeypatch)
    mixed = _seconds([known, "nobody-here"] * 100, monkeypatch)
    return mixed[0::2], mixed[1::2]


@pytest.mark.bar(13)
def test_known_and_unknown_names_take_the_same_time(monkeypatch) -> None:
    known, unknown = _samples(monkeypatch)
    gap = abs(statistics.median(known) - statistics.median(unknown)) / statistics.median(known)
    assert _welch(known, unknown) < 4.5 or gap < 0.05, (_welch(known, unknown), gap)


@pytest.mark.bar(13)
def test_without_the_dummy_hash_the_time_would_tell(monkeypatch) -> None:
    """Negative control."""
    monkeypatch.setattr(signin, "_dummy", lambda: "")
    real = signin.check_password
    monkeypatch.setattr(signin, "check_password", lambda raw, encoded, setter=None: bool(encoded) and real(raw, encoded, setter))
    known, unknown = _samples(monkeypatch)
    gap = abs(statistics.median(known) - statistics.median(unknown)) / statistics.median(known)
    assert _welch(known, unknown) >= 4.5 and gap >= 0.05


def test_the_dummy_costs_what_a_password_costs() -> None:
    assert signin._dummy().split("$")[:4] == make_password("x").split("$")[:4]
