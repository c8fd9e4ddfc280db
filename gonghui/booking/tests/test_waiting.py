"""The waiting list and everything around it as a machine: whatever is done in whatever order, the invariants hold (S171, BK-01…BK-06)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.booking import verify
from gonghui.booking.models import Booking, Quota, Waiting
from gonghui.booking.services import bookings, lives, upkeep, waiting
from gonghui.booking.services import line as lines
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.core.errors import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171")]


def published(**values):
    with clock.at(shop.NOW):
        return shop.published(**values)


def join(person, session):
    return waiting.join(actor=shop.worker(person), session=session, person_id=person.pk, key=f"wait-{person.pk:06d}")


def offered(session):
    return list(Waiting.objects.filter(session=session, state="offered").order_by("number").values_list("person_id", flat=True))


@pytest.mark.invariant("BK-06")
def test_freed_places_go_by_number_within_the_class_and_a_newcomer_cannot_overtake():
    item = published(capacity=1)
    session = shop.noon(item)
    people = [shop.member() for _ in range(5)]
    with clock.at(shop.OPEN):
        row = shop.take(people[0], session)
        rows = [join(p, session) for p in people[1:4]]
        assert [r.number for r in rows] == [1, 2, 3] and "前面还有 1 人" in waiting.reason(rows[1])
        waiting.leave(actor=shop.worker(people[1]), waiting=rows[0])
        lives.cancel(actor=shop.worker(people[0]), booking=row)
        assert offered(session) == [people[2].pk]  # the one who left is passed over for good
        with pytest.raises(Refusal) as refused:
            shop.take(people[4], session)
        assert refused.value.code == "booking.full"
    with clock.at(shop.OPEN + timedelta(hours=2)):  # the offer lapses, the next one is offered in the same step
        upkeep.expire()
        assert offered(session) == [people[3].pk]
        rows[1].refresh_from_db()
        assert rows[1].state == "lapsed"
        lives.confirm(actor=shop.worker(people[3]), booking=Booking.objects.get(waited__person=people[3]))
    assert Waiting.objects.get(person=people[3]).state == "taken"
    assert not list(verify.lines()) and not list(verify.counters())


@pytest.mark.invariant("BK-06")
def test_those_never_served_stand_before_the_others_whatever_their_number():
    item = published(capacity=1)
    session = shop.noon(item)
    people = [shop.member() for _ in range(4)]
    with clock.at(shop.OPEN):
        row = shop.take(people[0], session)
        for p in people[1:]:
            join(p, session)
        Waiting.objects.filter(person__in=people[1:3]).update(rank=1)
        Waiting.objects.filter(person=people[3]).update(rank=0)
        lives.cancel(actor=shop.worker(people[0]), booking=row)
    assert offered(session) == [people[3].pk]


@pytest.mark.invariant("BK-06")
def test_nothing_is_offered_after_the_deadline_and_the_line_is_closed():
    item = published(capacity=1)
    session = shop.noon(item)
    a, b = shop.member(), shop.member()
    with clock.at(shop.OPEN):
        row = shop.take(a, session)
        join(b, session)
    with clock.at(session.closes_at):
        lives.cancel(actor=shop.system, booking=row)
        assert offered(session) == []
        upkeep.expire()
    assert Waiting.objects.get(person=b).state == "ended" and not list(verify.lines())


@pytest.mark.invariant("BK-06")
def test_an_offer_never_lasts_beyond_the_deadline():
    item = published(capacity=1)
    session = shop.noon(item)
    a, b = shop.member(), shop.member()
    with clock.at(shop.OPEN):
        row = shop.take(a, session)
        join(b, session)
    with clock.at(session.closes_at - timedelta(minutes=10)):
        lives.cancel(actor=shop.system, booking=row)
    assert Waiting.objects.get(person=b).offered_until == session.closes_at


def test_a_share_set_aside_is_kept_until_its_release_and_then_goes_to_the_line():
    release = shop.OPEN + timedelta(hours=1)
    item = published(capacity=2, shares={"night_shift": 1})
    session = shop.noon(item)
    Quota.objects.filter(session=session, kind="night_shift").update(release_at=release)
    a, b, c = (shop.member() for _ in range(3))
    with clock.at(shop.OPEN):
        shop.take(a, session)
        row = join(b, session)
        assert row.state == "waiting"
    with clock.at(release):
        with pytest.raises(Refusal):
            shop.take(c, session)  # the line comes first
        assert upkeep.expire()["offered"] == 1
    row.refresh_from_db()
    assert row.state == "offered" and not list(verify.counters())


VERBS = "take wait leave cancel confirm tick later refuse".split()


@pytest.mark.invariant("BK-01", "BK-02", "BK-04", "BK-06")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 4), st.booleans()), min_size=4, max_size=22))
def test_no_order_of_acts_breaks_booking(steps):
    with transaction.atomic():
        item = published(capacity=2, evening=1, hold_minutes=10)
        sessions = [shop.noon(item), shop.evening(item)]
        people = [shop.member() for _ in range(5)]
        now = shop.OPEN
        for n, (verb, who, late) in enumerate(steps):
            now += timedelta(minutes=7 if verb == "later" else 0)
            with clock.at(now):
                try:
                    with transaction.atomic():
                        act(verb, people[who], sessions[late], n)
                except Refusal:
                    pass
                hold(sessions, now)
        transaction.set_rollback(True)


def act(verb, person, session, n):
    actor = shop.worker(person)
    mine = Booking.objects.filter(person=person, session=session).order_by("-pk").first()
    wait = Waiting.objects.filter(person=person, session=session).order_by("-pk").first()
    if verb in {"take", "wait"}:
        bookings.book(actor=actor, session=session, person_id=person.pk, key=f"machine-{n:04d}", wait=verb == "wait")
    elif verb == "leave" and wait is not None:
        waiting.leave(actor=actor, waiting=wait)
    elif verb == "cancel" and mine is not None:
        lives.cancel(actor=actor, booking=mine)
    elif verb == "confirm" and mine is not None:
        lives.confirm(actor=actor, booking=mine)
    elif verb == "tick":
        upkeep.expire()
    elif verb == "refuse":
        lines.promote(session_id=session.pk)


def hold(sessions, now):
    """The invariants after every step."""
    found = [f for _id, _title, look in verify.CHECKS for f in look()]
    assert not found, found
    for session in sessions:
        quota = Quota.objects.get(session=session)
        assert 0 <= quota.taken <= quota.size
        waits = Waiting.objects.filter(session=session)
        free = quota.size - quota.taken
        able = [w for w in waits.filter(state="waiting") if not Booking.objects.filter(person=w.person, claims__isnull=False).exists()]
        assert not (free and able), "a place is idle while somebody waits who could have it"
        ends = waits.filter(state__in=["left", "lapsed", "ended"])
        assert not Booking.objects.filter(waited__in=ends, state__in=["held", "unpaid", "ticketed"]).exists()
        first = waits.filter(state="waiting").order_by("number").values_list("number", flat=True).first()
        later = waits.filter(state__in=["offered", "taken"], rank=0)
        if first is not None and able:
            assert not later.filter(offered_at=now, number__gt=min(w.number for w in able)).exists()
