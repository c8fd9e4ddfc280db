"""Recuperation from plan to history: shares, eligibility, order, publicity, moving up, cost, attendance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gonghui.accounts.enums import Role
from gonghui.benefits import verify
from gonghui.benefits.models import Batch, Share, StayApplication
from gonghui.benefits.selectors import stays as reads
from gonghui.benefits.services import applying, stays
from gonghui.benefits.tests import make
from gonghui.booking.rules import draw
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.members.tests import make as members
from gonghui.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.system("S185")]


def drain(look: Any) -> list[str]:
    return list(look())


def two_shops() -> tuple[Any, Any, Any]:
    town = members.township()
    return town, members.shop("青石茶厂", town)[1], members.shop("青石瓷厂", town)[1]


def test_places_are_split_by_members_and_never_beyond_the_programme() -> None:
    town, tea, china = two_shops()
    for union, n in ((tea, 6), (china, 3)):
        for _ in range(n):
            members.member(union)
    row = make.programme(town, {tea: 5}, opened=False)
    parts = stays.share_split(actor=make.system, programme=row)
    assert {s.union_id: s.places for s in parts} == {tea.pk: 3, china.pk: 2}  # 10/3 and 5/3, the larger rest gets the place
    with pytest.raises(RuleViolation, match="最多 3 个"):
        stays.share_set(actor=make.system, programme=row, union=tea, places=4)
    with pytest.raises(NotFound):
        stays.share_set(actor=make.system, programme=row, union=members.township("乙岸乡总工会"), places=0)


def test_who_may_apply_and_what_only_warns() -> None:
    town, tea, china = two_shops()
    row = make.programme(town, {tea: 2})
    outside = members.member(china)
    with pytest.raises(RuleViolation, match="本单位分到名额"):
        applying.apply(actor=members.worker(outside.person), programme=row)
    lately = members.member(tea)
    stays.past_add(
        actor=make.system, person_id=lately.person_id, union=tea, on=clock.today() - timedelta(days=100), place="南山", source="名单"
    )
    slip = reads.eligible(row, lately.person_id)
    assert slip.outcome is False and not slip.blocks  # no law fixes the gap: it warns
    made = applying.apply(actor=members.worker(lately.person), programme=row)
    assert made.slip and made.origin == "self"
    with pytest.raises(Conflict):
        applying.apply(actor=members.worker(lately.person), programme=row)
    with pytest.raises(IntegrityError), transaction.atomic():  # without the service too
        StayApplication.objects.create(
            programme=row, share=made.share, person=lately.person, union=tea, origin="self", applied_at=clock.now(), alias="X"
        )
    heroes = make.programme(town, {tea: 1}, kind="model")
    with pytest.raises(RuleViolation, match="符合计划对象"):
        applying.apply(actor=members.worker(lately.person), programme=heroes)
    honour = stays.honour_add(
        actor=make.system,
        person_id=lately.person_id,
        union=tea,
        honour="市劳动模范",
        level="city",
        awarded_on=date(2020, 4, 30),
        document_no="江政发〔2020〕4 号",
    )
    assert reads.honoured(lately.person_id, clock.today())
    stays.honour_revoke(actor=make.system, honour=honour, on=clock.today())
    assert not reads.honoured(lately.person_id, clock.today())
    stays.honour_revoke(actor=make.system, honour=honour, on=None)
    applying.apply(actor=members.worker(lately.person), programme=heroes)


def test_the_union_proposes_its_own_members_and_another_level_judges() -> None:
    town, tea, china = two_shops()
    row, spell, stranger = make.programme(town, {tea: 1}), members.member(tea), members.member(china)
    chair, upper = members.officer(tea, Role.CHAIR), members.officer(town, Role.TOWNSHIP, 2)
    made = make.fresh(applying.apply(actor=chair, programme=row, person_id=spell.person_id, words="一线十年"))
    assert made.origin == "union"
    with pytest.raises(NotFound):
        applying.apply(actor=chair, programme=row, person_id=stranger.person_id)
    with pytest.raises(NotPermitted):
        applying.decide(actor=chair, application=made, good=True)
    with pytest.raises(RuleViolation, match="原因"):
        applying.decide(actor=upper, application=made, good=False)
    made = applying.decide(actor=upper, application=made, good=False, why="材料不全")
    assert Notice.objects.filter(person_id=spell.person_id).count() == 1
    made = applying.undecide(actor=upper, application=make.fresh(made))
    assert applying.decide(actor=upper, application=make.fresh(made), good=True).state == "approved"


def test_order_publicity_moving_up_and_the_batch() -> None:
    town, tea, _china = two_shops()
    row = make.programme(town, {tea: 2})
    make.batch(row, capacity=2)
    assert row.commitment == draw.commitment(stays.draw_name(row), row.seed)
    old = make.approved(row, members.member(tea), last=date(2012, 5, 1))
    new = make.approved(row, members.member(tea))
    late = make.approved(row, members.member(tea), last=date(2019, 5, 1))
    with pytest.raises(RuleViolation, match="还没有截止"):
        applying.programme_post(actor=make.system, programme=row)
    row = make.posted(row)
    states = {a.pk: (a.rank, a.state) for a in StayApplication.objects.all()}
    assert states == {new.pk: (1, "listed"), old.pk: (2, "listed"), late.pk: (3, "waiting")}
    assert "候补第 1 位" in make.fresh(late).why and Share.objects.get().taken == 2
    with clock.at(row.apply_until + timedelta(hours=2)):
        with pytest.raises(RuleViolation, match="公示到"):
            applying.programme_confirm(actor=make.system, programme=row)
        with pytest.raises(NotFound):
            applying.withdraw(actor=members.worker(make.fresh(late).person), application=make.fresh(new))
        row = applying.programme_unpost(actor=make.system, programme=row, reason="漏了一人")
        assert Share.objects.get().taken == 0 and set(StayApplication.objects.values_list("state", flat=True)) == {"approved"}
        row = applying.programme_post(actor=make.system, programme=row)
    row = make.confirmed(row)
    assert Batch.objects.get().seated == 2
    applying.withdraw(actor=members.worker(make.fresh(new).person), application=make.fresh(new))
    moved = make.fresh(late)
    assert (moved.state, moved.batch_id) == (
        "listed",
        Batch.objects.get().pk,
    ) and Share.objects.get().taken == 2 == Batch.objects.get().seated
    assert Notice.objects.filter(person_id=moved.person_id, title__contains="轮到您").count() == 1
    struck = applying.strike(actor=make.system, application=make.fresh(old), why="公示有异议")
    assert struck.state == "rejected" and Share.objects.get().taken == 1 == Batch.objects.get().seated and drain(verify.places) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.update(taken=3)


def test_attendance_becomes_history_and_the_cost_stays_under_the_ceiling() -> None:
    town, tea, _china = two_shops()
    row = make.programme(town, {tea: 2})
    make.batch(row)
    first, second = (make.approved(row, members.member(tea)) for _ in range(2))
    row = make.confirmed(make.posted(row))
    trip = Batch.objects.get()
    with pytest.raises(RuleViolation, match="还没有出发"):
        applying.attend(actor=make.system, application=make.fresh(first), came=True)
    with clock.at(trip.until):
        applying.attend(actor=make.system, application=make.fresh(first), came=True)
        applying.attend(actor=make.system, application=make.fresh(second), came=True)
        applying.attend(actor=make.system, application=make.fresh(second), came=None)
        with pytest.raises(RuleViolation, match="1 人没有登记"):
            stays.programme_close(actor=make.system, programme=row)
        applying.attend(actor=make.system, application=make.fresh(second), came=False)
        assert reads.last_stay(first.person_id) == trip.since and reads.last_stay(second.person_id) is None
        batch = reads.batch_get(actor=make.system, pk=trip.pk)
        with pytest.raises(RuleViolation, match=r"每人 3,000\.01 元"):
            stays.batch_spent(actor=make.system, batch=batch, spent_fen=300_001)
        stays.batch_spent(actor=make.system, batch=batch, spent_fen=300_000)
        row = stays.programme_close(actor=make.system, programme=row)
        found = reads.statistics(actor=make.system, year=row.year)
        assert (found["attended"], found["first"], found["lines"][0].heads_fen) == (1, 1, 300_000)
        assert stays.programme_reopen(actor=make.system, programme=row).state == "confirmed"
    with pytest.raises(RuleViolation, match="上限"):
        make.programme(town, {tea: 1}, cost_fen=300_001)


def test_an_earlier_stay_counts_until_it_is_corrected() -> None:
    _town, tea, _china = two_shops()
    spell = members.member(tea)
    row = stays.past_add(actor=make.system, person_id=spell.person_id, union=tea, on=date(2018, 6, 1), place="南山", source="名单")
    assert (
        reads.last_stays([spell.person_id]) == {spell.person_id: date(2018, 6, 1)}
        and reads.months_between(date(2018, 6, 30), date(2018, 7, 29)) == 0
    )
    with pytest.raises(Conflict):
        stays.past_add(actor=make.system, person_id=spell.person_id, union=tea, on=date(2018, 6, 1), place="南山", source="名单")
    stays.past_remove(actor=make.system, past=row, why="不是本人")
    assert reads.last_stay(spell.person_id) is None
