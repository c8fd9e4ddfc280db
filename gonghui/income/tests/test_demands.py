"""From arrears to the payment order; late fees by place; waivers and refunds with approval."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.approvals import kinds
from gonghui.approvals import services as approvals
from gonghui.approvals.enums import Decision
from gonghui.core import clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.income import verify
from gonghui.income.enums import CaseState, DemandState
from gonghui.income.models import Receipt, Refund
from gonghui.income.selectors import todo
from gonghui.income.services import demands, payers, receipts, refunds
from gonghui.income.tests import make
from gonghui.orgs.tests import make as orgs

pytestmark = pytest.mark.django_db
BEIJING, CHONGQING, SHANDONG = "110105", "500103", "371002"


def _demand(area=SHANDONG, today=date(2026, 2, 25)):
    row = make.declared(make.payer(area))
    with clock.at(today):
        return demands.demand_issue(actor=make.system, payer=row.payer)


@pytest.mark.system("S211")
@pytest.mark.parametrize(("today", "ok"), [(date(2026, 2, 15), False), (date(2026, 2, 16), True)])
def test_a_demand_needs_something_overdue(today, ok):
    """On the due day nothing is overdue; the day after it is."""
    row = make.declared(make.payer())
    with clock.at(today):
        if not ok:
            with pytest.raises(RuleViolation) as refused:
                demands.demand_issue(actor=make.system, payer=row.payer)
            assert refused.value.code == "income.no_arrears"
            return
        demand = demands.demand_issue(actor=make.system, payer=row.payer)
        assert (demand.claimed_fen, demand.number, demand.deadline_on) == (800_000, 1, today + timedelta(days=15))
        with pytest.raises(Conflict) as open_:
            demands.demand_issue(actor=make.system, payer=row.payer)
    assert open_.value.code == "income.demand_open"


@pytest.mark.system("S211")
@pytest.mark.parametrize(
    ("area", "on", "fee"),
    [
        (SHANDONG, date(2026, 2, 25), 0),
        (BEIJING, date(2026, 2, 25), 40_000),
        (BEIJING, date(2026, 10, 23), 1_000_000),
        (CHONGQING, date(2026, 3, 12), 0),
        (CHONGQING, date(2026, 3, 13), 4_000),
        (CHONGQING, date(2026, 9, 27), 796_000),
        (CHONGQING, date(2026, 9, 28), 800_000),
        (CHONGQING, date(2026, 9, 29), 800_000),
    ],
)
def test_the_late_fee_is_the_places_with_its_cap(area, on, fee):
    """No fee without a local rule; Beijing 5 ‰ a day from the due day without cap; Chongqing from the letter's deadline, capped."""
    demand = _demand(area)
    with clock.at(on):
        assert demands.fee_refresh(actor=make.system, demand=demand).fee_fen == fee


def test_the_last_fen_closes_the_demand_and_the_fee_keeps_it_open():
    demand = _demand(BEIJING)
    owed = demand.lines.get().declaration
    with clock.at(date(2026, 2, 25)):
        receipts.receipt_take(actor=make.system, declaration=owed, amount_fen=800_000, on=date(2026, 2, 25))
        demand.refresh_from_db()
        assert demand.state == DemandState.ISSUED  # 400 yuan of late fee are still owed
        with pytest.raises(RuleViolation):
            receipts.fee_take(actor=make.system, demand=demand, amount_fen=40_001, on=date(2026, 2, 25))
        receipts.fee_take(actor=make.system, demand=demand, amount_fen=40_000, on=date(2026, 2, 25))
    demand.refresh_from_db()
    assert (demand.state, demand.closed_on) == (DemandState.PAID, date(2026, 2, 25))
    assert Receipt.objects.get(kind="late_fee").shares.count() == 0


@pytest.mark.system("S211")
def test_the_payment_order_is_over_the_undisputed_part():
    demand = _demand(BEIJING)
    late = demand.deadline_on + timedelta(days=1)
    with clock.at(demand.deadline_on):
        early = demands.order_slip(demand, clock.today())
        assert early.outcome is False  # the deadline has not passed
        with pytest.raises(RuleViolation) as refused:
            demands.order_apply(actor=make.system, demand=demand, court="朝阳区人民法院")
        assert refused.value.code == "income.order_not_ready"
    with clock.at(late):
        demands.demand_dispute(actor=make.system, demand=demand, disputed_fen=300_000, words="人数不对")
        with pytest.raises(RuleViolation, match="法院"):
            demands.order_apply(actor=make.system, demand=demand, court=" ")
        row = demands.order_apply(actor=make.system, demand=demand, court="朝阳区人民法院")
        assert (row.order_fen, row.state) == (500_000, DemandState.APPLIED)
        assert row.slip
        with pytest.raises(RuleViolation, match="案号"):
            demands.demand_move(actor=make.system, demand=row, to=DemandState.ORDERED)
        row = demands.demand_move(actor=make.system, demand=row, to=DemandState.ORDERED, order_no="（2026）京0105民督1号", order_on=late)
        row = demands.demand_move(actor=make.system, demand=row, to=DemandState.ENFORCING, words="拒不履行")
        with pytest.raises(Conflict):
            demands.demand_move(actor=make.system, demand=row, to=DemandState.WITHDRAWN, words="撤回")
    assert row.state == DemandState.ENFORCING


def test_all_disputed_leaves_nothing_to_order():
    demand = _demand()
    with clock.at(date(2026, 4, 1)):
        with pytest.raises(RuleViolation):
            demands.demand_dispute(actor=make.system, demand=demand, disputed_fen=800_001, words="多了一分")
        demands.demand_dispute(actor=make.system, demand=demand, disputed_fen=800_000, words="全部不认")
        with pytest.raises(RuleViolation) as refused:
            demands.order_apply(actor=make.system, demand=demand, court="法院", reason="先申请")
    assert refused.value.code == "income.order_nothing"


def test_a_demand_past_its_deadline_waits_in_the_inbox():
    demand = _demand()
    clerk = make.officer(demand.union)
    with clock.at(demand.deadline_on):
        assert kinds.read(todo.inbox(clerk)) == []
    with clock.at(demand.deadline_on + timedelta(days=1)):
        assert [i.title for i in kinds.read(todo.inbox(clerk))] == ["催缴期满仍未缴：青石茶厂"]


# -- waiver ----------------------------------------------------------------------------------------------------------


def test_a_late_fee_is_given_up_only_by_approval_of_another():
    demand = _demand(BEIJING)
    clerk, head = make.clerk(demand.union), make.clerk(demand.union, Role.FINANCE_HEAD)
    with clock.at(date(2026, 2, 25)):
        with pytest.raises(RuleViolation) as much:
            demands.waiver_ask(actor=clerk, demand=demand, amount_fen=40_001, reason="经营困难")
        assert much.value.code == "income.waiver_range"
        waiver = demands.waiver_ask(actor=head, demand=demand, amount_fen=30_000, reason="经营困难")
        with pytest.raises(Exception, match="自己"):
            approvals.approval_decide(actor=head, approval=waiver.approval, decision=Decision.APPROVE)
        demand.refresh_from_db()
        assert demand.fee_waived_fen == 0
        other = make.clerk(demand.union, Role.FINANCE_HEAD)
        approvals.approval_decide(actor=other, approval=waiver.approval, decision=Decision.APPROVE)
    demand.refresh_from_db()
    waiver.refresh_from_db()
    assert (demand.fee_waived_fen, waiver.state) == (30_000, CaseState.DONE)
    with clock.at(date(2026, 2, 25)), pytest.raises(RuleViolation):
        receipts.fee_take(actor=make.system, demand=demand, amount_fen=10_001, on=date(2026, 2, 25))


# -- refunds ---------------------------------------------------------------------------------------------------------


def _paid_2024(area: str, uploaded: int, **more):
    """A payer whose uploaded part of 2024 is exactly this."""
    who = make.payer(area, since=date(2024, 1, 1), **more)
    levy = uploaded * 5 // 2 if area != "350102" else uploaded * 5
    row = make.declared(who, date(2024, 1, 1), base=levy * 50)
    with clock.at(date(2024, 3, 1)):
        receipts.receipt_take(actor=make.system, declaration=row, amount_fen=row.levy_fen, on=date(2024, 3, 1))
    return who


@pytest.mark.system("S211")
@pytest.mark.parametrize(
    ("area", "uploaded", "code"),
    [
        (SHANDONG, 999_998, ""),
        (SHANDONG, 1_000_000, "income.refund_not_due"),
        (SHANDONG, 1_000_002, "income.refund_not_due"),
        ("350102", 499_999, ""),
        ("350102", 500_000, "income.refund_not_due"),
    ],
)
def test_small_payers_get_the_uploaded_part_back_below_the_line(area, uploaded, code):
    who = _paid_2024(area, uploaded)
    with clock.at(date(2024, 12, 31)):
        if code:
            with pytest.raises(RuleViolation) as refused:
                refunds.refund_propose(actor=make.system, payer=who, kind="small", since=date(2024, 1, 1), to_union=who.union)
            assert refused.value.code == code
        else:
            row = refunds.refund_propose(actor=make.clerk(who.union), payer=who, kind="small", since=date(2024, 1, 1), to_union=who.union)
            assert row.amount_fen == uploaded


@pytest.mark.parametrize(("today", "code"), [(date(2025, 1, 1), "income.refund_unknown")])
def test_outside_the_window_nobody_can_tell(today, code):
    """The national paper ended on 2024-12-31; a place without its own says unknown, never yes."""
    who = _paid_2024(SHANDONG, 100_000)
    with clock.at(today), pytest.raises(RuleViolation) as refused:
        refunds.refund_propose(actor=make.system, payer=who, kind="small", since=date(2024, 1, 1), to_union=who.union)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "code"), [("private", ""), ("state_enterprise", "income.refund_not_due"), ("organ", "income.refund_not_due")]
)
def test_guangdong_leaves_state_units_out(kind, code):
    who = make.payer("440106", since=date(2024, 10, 1), unit_kind=kind)
    row = make.declared(who, date(2024, 10, 1), base=10_000_000)
    with clock.at(date(2025, 10, 8)):
        receipts.receipt_take(actor=make.system, declaration=row, amount_fen=row.levy_fen, on=date(2024, 12, 1))
        if code:
            with pytest.raises(RuleViolation) as refused:
                refunds.refund_propose(actor=make.system, payer=who, kind="small", since=date(2024, 10, 1), to_union=who.union)
            assert refused.value.code == code
        else:
            refunds.refund_propose(actor=make.clerk(who.union), payer=who, kind="small", since=date(2024, 10, 1), to_union=who.union)


def test_only_one_refund_for_one_stretch_of_time():
    who = _paid_2024(SHANDONG, 100_000)
    clerk, head = make.clerk(who.union), make.clerk(who.union, Role.FINANCE_HEAD)
    with clock.at(date(2024, 12, 1)):
        first = refunds.refund_propose(actor=clerk, payer=who, kind="small", since=date(2024, 1, 1), to_union=who.union)
        for since in (date(2024, 1, 1), date(2024, 6, 1)):
            with pytest.raises(Conflict) as twice:
                refunds.refund_propose(actor=clerk, payer=who, kind="small", since=since, to_union=who.union)
            assert twice.value.code == "income.refund_once"
        approvals.approval_decide(actor=head, approval=first.approval, decision=Decision.REFUSE, opinion="资料不全")
        again = refunds.refund_propose(actor=clerk, payer=who, kind="small", since=date(2024, 1, 1), to_union=who.union)
        with pytest.raises(Conflict):
            refunds.refund_pay(actor=clerk, refund=again, on=date(2024, 12, 1), reference="F1")
        approvals.approval_decide(actor=head, approval=again.approval, decision=Decision.APPROVE)
        again.refresh_from_db()
        with pytest.raises(RuleViolation, match="流水号"):
            refunds.refund_pay(actor=clerk, refund=again, on=date(2024, 12, 1), reference=" ")
        done = refunds.refund_pay(actor=clerk, refund=again, on=date(2024, 12, 1), reference="F1")
    assert done.state == CaseState.DONE
    assert list(verify.refunded_once()) == []


@pytest.mark.parametrize(("today", "open_"), [(date(2024, 11, 30), True), (date(2024, 12, 1), False)])
def test_a_window_is_judged_when_its_last_month_has_begun(today, open_):
    """Before that more money may still come and lift the payer over the line."""
    who = _paid_2024(SHANDONG, 100_000)
    with clock.at(today):
        if open_:
            with pytest.raises(RuleViolation) as early:
                refunds.refund_propose(actor=make.system, payer=who, kind="small", since=date(2024, 1, 1), to_union=who.union)
            assert early.value.code == "income.window_open"
        else:
            refunds.refund_propose(actor=make.clerk(who.union), payer=who, kind="small", since=date(2024, 1, 1), to_union=who.union)


def test_two_refunds_that_overlap_are_found():
    """Negative control of the nightly check: written around the service."""
    who = _paid_2024(SHANDONG, 100_000)
    for since in (date(2024, 1, 1), date(2024, 2, 1)):
        Refund.objects.create(
            payer=who,
            union=who.union,
            to_union=who.union,
            kind="small",
            since=since,
            until=clock.add_months(since, 12),
            uploaded_fen=1,
            amount_fen=1,
            by="x",
        )
    assert len(list(verify.refunded_once())) == 1


@pytest.mark.system("S211")
def test_preparation_money_is_held_for_the_union_to_come_and_goes_back_to_it():
    town = orgs.township("筹备镇总工会", area=CHONGQING)
    firm = orgs.employer(town, "筹备瓷厂")
    who = payers.payer_open(
        actor=make.system, employer=firm, union=town, since=date(2026, 1, 1), kind="preparation", helped_since=date(2025, 6, 1)
    )
    row = make.declared(who)
    clerk = make.clerk(town, Role.TOWNSHIP)
    with clock.at(date(2026, 2, 10)):
        receipt = receipts.receipt_take(actor=clerk, declaration=row, amount_fen=800_000, on=date(2026, 2, 10))
        assert (receipt.kind, receipt.shares.count()) == ("preparation", 0)
        with pytest.raises(RuleViolation) as early:
            refunds.preparation_return(actor=clerk, payer=who, to_union=town)
        assert early.value.code == "income.no_union_yet"
    union = orgs.own_union(firm, town, area=CHONGQING)
    with clock.at(date(2026, 3, 1)):
        slip = refunds.preparation_slip(type(who).objects.get(pk=who.pk), date(2026, 3, 1))
        assert slip.values["refund"] is True
        back = refunds.preparation_return(actor=clerk, payer=who, to_union=union)
        assert (back.amount_fen, back.to_union_id) == (800_000, union.pk)
        with pytest.raises(Conflict):
            refunds.preparation_return(actor=clerk, payer=who, to_union=union)
