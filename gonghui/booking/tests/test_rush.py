"""Real connections at once, on either engine: no place too many, no second place; and what happens without the guards (S171)."""

from __future__ import annotations

import contextlib
import threading

import pytest
from django.db import connection, transaction

from gonghui.accounts.tests.crowd import crowd
from gonghui.booking import verify
from gonghui.booking.models import Booking, Quota
from gonghui.booking.selectors.standing import standing
from gonghui.booking.services import board, desk, engine, giving, granting
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.core.errors import Refusal

pytestmark = [pytest.mark.usefixtures("own_database"), pytest.mark.system("S171")]
PEOPLE, PLACES, AT_ONCE = 48, 10, 8


@pytest.fixture
def ground():
    with clock.at(shop.NOW):
        item = shop.published(capacity=PLACES)
        session = shop.noon(item)
        people = [shop.member() for _ in range(PEOPLE)]
        asks = [
            granting.ask_of(standing(p.pk, session), session, key=f"rush-{p.pk:05d}", source="taken", ref=f"worker:{p.pk}") for p in people
        ]
    return session, asks


def rush(submit, asks):
    """Every member asks twice with one key, from several threads."""
    parts = [[*asks[n::AT_ONCE], *asks[n::AT_ONCE]] for n in range(AT_ONCE)]

    def run(part):
        out = []
        with clock.at(shop.OPEN):
            for ask in part:
                try:
                    out.append(submit(ask))
                except Refusal as refusal:
                    out.append(engine.Answer(False, refusal.code))
        return out

    return [a for found in crowd([lambda p=p: run(p) for p in parts]) for a in found]


@pytest.mark.invariant("BK-01", "BK-02", "BK-03")
@pytest.mark.fault(30)
def test_the_rush_gives_every_place_once_and_the_same_key_the_same_ticket(ground):
    session, asks = ground
    table = desk.Desk(own=True)
    answers = rush(table.submit, asks)
    table.close()
    won = {a.facts["booking"] for a in answers if a.ok}
    assert len(won) == PLACES == Booking.objects.count() == Quota.objects.get(session=session).taken
    assert {a.code for a in answers if not a.ok} <= {"booking.full", "core.busy"}
    assert not [f for _id, _title, look in verify.CHECKS for f in look()]
    assert table.asks == 2 * PEOPLE and table.groups <= table.asks


@pytest.mark.invariant("BK-01")
def test_negative_control_without_lock_condition_and_check_places_are_oversold(ground, monkeypatch):
    """The same rush with the guards off: reading and writing apart, no conditional update, no CHECK. It must oversell."""
    session, asks = ground
    _drop_check()
    gate = threading.Barrier(AT_ONCE)

    def careless(wire, quota, n):
        wire.run('UPDATE "booking_quota" SET taken = taken + %s WHERE id = %s', (n, quota))
        return True

    monkeypatch.setattr(board, "count", careless)

    def submit(ask):
        wire_free = Quota.objects.get(session=session)
        seen = wire_free.size - wire_free.taken  # read in one transaction …
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(timeout=5)
        if not seen:
            return engine.Answer(False, "booking.full")
        with transaction.atomic():  # … decided on in another
            found = board.Board(board.Wire(), [ask.session])
            for shelf in found.shelves.values():
                shelf.size = 10**6
            return engine.Settlement([ask], found).run()[0]

    answers = rush(submit, asks[: 2 * AT_ONCE])
    assert Booking.objects.count() > PLACES
    assert sum(a.ok for a in answers) > PLACES
    assert list(verify.counters())  # and the nightly check notices


def _drop_check():
    """Take the CHECK of the quota away, in this test's own database."""
    table = Quota._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "bk_quota_not_over"')
            return
        cursor.execute("PRAGMA ignore_check_constraints = ON")
    from django.db.backends.signals import connection_created

    def loose(sender, connection, **kwargs):
        connection.cursor().execute("PRAGMA ignore_check_constraints = ON")

    _drop_check.receiver = loose
    connection_created.connect(loose)


@pytest.fixture(autouse=True)
def _strict_again():
    yield
    from django.db.backends.signals import connection_created

    if found := getattr(_drop_check, "receiver", None):
        connection_created.disconnect(found)


@pytest.mark.invariant("BK-02")
def test_one_member_with_many_keys_at_once_gets_one_place(ground):
    _session, asks = ground
    one = asks[0]
    many = [engine.Ask(**{**_fields(one), "key": f"many-{n:05d}"}) for n in range(32)]
    answers = rush(giving_one, many)
    assert sum(1 for a in answers if a.ok) >= 1
    assert len({a.facts["booking"] for a in answers if a.ok}) == 1 == Booking.objects.count()
    assert not list(verify.rights())


def giving_one(ask):
    return giving.settle([ask])[0]


def _fields(ask):
    return {name: getattr(ask, name) for name in engine.Ask.__slots__}


def test_a_group_that_fails_tells_everybody_and_the_next_group_goes_on():
    calls = []

    def work(asks):
        calls.append(len(asks))
        if len(calls) == 1:
            raise ValueError("broken")
        return [engine.Answer(True, "booking.ticketed") for _ in asks]

    table = desk.Desk(work)
    ask = engine.Ask(1, 1, "key-0001")
    with pytest.raises(Refusal):
        table.submit(ask)
    assert table.submit(ask).ok and not table._led
