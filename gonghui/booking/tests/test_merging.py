"""Two records of one person become one and two again: bookings, rights and lines go with them (S171)."""

from __future__ import annotations

import pytest

from gonghui.booking import verify
from gonghui.booking.models import Booking, Claim, Session, Waiting
from gonghui.booking.services import waiting
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.people import services as people

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171")]


@pytest.mark.invariant("MEM-03", "BK-02")
def test_bookings_of_both_records_stand_and_come_apart_again():
    with clock.at(shop.NOW):
        item = shop.published(capacity=2)
    session = shop.noon(item)
    a, b, c = (shop.member() for _ in range(3))
    with clock.at(shop.OPEN):
        shop.take(a, session)
        shop.take(b, session)
        row = waiting.join(actor=shop.worker(c), session=session, person_id=c.pk, key="wait-0001")
        merge = people.person_merge(actor=shop.system, survivor=a, absorbed=b, reason="同一个人登记了两次")
        again = people.person_merge(actor=shop.system, survivor=a, absorbed=c, reason="同一个人登记了三次")
    assert Booking.objects.filter(person=a).count() == 2
    assert sorted(Claim.objects.values_list("holder", "n")) == [(f"p{a.pk}", 1), (f"p{a.pk}", 2)]
    assert Waiting.objects.get(pk=row.pk).person_id == a.pk
    assert not [f for _id, _title, look in verify.CHECKS for f in look()]
    people.person_unmerge(actor=shop.system, merge=again, reason="不是同一个人")
    people.person_unmerge(actor=shop.system, merge=merge, reason="不是同一个人")
    assert {b.person_id for b in Booking.objects.all()} == {a.pk, b.pk}
    assert sorted(Claim.objects.values_list("holder", "n")) == sorted([(f"p{a.pk}", 1), (f"p{b.pk}", 1)])
    assert Session.objects.get(pk=session.pk).waiting == 1
