"""Off-establishment staff money (S212) and the three-way reconciliation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import kinds
from gonghui.core import clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.figures import services as figures
from gonghui.income import jobs, verify
from gonghui.income.enums import Cause, StaffState
from gonghui.income.models import Reconciliation, ReconLine, StaffCheck
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import recon as reads
from gonghui.income.selectors import staff as staff_reads
from gonghui.income.selectors import todo
from gonghui.income.services import dues, receipts, recon, staff
from gonghui.income.tests import make
from gonghui.members.services import standing
from gonghui.members.tests import make as members

pytestmark = pytest.mark.django_db
JANUARY = Period(date(2026, 1, 1), 1)


def _check(today=date(2026, 9, 1)):
    who = make.payer(channel="treasury", unit_kind="institution")
    with clock.at(today):
        jobs.reminders()
    return StaffCheck.objects.filter(employer=who.employer).first(), who


@pytest.mark.system("S212")
@pytest.mark.parametrize(("today", "reminded"), [(date(2026, 8, 31), False), (date(2026, 9, 1), True), (date(2026, 12, 31), True)])
def test_the_yearly_reminder_comes_with_the_rules_month(today, reminded):
    check, who = _check(today)
    assert (check is not None) is reminded
    with clock.at(today):
        jobs.reminders()
        titles = [i.title for i in kinds.read(todo.inbox(make.officer(who.union)))]
    assert StaffCheck.objects.count() == int(reminded)  # twice on a day is once
    assert titles == (["请核对非在编人员人数（2027 年度）：青石茶厂"] if reminded else [])


@pytest.mark.parametrize(("area", "said"), [("110105", True), ("371002", False)])
def test_where_a_text_of_the_place_asks_for_the_yearly_reminder_the_page_quotes_it(area, said):
    """R144 is a text of Beijing; elsewhere the month is the platform's own."""
    who = make.payer(area, channel="treasury", unit_kind="institution")
    with clock.at(date(2026, 9, 1)):
        jobs.reminders()
        check = StaffCheck.objects.get(employer=who.employer)
        page = accounts.client(accounts.officer((Role.FINANCE, who.union.path), name="何敏")).get(
            reverse("income:staff_check", args=[check.pk])
        )
    assert page.status_code == 200 and ("每年提醒一次的依据" in page.content.decode()) is said


def test_only_treasury_units_are_reminded():
    make.payer(channel="tax")
    with clock.at(date(2026, 9, 1)):
        jobs.reminders()
    assert not StaffCheck.objects.exists()


@pytest.mark.system("S212")
def test_both_sides_confirm_and_the_money_is_tracked_until_it_is_there():
    check, who = _check()
    unit, treasury = make.officer(who.union, Role.FINANCE, 1), make.officer(who.union, Role.CHAIR, 2)
    with clock.at(date(2026, 9, 10)):
        staff.unit_confirm(actor=unit, check=check, count=12, wage_fen=60_000_000)
        with pytest.raises(RuleViolation) as own:
            staff.finance_confirm(actor=make.officer(who.union, Role.CHAIR, 1), check=check, count=12, office="财政科")
        assert own.value.code == "income.same_hand"
        assert staff.finance_confirm(actor=treasury, check=check, count=11, office="财政科").state == StaffState.DIFFERS
        with pytest.raises(Conflict):
            staff.staff_arrive(actor=treasury, check=check, amount_fen=1, on=date(2026, 9, 10), reference="P0")
        row = staff.unit_confirm(actor=unit, check=check, count=11, wage_fen=55_000_000)
        assert (row.state, row.expected_fen) == (StaffState.CONFIRMED, 1_100_000)
    with clock.at(row.expected_on):
        assert not staff_reads.checks(treasury, state="late").exists()
    with clock.at(row.expected_on + timedelta(days=1)):
        assert staff_reads.checks(treasury, state="late").exists()
        assert [i.title for i in kinds.read(todo.inbox(treasury))] == ["非在编经费逾期未到账：青石茶厂"]
        with pytest.raises(RuleViolation):
            staff.staff_arrive(actor=treasury, check=row, amount_fen=1_100_001, on=clock.today(), reference="P1")
        part = staff.staff_arrive(actor=treasury, check=row, amount_fen=600_000, on=clock.today(), reference="P1")
        assert part.state == StaffState.PART
        with pytest.raises(Conflict):
            staff.staff_arrive(actor=treasury, check=row, amount_fen=100_000, on=clock.today(), reference="P1")
        done = staff.staff_arrive(actor=treasury, check=row, amount_fen=500_000, on=clock.today(), reference="P2")
        assert done.state == StaffState.ARRIVED
        assert kinds.read(todo.inbox(treasury)) == []


def test_nobody_off_establishment_is_an_answer_too():
    check, who = _check()
    with clock.at(date(2026, 9, 10)):
        with pytest.raises(RuleViolation):
            staff.unit_confirm(actor=make.officer(who.union), check=check, count=3, wage_fen=0)
        staff.unit_confirm(actor=make.officer(who.union), check=check, count=0, wage_fen=0)
        row = staff.finance_confirm(actor=make.officer(who.union, Role.CHAIR, 2), check=check, count=0, office="财政科")
    assert row.state == StaffState.ARRIVED


# -- reconciliation --------------------------------------------------------------------------------------------------


@pytest.mark.system("S211")
@pytest.mark.invariant("INC-04")
def test_every_difference_has_one_cause_and_they_sum():
    """Retained, leaver, pays elsewhere, joined late, no base, arrears, other base, left but paid, stranger, unclaimed."""
    firm, union, _town = make.shop()
    crew = make.crew(union, [526_800, 526_800, 526_800, 526_800, None, 526_800, 526_800])
    paying, retained, leaver, elsewhere, baseless, owing, other = crew
    late = members.member(union, date(2026, 1, 20))
    gone = members.member(union, date(2024, 1, 1))
    stranger = members.member(make.shop(name="乙岸瓷厂")[1])
    members.employed(leaver.person, firm)

    leaver.person.employments.update(until=date(2025, 12, 1))
    with clock.at(date(2026, 1, 5)):
        standing.retain(actor=make.system, membership=retained, reason="retired")
    gone.__class__.objects.filter(pk=gone.pk).update(until=date(2026, 1, 10), ended="left")
    listing = make.listing(union)
    far = stranger.union
    far_list = make.listing(far)
    with clock.at(date(2026, 2, 1)):
        row = [
            dues.Arrived(2630, paying.person_id, "id"), dues.Arrived(2000, other.person_id, "id"), dues.Arrived(900, gone.person_id, "id"),
            dues.Arrived(800, stranger.person_id, "id"), dues.Arrived(700, None, "unknown", "外来人"),
        ]  # fmt: skip
        dues.payments_post(actor=make.system, listing=listing, on=date(2026, 2, 1), rows=row)
        dues.payments_post(actor=make.system, listing=far_list, on=date(2026, 2, 1), rows=[dues.Arrived(2630, elsewhere.person_id, "id")])
        figures.reported_put(actor=make.system, union=union, key="members", on=date(2025, 12, 31), claimed="12", source="年报")
        made = recon.recon_make(actor=make.system, union=union, period=JANUARY)
    why = dict(made.lines.filter(axis="dues").exclude(person=None).values_list("person_id", "cause"))
    assert why == {
        retained.person_id: "retained", leaver.person_id: "leaver", elsewhere.person_id: "elsewhere", baseless.person_id: "no_base", owing.person_id: "arrears",
        other.person_id: "other_base", late.person_id: "joined_late", gone.person_id: "left_paid", stranger.person_id: "not_member",
    }  # fmt: skip
    sides = {s.axis: s for s in reads.sides(made)}
    assert (made.registered, made.payers, sides["dues"].count) == (8, 4, 4)
    assert all(s.explained for s in sides.values())
    told = {r.cause: r.count for r in reads.by_cause(made) if r.axis == "reported"}
    assert told == {Cause.JOINED_SINCE: -1, Cause.LEFT_SINCE: 2, Cause.UNEXPLAINED: 4}  # 8 counted then, 7 now, 12 claimed
    assert list(verify.causes_whole()) == []
    ReconLine.objects.filter(recon=made, cause="arrears").update(count=2)
    assert len(list(verify.causes_whole())) == 1  # negative control


def test_contributions_are_compared_by_employer_and_nothing_is_changed():
    who = make.payer()
    for _n in range(3):
        members.employed(members.person(), who.employer)
    row = make.declared(who, workers=5)
    with clock.at(date(2026, 2, 10)):
        receipts.receipt_take(actor=make.system, declaration=row, amount_fen=100_000, on=date(2026, 2, 10))
        made = recon.recon_make(actor=make.system, union=who.union, period=JANUARY)
    found = {(x.cause, x.count, x.fen) for x in made.lines.filter(axis="levy")}
    assert found == {("other_base", -2, 0), ("arrears", 0, 700_000)}


def test_a_reconciliation_follows_the_cut_of_the_collection_lists():
    """Dues collected by the quarter are not looked for in a month: the refusal names the period to take; the quarter itself is fine."""
    who = make.payer()
    make.crew(who.union, [526_800] * 2)
    quarter = Period(date(2026, 1, 1), 3)
    with clock.at(date(2026, 4, 2)):
        listing = dues.list_make(actor=make.system, union=who.union, period=quarter)
        for item in listing.items.all():
            dues.payments_post(
                actor=make.system, listing=listing, on=clock.today(), rows=[dues.Arrived(item.due_fen, item.person_id, "id")]
            )
        with pytest.raises(RuleViolation, match="2026 年第 1 季度核对") as wrong:
            recon.recon_make(actor=make.system, union=who.union, period=JANUARY)
        assert wrong.value.code == "income.other_cut"
        made = recon.recon_make(actor=make.system, union=who.union, period=quarter)
        assert recon.recon_make(actor=make.system, union=who.union, period=Period(date(2025, 12, 1), 1)) is not None  # no list lies there
    assert not made.lines.filter(axis="dues").exists()
    assert reads.last_listed(who.union) == quarter


def test_differences_are_settled_with_a_reason_and_can_be_opened_again():
    who = make.payer()
    make.crew(who.union, [526_800] * 2)
    clerk = make.officer(who.union)
    with clock.at(date(2026, 2, 1)):
        made = recon.recon_make(actor=clerk, union=who.union, period=JANUARY)
        ids = list(made.lines.values_list("pk", flat=True))
        with pytest.raises(RuleViolation):
            recon.lines_settle(actor=clerk, recon=made, lines=ids, reason=" ")
        assert recon.lines_settle(actor=clerk, recon=made, lines=ids, reason="二月补扣") == len(ids)
        assert recon.lines_settle(actor=clerk, recon=made, lines=ids, reason="再写") == 0
        recon.line_reopen(actor=clerk, line=made.lines.first())
    assert made.lines.filter(state="open").count() == 1
    assert Reconciliation.objects.count() == 1
