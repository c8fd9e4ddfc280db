"""Hold, confirm, pay, cancel, expire, transfer: each end frees one place, once (S171, S172)."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.accounts.actor import Actor
from gonghui.booking import verify
from gonghui.booking.enums import BookingSource
from gonghui.booking.models import Bar, Booking, Claim, Payment, PaymentEvent, Quota, Session, Waiting
from gonghui.booking.selectors.standing import standing
from gonghui.booking.services import bars, granting, lives, payments, quotas, upkeep, waiting
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, Refusal, RuleViolation
from gonghui.core.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171")]
GATE = Actor.system("pay")


def published(**values):
    """An item published in the hour before its opening."""
    with clock.at(shop.NOW):
        return shop.published(**values)


def sound():
    """All checks of booking hold."""
    return [f for _id, _title, look in verify.CHECKS for f in look()]


def left(session):
    quota = Quota.objects.get(session=session, kind="session")
    return quota.size - quota.taken


@pytest.mark.invariant("BK-04")
def test_a_hold_is_confirmed_in_time_or_frees_its_place_once():
    item = published(hold_minutes=5)
    session = shop.noon(item)
    a, b = shop.member(), shop.member()
    with clock.at(shop.OPEN):
        kept, lost = shop.take(a, session), shop.take(b, session)
        assert (kept.state, left(session)) == ("held", 1)
        lives.confirm(actor=shop.worker(a), booking=kept)
        assert lives.confirm(actor=shop.worker(a), booking=kept).state == "ticketed"
        assert not lives.expire(actor=shop.system, booking=lost)
    with clock.at(shop.OPEN + timedelta(minutes=5)):
        with pytest.raises(Conflict) as refused:
            lives.confirm(actor=shop.worker(b), booking=lost)
        assert refused.value.code == "booking.hold_over"
        assert [lives.expire(actor=shop.system, booking=lost) for _ in range(3)] == [True, False, False]
        assert left(session) == 2 and not Claim.objects.filter(booking=lost).exists()
        assert shop.take(b, session).state == "held"  # the right is free again
    assert not sound()


@pytest.mark.system("S172")
@pytest.mark.invariant("BK-02")
def test_cancelling_frees_the_right_and_the_place():
    item = published(capacity=1)
    session = shop.noon(item)
    a, b = shop.member(), shop.member()
    with clock.at(shop.OPEN):
        row = shop.take(a, session)
        with pytest.raises(Refusal):
            shop.take(b, session)
        for _ in range(3):
            lives.cancel(actor=shop.worker(a), booking=row)
        assert left(session) == 1
        shop.take(b, session)
    assert AuditEntry.objects.filter(verb="booking.booking.cancelled").count() == 1
    assert not sound()


def test_a_stranger_cannot_touch_a_booking_and_too_late_is_too_late():
    item = published(cancel_hours=24)
    with clock.at(shop.OPEN):
        row = shop.take(shop.member(), shop.noon(item))
        with pytest.raises(NotFound):
            lives.cancel(actor=shop.worker(shop.member()), booking=row)
    with clock.at(row.session.starts_at - timedelta(hours=23)), pytest.raises(RuleViolation) as refused:
        lives.cancel(actor=Actor(ref="worker:1", user_id=1, person_id=row.person_id), booking=row)
    assert refused.value.code == "booking.too_late"


def paying(**values):
    item = published(price_fen=500, pay_minutes=180, **values)
    person = shop.member()
    row = shop.take(person, shop.noon(item))
    return person, row, payments.start(actor=shop.worker(person), booking=row, gateway="demo")


def told(payment, kind, event):
    return payments.callback(actor=GATE, gateway="demo", event=event, reference=payment.reference, kind=kind, amount_fen=payment.amount_fen)


def test_paying_in_time_gives_the_ticket_and_a_wrong_amount_does_not():
    with clock.at(shop.OPEN):
        person, row, payment = paying()
        assert row.state == "unpaid" and payments.start(actor=shop.worker(person), booking=row, gateway="demo").pk == payment.pk
        with pytest.raises(Refusal):
            payments.callback(actor=GATE, gateway="demo", event="e0", reference=payment.reference, kind="paid", amount_fen=1)
        assert [told(payment, "paid", "e1") for _ in range(3)] == ["paid"] * 3
        row.refresh_from_db()
    assert row.state == "ticketed" and row.valid_until is not None
    assert PaymentEvent.objects.count() == 1


def test_money_that_comes_too_late_is_given_back_and_no_place_with_it():
    with clock.at(shop.OPEN):
        _person, row, payment = paying()
    with clock.at(shop.OPEN + timedelta(hours=3)):
        assert upkeep.expire()["ended"] == 1
        assert told(payment, "paid", "late") == "refund_due"
        assert told(payment, "refunded", "back") == "refunded"
    row.refresh_from_db()
    assert row.state == "expired" and not sound()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["paid", "failed", "refunded", "expire", "cancel"]), min_size=1, max_size=6))
@pytest.mark.invariant("BK-03")
def test_messages_in_any_order_and_number_never_pay_for_nothing(steps):
    with transaction.atomic():
        with clock.at(shop.OPEN):
            person, row, payment = paying()
        with clock.at(shop.OPEN + timedelta(hours=3)):
            for n, step in enumerate(steps):
                try:
                    with transaction.atomic():
                        if step == "expire":
                            lives.expire(actor=shop.system, booking=row)
                        elif step == "cancel":
                            lives.cancel(actor=shop.worker(person), booking=Booking.objects.get(pk=row.pk))
                        else:
                            assert told(payment, step, f"e{n}") == told(payment, step, f"e{n}")
                except Refusal:
                    pass
        row.refresh_from_db()
        payment.refresh_from_db()
        if row.state == "ticketed":
            assert payment.state in {"paid", "refunded"}
        elif row.state in {"expired", "cancelled"}:
            assert payment.state != "paid"  # money is never kept for a place that is gone
        assert not sound()
        transaction.set_rollback(True)


def test_a_ticket_is_handed_on_only_where_it_may_be_and_to_whom_it_may():
    item = published(transferable=True)
    session = shop.noon(item)
    a, b, c = (shop.member() for _ in range(3))
    with clock.at(shop.OPEN):
        row, other = shop.take(a, session), shop.take(c, shop.evening(item))

        def ask(person):
            return granting.ask_of(standing(person.pk, session), session, key=f"transfer-{row.pk}", source=BookingSource.TRANSFER)

        with pytest.raises(RuleViolation) as refused:
            lives.transfer(actor=shop.worker(a), booking=row, to=ask(c))  # c has one of this item
        assert refused.value.code == "booking.claimed"
        row.refresh_from_db()
        assert row.state == "ticketed"
        made = lives.transfer(actor=shop.worker(a), booking=row, to=ask(b))
    assert (made.person_id, made.state, made.replaces_id, left(session)) == (b.pk, "ticketed", row.pk, 2)
    assert other.state == "ticketed" and not sound()


@pytest.mark.invariant("BK-05")
def test_shrinking_below_what_is_taken_is_refused_or_stops_the_sale():
    item = published(capacity=3)
    session = shop.noon(item)
    people = [shop.member() for _ in range(4)]
    with clock.at(shop.OPEN):
        rows = [shop.take(p, session) for p in people[:3]]
        with pytest.raises(RuleViolation) as refused:
            quotas.resize(actor=shop.system, session=session, capacity=1)
        assert refused.value.code == "booking.below_taken"
        quotas.resize(actor=shop.system, session=session, capacity=1, allow_over=True)
        assert Quota.objects.get(session=session).over and not sound()
        lives.cancel(actor=shop.worker(people[0]), booking=rows[0])
        with pytest.raises(Refusal):
            shop.take(people[3], session)
        lives.cancel(actor=shop.worker(people[1]), booking=rows[1])
        lives.cancel(actor=shop.worker(people[2]), booking=rows[2])
        assert not Quota.objects.get(session=session).over
        shop.take(people[3], session)
    assert not sound()


def test_more_places_go_to_those_who_wait():
    item = published(capacity=1)
    session = shop.noon(item)
    a, b = shop.member(), shop.member()
    with clock.at(shop.OPEN):
        shop.take(a, session)
        row = waiting.join(actor=shop.worker(b), session=session, person_id=b.pk, key="wait-0001")
        quotas.resize(actor=shop.system, session=session, capacity=2)
        row.refresh_from_db()
    assert row.state == "offered" and row.booking.person_id == b.pk


@pytest.mark.invariant("BK-01")
def test_negative_control_the_table_itself_refuses_one_place_too_many():
    item = published(capacity=1)
    quota = Quota.objects.get(session=shop.noon(item))
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.filter(pk=quota.pk).update(taken=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.filter(pk=quota.pk).update(taken=-1)


@pytest.mark.invariant("BK-02")
def test_negative_control_the_table_itself_refuses_a_second_right():
    item = published()
    with clock.at(shop.OPEN):
        row = shop.take(shop.member(), shop.noon(item))
    claim = Claim.objects.get(booking=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(holder=claim.holder, scope=claim.scope, n=claim.n, booking=row)


def test_the_checks_notice_a_counter_that_was_changed_by_hand():
    item = published()
    session = shop.noon(item)
    with clock.at(shop.OPEN):
        row = shop.take(shop.member(), session)
    assert not sound()
    Quota.objects.filter(session=session).update(taken=0)
    assert any("名额" in f for f in verify.counters())
    Claim.objects.filter(booking=row).delete()
    assert list(verify.rights())
    Session.objects.filter(pk=session.pk).update(waiting=3)
    assert list(verify.lines())


def test_who_does_not_come_is_barred_for_months_and_an_unused_code_until_the_month_ends():
    item = published()
    a = shop.member()
    with clock.at(shop.OPEN):
        row = shop.take(a, shop.noon(item))
    with clock.at(row.session.ends_at + timedelta(hours=11)):
        assert upkeep.no_shows() == {"missed": 0}  # offline scanners may still bring their lists
    with clock.at(row.session.ends_at + timedelta(hours=13)):
        assert [upkeep.no_shows()["missed"] for _ in range(2)] == [1, 0]
        bar = Bar.objects.get()
        assert (bar.since.isoformat(), bar.until.isoformat()) == ("2026-05-10", "2026-08-10")
        bars.lift(actor=shop.system, bar=bar, why="住院，有证明")
        with pytest.raises(Conflict):
            bars.lift(actor=shop.system, bar=bar, why="再一次")
    row.refresh_from_db()
    assert row.state == "noshow" and not sound()


def test_the_reminder_comes_once():
    from gonghui.notices.models import Notice

    item = published()
    a = shop.member()
    with clock.at(shop.OPEN):
        row = shop.take(a, shop.noon(item))
        assert upkeep.remind() == {"reminded": 0}
    with clock.at(row.session.starts_at - timedelta(hours=10)):
        assert [upkeep.remind()["reminded"] for _ in range(2)] == [1, 0]
    assert Notice.objects.filter(person_id=a.pk).count() == 1


def test_every_step_that_the_table_of_states_does_not_have_is_refused():
    item = published()
    a = shop.member()
    with clock.at(shop.OPEN):
        row = shop.take(a, shop.noon(item))
    for state, (name, act) in itertools.product(
        ["used", "expired", "transferred", "noshow"],
        {"confirm": lives.confirm, "cancel": lives.cancel}.items(),
    ):
        Booking.objects.filter(pk=row.pk).update(state=state)
        row.refresh_from_db()
        with pytest.raises(Conflict):
            act(actor=shop.system, booking=row)
        assert name
    assert Payment.objects.count() == 0 and Waiting.objects.count() == 0
