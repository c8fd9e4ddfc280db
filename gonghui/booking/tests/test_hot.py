"""The hot path over its view: pass, key, opening, throttle; what grabs and what only repeats (S171)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.booking.models import Booking, Demand, Quota, Waiting
from gonghui.booking.rules import passes
from gonghui.booking.services import demand, hot, remaining
from gonghui.booking.services import passes as issuing
from gonghui.booking.services.throttle import Throttle
from gonghui.booking.tests import shop
from gonghui.booking.web import door
from gonghui.core import clock

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171")]
URL = "/api/booking/take"
KEY = b"k" * 32


def published(**values):
    """An item published in the hour before its opening."""
    with clock.at(shop.NOW):
        return shop.published(**values)


@pytest.fixture(autouse=True)
def _fresh():
    hot.throttle._left.clear()
    demand._noted.clear()
    remaining.forget()
    yield
    demand._noted.clear()


def issue(person, session):
    return issuing.issue(actor=shop.worker(person), session=session, person_id=person.pk).text


def send(text, key="key-0001", **more):
    browser = Client(REMOTE_ADDR="198.51.100.7")
    answer = browser.post(URL, json.dumps({"key": key, **more}), content_type="application/json", headers={"X-Booking-Pass": text})
    return answer.status_code, answer.json()


@pytest.mark.invariant("BK-03", "BK-09")
def test_the_same_key_again_gives_the_same_ticket_and_another_session_is_refused():
    item = published()
    person = shop.member()
    with clock.at(shop.NOW):
        text, other = issue(person, shop.noon(item)), issue(person, shop.evening(item))
    with clock.at(shop.OPEN):
        status, first = send(text)
        assert (status, first["state"]) == (200, "ticketed")
        assert send(text) == (200, first | {"message": ""})
        status, refused = send(other)
    assert (status, refused["code"]) == (409, "core.idempotency_reused")
    assert Booking.objects.count() == 1


@pytest.mark.invariant("BK-07")
@pytest.mark.fault(14)
def test_nothing_before_the_opening_whatever_the_clock_does():
    item = published()
    person = shop.member()
    with clock.at(shop.NOW):
        text = issue(person, shop.noon(item))
    for before in (timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1)):
        with clock.at(shop.OPEN - before):
            status, answer = send(text)
            assert (status, answer["code"]) == (409, "booking.not_open")
    with clock.at(shop.OPEN):
        assert send(text)[0] == 200
    with clock.at(shop.OPEN - timedelta(minutes=5)):  # the clock jumps back behind the opening: what was given stays, nothing more is given
        assert send(text, key="key-0002")[1]["code"] == "booking.not_open"
    assert Booking.objects.get().booked_at == shop.OPEN


@pytest.mark.invariant("BK-07")
def test_negative_control_the_database_itself_refuses_a_booking_before_the_opening():
    item = published()
    with clock.at(shop.OPEN):
        row = shop.take(shop.member(), shop.noon(item))
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=row.pk).update(booked_at=shop.OPEN - timedelta(microseconds=1))


def test_a_pass_that_was_altered_expired_or_is_missing_gives_nothing():
    item = published()
    with clock.at(shop.NOW):
        text = issue(shop.member(), shop.noon(item))
    with clock.at(shop.OPEN):
        assert send("")[0] == 401
        assert send(text[:-2] + ("AA" if text[-2:] != "AA" else "BB"))[1]["code"] == "booking.pass_invalid"
        assert send(text, key="short")[0] == 422
    with clock.at(shop.OPEN + timedelta(hours=2)):
        assert send(text)[1]["code"] == "booking.pass_expired"
    assert not Booking.objects.exists()


@given(st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_one_changed_byte_makes_a_pass_unreadable(at, value):
    text = passes.seal(passes.Pass(1, 2, 3, 0.0, 9.0, ("first_time",), (("p1", "item:3", 1),)), KEY).encode()
    at %= len(text)
    changed = text[:at] + bytes([value]) + text[at + 1 :]
    if changed == text:
        return
    try:
        found = passes.read(changed.decode("latin-1"), KEY)
    except passes.Unreadable:
        return
    assert found == passes.read(text.decode(), KEY)  # unused low bits of the last base64 character


@pytest.mark.fault(30)
def test_one_member_who_asks_two_hundred_times_a_second_gets_one_place(monkeypatch):
    ticks = iter(range(10**6))
    monkeypatch.setattr(hot, "throttle", Throttle(hot.policy_values.asks_in_ten_seconds, lambda: next(ticks) / 200))
    item = published(capacity=50)
    person = shop.member()
    with clock.at(shop.NOW):
        text = issue(person, shop.noon(item))
    with clock.at(shop.OPEN):
        statuses = [send(text, key=f"key-{n:05d}")[0] for n in range(60)]
    assert statuses.count(200) == 1 and statuses.count(429) >= 30
    assert Booking.objects.count() == 1


def test_without_the_throttle_the_claims_alone_keep_it_at_one_place(monkeypatch):
    item = published(capacity=50)
    person = shop.member()
    monkeypatch.setattr(hot, "throttle", Throttle(lambda: 10**6))
    with clock.at(shop.NOW):
        text = issue(person, shop.noon(item))
    with clock.at(shop.OPEN):
        found = [send(text, key=f"key-{n:05d}")[1]["code"] for n in range(30)]
    assert found == ["booking.ticketed", *["booking.claimed"] * 29]


def test_the_throttle_lets_a_minute_of_hammering_pass_only_its_share():
    now = [0.0]
    throttle = Throttle(lambda: 20, lambda: now[0])
    passed = 0
    for n in range(12_000):
        now[0] = n / 200
        passed += throttle.wait(7) == 0
    assert 100 <= passed <= 141
    assert throttle.wait(8) == 0  # nobody else pays for it


def test_many_members_behind_one_address_all_succeed():
    item = published(capacity=40)
    home = shop.union()
    people = [shop.member(home) for _ in range(40)]
    session = shop.noon(item)
    with clock.at(shop.NOW):
        texts = [issue(p, session) for p in people]
    with clock.at(shop.OPEN):
        assert [send(t)[0] for t in texts] == [200] * 40


@pytest.mark.invariant("BK-01")
def test_the_last_place_is_the_last_and_who_came_too_late_may_wait_or_is_noted():
    item = published(capacity=1)
    session = shop.noon(item)
    a, b, c = (shop.member() for _ in range(3))
    with clock.at(shop.NOW):
        texts = [issue(p, session) for p in (a, b, c)]
    with clock.at(shop.OPEN):
        assert send(texts[0])[0] == 200
        assert send(texts[1])[1]["code"] == "booking.full"
        assert send(texts[2], wait=True)[1]["code"] == "booking.waiting"
        assert send(texts[2], key="key-0002", wait=True)[1]["waiting"] == 1
        demand.flush()
    assert Quota.objects.get(session=session).taken == 1
    assert Waiting.objects.get().person_id == c.pk
    assert Demand.objects.get().person_id == b.pk


def test_the_fast_door_answers_as_the_view_does():
    item = published()
    a, b = shop.member(), shop.member()
    session = shop.noon(item)
    with clock.at(shop.NOW):
        one, two = issue(a, session), issue(b, session)
    seen = {}

    def through(text, body=b'{"key":"key-0001"}', method="POST"):
        import io

        environ = {
            "REQUEST_METHOD": method,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "HTTP_X_BOOKING_PASS": text,
        }
        out = b"".join(door.take(environ, lambda status, headers: seen.update(status=status, headers=dict(headers))))
        return int(seen["status"][:3]), json.loads(out)

    with clock.at(shop.OPEN):
        status, answer = through(one)
        assert (status, answer["code"]) == (200, send(two)[1]["code"])
        assert seen["headers"]["X-Frame-Options"] == "DENY" and "default-src 'none'" in seen["headers"]["Content-Security-Policy"]
        assert through(one, method="GET")[0] == 405
        assert through(one, body=b"x" * 2000)[0] == 413
        assert through(one, body=b"[]")[0] == 422


def test_places_left_are_read_once_a_second_however_many_ask(monkeypatch):
    item = published(capacity=5)
    with clock.at(shop.OPEN):
        shop.take(shop.member(), shop.noon(item))
    before = remaining.asked
    browser = Client()
    for _ in range(50):
        answer = browser.get(f"/api/booking/remaining?item={item.pk}")
    assert {s["left"] for s in answer.json()["sessions"]} == {4, 2}
    assert remaining.asked - before == 1
    remaining.forget()
    browser.get(f"/api/booking/remaining?item={item.pk}")
    assert remaining.asked - before == 2
    assert browser.get("/api/booking/remaining?item=x").status_code == 404
    assert browser.get("/api/booking/remaining?item=999999").status_code == 404


def test_processes_share_what_one_of_them_read(settings, tmp_path):
    settings.DATA_DIR, settings.BOOKING_SHARED_COUNTS = tmp_path, True
    item = published(capacity=5)
    before = remaining.asked
    for _ in range(10):
        remaining.forget()  # each round stands for another process
        assert remaining.remaining(item.pk)
    assert remaining.asked - before == 1
