"""Transfers, exits, seasons: nobody lost, nobody counted twice, every condition on record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.members import jobs, verify
from gonghui.members.models import Membership, Transfer
from gonghui.members.rules import intervals
from gonghui.members.services import exits, standing, transfers
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    town = make.township()
    _, a = make.shop(parent=town)
    _, b = make.shop("白云服装厂", parent=town)
    return town, a, b


def spell_of(person):
    return Membership.objects.select_related("union").get(person=person, until=None)


@pytest.mark.system("S042")
@pytest.mark.invariant("MEM-02")
def test_both_sides_confirm_and_at_every_step_there_is_one_owner(two):
    town, a, b = two
    who = make.member(a).person
    row = transfers.transfer_open(actor=make.worker(who), membership=spell_of(who), target=b)
    assert (row.state, spell_of(who).standing, make.roll(a, "members")) == ("requested", "active", 1)
    with pytest.raises(NotFound):
        transfers.transfer_release(actor=make.officer(b), transfer=row)
    transfers.transfer_release(actor=make.officer(a), transfer=row)
    assert (spell_of(who).standing, spell_of(who).union, make.roll(a, "members"), make.roll(town, "members")) == ("in_transit", a, 1, 1)
    assert not list(verify.transfers_whole())
    transfers.transfer_accept(actor=make.officer(b), transfer=row)
    assert (spell_of(who).union, spell_of(who).standing) == (b, "active")
    assert (make.roll(a, "members"), make.roll(b, "members"), make.roll(town, "members")) == (0, 1, 1)
    with pytest.raises(Conflict):
        transfers.transfer_accept(actor=make.officer(b), transfer=row)


def test_declined_and_withdrawn_bring_the_member_home(two):
    _, a, b = two
    who = make.member(a).person
    row = transfers.transfer_open(actor=make.officer(a), membership=spell_of(who), target=b)
    with pytest.raises(RuleViolation, match="理由"):
        transfers.transfer_decline(actor=make.officer(b), transfer=row, reason="否")
    transfers.transfer_decline(actor=make.officer(b), transfer=row, reason="没有这名职工")
    assert (spell_of(who).union, spell_of(who).standing) == (a, "active")
    again = transfers.transfer_open(actor=make.officer(a), membership=spell_of(who), target=b)
    transfers.transfer_withdraw(actor=make.worker(who), transfer=again)
    assert spell_of(who).standing == "active" and not list(verify.transfers_whole())


def test_unclaimed_falls_to_the_territory_when_due_and_not_a_day_before(two):
    town, a, _ = two
    who = make.member(a).person
    row = transfers.transfer_open(actor=make.officer(a), membership=spell_of(who), target=None, cause="employment_end")
    assert jobs.unclaimed() == {"due": 0, "done": 0, "refused": []}
    with pytest.raises(NotPermitted):
        transfers.transfer_fall_back(actor=make.officer(town, Role.TOWNSHIP), transfer=row)
    with clock.at(row.due_on):
        assert jobs.unclaimed()["done"] == 1
        assert jobs.unclaimed()["done"] == 0
        assert (spell_of(who).union, Transfer.objects.get().state) == (town, "fallback")


def test_the_end_of_work_opens_a_transfer_and_never_ends_the_membership(two):
    _, a, b = two
    firm = a.employer
    who = make.person()
    job = make.employed(who, firm)
    make.member(a, who=who)
    row = transfers.employment_end(actor=make.officer(a), employment=job, on=clock.today())
    assert (row.state, row.target, spell_of(who).standing) == ("in_transit", None, "in_transit")
    transfers.transfer_accept(actor=make.officer(b), transfer=row, union=b)
    assert spell_of(who).union == b


def test_members_of_a_union_that_ends_go_to_its_successor(two):
    town, a, b = two
    members = [make.member(a).person for _ in range(3)]
    transfers.transfer_open(actor=make.officer(a), membership=spell_of(members[0]), target=None, cause="moved")
    a.successor = b
    a.save(update_fields=["successor"])
    transfers.union_ended(a.pk, b.pk, clock.today())
    assert [spell_of(p).union for p in members] == [b, b, b]
    assert (make.roll(a, "members"), make.roll(b, "members"), make.roll(town, "members")) == (0, 3, 3)
    assert not list(verify.transfers_whole())


def test_pooled_members_are_placed_by_the_area(two):
    town, a, _ = two
    pool = make.build("pool", "青石镇会员库", town)
    who = make.member(pool).person
    with pytest.raises(NotFound):
        transfers.place_from_pool(actor=make.officer(a), membership=spell_of(who), union=a)
    transfers.place_from_pool(actor=make.officer(town, Role.TOWNSHIP), membership=spell_of(who), union=a)
    assert (spell_of(who).union, Transfer.objects.get().cause) == (a, "placed")


def test_leaving_is_free_and_only_the_members_own(two):
    _, a, _ = two
    who = make.member(a).person
    with pytest.raises(RuleViolation, match="本人声明"):
        exits.leave(actor=make.officer(a), membership=spell_of(who))
    exits.leave(actor=make.worker(who), membership=spell_of(who))
    assert not Membership.objects.filter(person=who, until=None).exists()
    assert make.roll(a, "members") == 0 and not list(verify.ended_with_reason())


def test_deemed_leaving_needs_all_three_conditions_and_a_second_person(two):
    _, a, _ = two
    who = make.member(a, since=date(2020, 1, 1)).person
    clerk, chair = make.officer(a, Role.CHAIR, 2), make.officer(a)
    today = clock.today()
    case = exits.exit_open(actor=clerk, membership=spell_of(who), kind="deemed_left", on=today)
    assert len(exits.missing_of(case)) == 4
    months7 = clock.add_months(today, -7)
    facts = [{"dues_unpaid_from": months7}, {"absent_from": months7}, {"no_good_reason": True}, {"educated_on": today - timedelta(days=40)}]
    for fact in facts:
        exits.exit_record(actor=clerk, case=case, **fact)
        with pytest.raises(RuleViolation, match="条件还没有记全"):
            exits.exit_decide(actor=chair, case=case)
    exits.exit_record(actor=clerk, case=case, unchanged_on=today - timedelta(days=5))
    with pytest.raises(RuleViolation, match="立案的人"):
        exits.exit_decide(actor=clerk, case=case)
    exits.exit_decide(actor=chair, case=case)
    assert Membership.objects.get(person=who).ended == "deemed_left"


@pytest.mark.parametrize("months", [5, 6])
def test_six_months_are_six_months(two, months):
    _, a, _ = two
    who = make.member(a, since=date(2020, 1, 1)).person
    today = clock.today()
    start = clock.add_months(today, -months)
    facts = {
        "dues_unpaid_from": start,
        "absent_from": start,
        "no_good_reason": True,
        "educated_on": today - timedelta(days=9),
        "unchanged_on": today,
    }
    case = exits.exit_open(actor=make.officer(a, number=2), membership=spell_of(who), kind="deemed_left", on=today, **facts)
    assert bool(exits.missing_of(case)) is (months < 6)


def test_expulsion_only_with_a_judgment_in_the_order_of_the_charter(two):
    _, a, _ = two
    who = make.member(a).person
    today = clock.today()
    case = exits.exit_open(
        actor=make.officer(a, number=2),
        membership=spell_of(who),
        kind="expelled",
        on=today,
        group_on=today,
        committee_on=today,
        filed_on=today,
    )
    with pytest.raises(RuleViolation, match="刑事判决"):
        exits.exit_decide(actor=make.officer(a), case=case)
    exits.exit_record(actor=make.officer(a, number=2), case=case, judgment_no="（2026）某刑初1号")
    exits.exit_decide(actor=make.officer(a), case=case)
    assert Membership.objects.get(person=who).ended == "expelled"


@pytest.mark.system("S048")
def test_the_season_pauses_and_resumes_and_running_twice_changes_nothing(two):
    _, a, _ = two
    who = make.person()
    make.employed(who, a.employer, kind="seasonal", season=("04-01", "10-31"))
    make.member(a, who=who)
    with clock.at(date(2026, 11, 5)):
        assert (jobs.seasons()["done"], jobs.seasons()["done"], spell_of(who).standing) == (1, 0, "suspended")
        assert make.roll(a, "members") == 0
    with clock.at(date(2027, 4, 1)):
        assert (jobs.seasons()["done"], spell_of(who).standing, make.roll(a, "members")) == (1, "active", 1)
    assert Membership.objects.filter(person=who).count() == 3


@pytest.mark.parametrize(
    ("day", "inside"), [("2026-11-01", True), ("2026-12-31", True), ("2027-03-15", True), ("2027-03-16", False), ("2026-10-31", False)]
)
def test_a_season_may_run_over_the_new_year(day, inside):
    assert intervals.in_season(date.fromisoformat(day), "11-01", "03-15") is inside


def test_retained_membership_does_not_count_and_comes_back(two):
    _, a, _ = two
    who = make.member(a).person
    with pytest.raises(RuleViolation, match="不属于保留会籍"):
        standing.retain(actor=make.officer(a), membership=spell_of(who), reason="moved")
    standing.retain(actor=make.officer(a), membership=spell_of(who), reason="retired")
    assert (spell_of(who).standing, make.roll(a, "members")) == ("retained", 0)
    transfers.membership_return(actor=make.officer(a), membership=spell_of(who))
    assert make.roll(a, "members") == 1


def test_a_season_never_touches_somebody_in_transit_and_a_declined_transfer_leaves_the_retained_retained(two):
    _, a, b = two
    who = make.member(a).person
    standing.retain(actor=make.officer(a), membership=spell_of(who), reason="retired")
    row = transfers.transfer_open(actor=make.officer(a), membership=spell_of(who), target=b)
    with pytest.raises(RuleViolation, match="转出待接"):
        standing.seasonal_step(actor=make.system, spell=spell_of(who), resume=False)
    transfers.transfer_decline(actor=make.officer(b), transfer=row, reason="没有这名职工")
    assert spell_of(who).standing == "retained" and not list(verify.transfers_whole())


def test_the_pool_is_emptied_by_the_workplace_and_nobody_else_is_touched(two):
    town, a, _ = two
    pool = make.build("pool", "青石镇会员库", town)
    placed, waits = make.member(pool).person, make.member(pool).person
    make.employed(placed, a.employer)
    assert (jobs.placing()["done"], jobs.placing()["done"]) == (1, 0)
    assert (spell_of(placed).union, spell_of(waits).union) == (a, pool)
    assert (make.roll(a, "members"), make.roll(pool, "members")) == (1, 1)
