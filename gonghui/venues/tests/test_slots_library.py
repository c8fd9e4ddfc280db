"""Places in a slot and copies in a library: never one too many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotPermitted, RuleViolation
from gonghui.members.tests import make as members
from gonghui.notices.models import Notice
from gonghui.venues import jobs, verify
from gonghui.venues.models import Copy, HoursException, Loan, Reservation, Slot
from gonghui.venues.selectors import common
from gonghui.venues.selectors import library as reads
from gonghui.venues.services import library, points, slots
from gonghui.venues.tests import make

pytestmark = pytest.mark.django_db


def drain(look: object) -> list[str]:
    """What a check found."""
    return list(look())  # type: ignore[operator]  # a generator function


@pytest.mark.system("S177")
def test_the_last_place_goes_once_and_comes_back_when_given_up() -> None:
    union = members.shop()[1]
    first, second = (members.worker(members.member(union).person) for _ in range(2))
    slot = make.slot(make.venue(union, "activity", "球馆"), capacity=1)
    mine = slots.reserve(actor=first, slot=slot)
    with pytest.raises(Conflict, match="满"):
        slots.reserve(actor=second, slot=slot)
    assert Slot.objects.get(pk=slot.pk).taken == 1 and Reservation.objects.count() == 1
    with pytest.raises(Conflict):
        slots.cancel(actor=second, reservation=mine)
    slots.cancel(actor=first, reservation=mine)
    with pytest.raises(Conflict):
        slots.cancel(actor=first, reservation=mine)  # twice gives back one place
    assert Slot.objects.get(pk=slot.pk).taken == 0
    slots.reserve(actor=second, slot=slot)
    assert drain(verify.slots) == []


def test_without_the_guard_of_the_service_the_database_still_refuses_one_too_many() -> None:
    slot = make.slot(make.venue(members.shop()[1], "activity", "球馆"), capacity=1)
    Slot.objects.filter(pk=slot.pk).update(taken=F("taken") + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(taken=F("taken") + 1)
    assert drain(verify.slots) != []  # a place taken that nobody holds is found


def test_members_only_one_slot_a_day_and_not_after_it_began() -> None:
    union = members.shop()[1]
    place = make.venue(union, "activity", "球馆")
    morning = make.slot(place, capacity=5)
    evening = Slot.objects.filter(venue=place).select_related("venue__union").order_by("starts_at")[1]
    with pytest.raises(RuleViolation, match="入会"):
        slots.reserve(actor=members.worker(members.person()), slot=morning)
    me = members.worker(members.member(union).person)
    slots.reserve(actor=me, slot=morning)
    with pytest.raises(Conflict):
        slots.reserve(actor=me, slot=morning)
    with pytest.raises(RuleViolation, match="最多"):
        slots.reserve(actor=me, slot=evening)
    late = members.worker(members.member(union).person)
    with clock.at(morning.starts_at), pytest.raises(Conflict, match="已经开始"):
        slots.reserve(actor=late, slot=morning)
    with clock.at(morning.starts_at - timedelta(seconds=1)):
        slots.reserve(actor=late, slot=morning)


def test_slots_follow_the_hours_and_taking_one_back_tells_everybody() -> None:
    union = members.shop()[1]
    place = make.venue(union, "activity", "球馆", hours={str(n): [540, 1020] for n in range(7)})
    day = clock.today()
    HoursException.objects.create(venue=place, on=day + timedelta(days=1), words="检修")
    made = slots.slots_make(actor=make.system, venue=place, since=day, until=day + timedelta(days=2), minutes=180, capacity=3)
    assert made == 4  # two of 9–17 a day, none on the special day
    assert slots.slots_make(actor=make.system, venue=place, since=day, until=day, minutes=180, capacity=3) == 0
    with pytest.raises(BadInput):
        slots.slots_make(actor=make.system, venue=place, since=day, until=day + timedelta(days=31), minutes=180, capacity=3)
    slot = Slot.objects.select_related("venue__union").order_by("-starts_at")[0]
    who = members.member(union).person
    slots.reserve(actor=members.worker(who), slot=slot)
    slots.slot_drop(actor=make.system, slot=slot, reason="场馆漏水")
    assert Notice.objects.filter(person_id=who.pk).count() == 1 and not Reservation.objects.filter(state="booked").exists()


@pytest.mark.system("S176")
def test_a_copy_is_lent_once_until_it_is_back() -> None:
    union = members.shop()[1]
    place = make.venue(union, "library", "书屋")
    one, _two = make.books(place)
    first, second = (members.member(union).person for _ in range(2))
    held = make.loan(place, one, first.pk)
    with pytest.raises(Conflict, match="不在架"):
        make.loan(place, one, second.pk)
    with pytest.raises(IntegrityError), transaction.atomic():  # without the service too
        Loan.objects.create(copy=held.copy, person=second, lent_on=clock.today(), due_on=clock.today())
    with pytest.raises(BadInput):
        make.loan(place, "S0-00001", second.pk)
    library.give_back(actor=make.system, loan=held)
    with pytest.raises(Conflict):
        library.give_back(actor=make.system, loan=held)
    lost = make.loan(place, one, second.pk)
    library.give_back(actor=make.system, loan=lost, lost=True)
    assert Copy.objects.get(number=one).state == "lost" and reads.totals(place)["copies"] == 1 and drain(verify.copies) == []
    Copy.objects.filter(number=one).update(state="lent")
    assert drain(verify.copies) != []


@pytest.mark.system("S176")
def test_the_most_in_hand_the_renewal_and_the_day_it_is_overdue() -> None:
    union = members.shop()[1]
    place = make.venue(union, "library", "书屋")
    most = common.number("venues.loan_most")
    numbers = make.books(place, most + 1)
    who = members.member(union).person
    held = [make.loan(place, n, who.pk) for n in numbers[:most]]
    with pytest.raises(RuleViolation, match="册没有还"):
        make.loan(place, numbers[most], who.pk)
    with pytest.raises(NotPermitted):
        library.renew(actor=members.worker(members.person()), loan=held[0])
    renewed = library.renew(actor=members.worker(who), loan=held[0])
    with pytest.raises(RuleViolation, match="最多续借"):
        library.renew(actor=members.worker(who), loan=renewed)
    due = held[1].due_on
    with clock.at(due):
        assert not reads.overdue(make.system).exists()
    with clock.at(due + timedelta(days=1)):
        assert reads.overdue(make.system).count() == most  # the renewed one was renewed on the day it was lent
        with pytest.raises(RuleViolation, match="超期"):
            library.renew(actor=members.worker(who), loan=held[1])
        assert jobs.overdue() == {"reminded": most} and jobs.overdue() == {"reminded": 0}
        with pytest.raises(RuleViolation, match="收齐"):
            points.venue_move(actor=make.system, venue=place, state="closed", reason="搬迁")
        library.give_back(actor=make.system, loan=held[2])
        with pytest.raises(RuleViolation, match="超期的书"):
            make.loan(place, numbers[most], who.pk)
    assert Notice.objects.filter(person_id=who.pk).count() == most
