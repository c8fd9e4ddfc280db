"""Check-in with two scanners that were offline: the earliest scan wins, every other is kept (S171, BK-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.booking import verify
from gonghui.booking.enums import ScanOutcome
from gonghui.booking.models import Bar, ScanLog
from gonghui.booking.rules import tickets as codes
from gonghui.booking.services import checkin, tickets, upkeep
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171"), pytest.mark.invariant("BK-10")]


def ticketed(number=1, **values):
    with clock.at(shop.NOW):
        item = shop.published(capacity=5, evening=5, **values)
    session = shop.noon(item)
    with clock.at(shop.OPEN):
        rows = [shop.take(shop.member(), session) for _ in range(number)]
    return session, rows


def scan(session, code, at, device="门口 1", serial="1"):
    with clock.at(session.starts_at + timedelta(hours=1)):
        return checkin.scan(actor=shop.system, session=session, code=code, device=device, serial=serial, at=at)


def test_a_ticket_is_used_once_and_the_second_scan_is_reported():
    session, (row,) = ticketed()
    code = tickets.code_of(row)
    first = scan(session, code, session.starts_at)
    again = scan(session, code, session.starts_at + timedelta(minutes=1), serial="2")
    same = scan(session, code, session.starts_at, serial="1")
    assert (first.outcome, again.outcome, same.pk) == ("used", "duplicate", first.pk)
    row.refresh_from_db()
    assert row.state == "used" and row.used_at == session.starts_at
    assert not list(verify.used_once())


def test_a_forged_code_another_session_a_cancelled_booking_and_a_stranger_get_nothing():
    session, (row, other) = ticketed(2)
    evening = shop.evening(session.item)
    code = tickets.code_of(row)
    assert scan(session, code[:-4] + "AAAA", session.starts_at, serial="a").outcome == "invalid"
    assert scan(session, row.code, session.starts_at, serial="b").outcome == "invalid"
    assert scan(evening, code, session.starts_at, serial="c").outcome == "wrong_session"
    with clock.at(shop.OPEN):
        from gonghui.booking.services import lives

        text = tickets.code_of(other)
        lives.cancel(actor=shop.system, booking=other)
        other.refresh_from_db()
        with pytest.raises(Conflict):
            tickets.code_of(other)
    assert scan(session, text, session.starts_at, serial="d").outcome == "wrong_state"
    with pytest.raises(NotFound):
        checkin.scan(actor=shop.officer(shop.union("别的厂")), session=session, code=code, device="x", serial="1")
    row.refresh_from_db()
    assert row.state == "ticketed" and ScanLog.objects.count() == 4


def test_the_signature_is_verified_with_the_public_key_alone():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    _session, (row,) = ticketed()
    read = codes.split(tickets.code_of(row))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(tickets.public_key()))
    r, s = (int.from_bytes(part, "big") for part in (read.signature[:32], read.signature[32:]))
    key.verify(encode_dss_signature(r, s), read.body.encode(), ec.ECDSA(hashes.SHA256()))
    assert codes.split("GH1.1.2.3.x") is None and row.person.name not in tickets.code_of(row)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 30)), min_size=1, max_size=8), st.randoms())
def test_two_offline_lists_merge_to_the_same_whatever_the_order(lines, random):
    """Each line: which scanner, which ticket, which minute. Lists arrive in pieces, in any order, some of them twice."""
    with transaction.atomic():
        session, rows = ticketed(2)
        texts = [tickets.code_of(r) for r in rows]
        sent = [
            (f"scanner {device}", checkin.Scan(texts[ticket], f"{n}", session.starts_at + timedelta(minutes=minute)))
            for n, (device, ticket, minute) in enumerate(lines)
        ]
        order = sent + sent[:3]
        random.shuffle(order)
        with clock.at(session.ends_at):
            for device, line in order:
                checkin.merge(actor=shop.system, session=session, device=device, scans=[line])
        assert ScanLog.objects.count() == len(lines)
        for number, row in enumerate(rows):
            row.refresh_from_db()
            mine = [minute for _d, ticket, minute in lines if ticket == number]
            assert row.used_at == (session.starts_at + timedelta(minutes=min(mine)) if mine else None)
            assert ScanLog.objects.filter(booking=row, outcome=ScanOutcome.USED).count() == bool(mine)
        assert not list(verify.used_once())
        transaction.set_rollback(True)


def test_a_list_that_comes_after_the_no_show_was_noted_sets_it_right():
    session, (row,) = ticketed()
    code = tickets.code_of(row)
    with clock.at(session.ends_at + timedelta(hours=13)):
        upkeep.no_shows()
        assert Bar.objects.filter(lifted_at=None).count() == 1
        lines = [checkin.Scan(code, "1", session.starts_at)]
        found = checkin.merge(actor=shop.system, session=session, device="离线", scans=lines)
    row.refresh_from_db()
    assert (found[0].outcome, row.state) == ("used", "used") and not Bar.objects.filter(lifted_at=None).exists()


def test_negative_control_the_table_itself_refuses_a_second_use():
    session, (row,) = ticketed()
    scan(session, tickets.code_of(row), session.starts_at)
    twin = scan(session, tickets.code_of(row), session.starts_at + timedelta(minutes=1), serial="2")
    with pytest.raises(IntegrityError), transaction.atomic():
        ScanLog.objects.filter(pk=twin.pk).update(outcome=ScanOutcome.USED)
