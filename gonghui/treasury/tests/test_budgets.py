"""Budgets: prepared, examined, approved, adjusted; stop and warning that fire. S209, BUD."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gonghui.accounts.enums import Role
from gonghui.approvals import services as approvals
from gonghui.core import clock, verify
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.finance import services as finance
from gonghui.treasury import services
from gonghui.treasury.enums import BudgetState, Control
from gonghui.treasury.models import Budget, Reservation
from gonghui.treasury.rules.items import Item, Row, find
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.selectors import prefill
from gonghui.treasury.services import budgets, guard
from gonghui.treasury.tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.system("S209")]
DAY = date(2025, 9, 2)  # the verified rule of Anhui is in force from 2025-08-21
ANHUI = "340100"


def drafted(union: Any, **more: Any) -> Budget:
    with clock.at(date(2025, 1, 10)):
        return budgets.budget_prepare(actor=make.maker(union), union=union, year=2025, rows=list(make.ROWS), **more)


def test_audit_committee_then_committee_then_it_is_in_force_and_reported() -> None:
    union = make.union()
    row = drafted(union)
    with clock.at(date(2025, 1, 12)):
        row = budgets.budget_submit(actor=make.maker(union), budget=row)
        assert [s.label for s in row.approval.steps.all()] == ["经费审查委员会审查", "工会委员会批准"]
        with pytest.raises(NotPermitted):
            make.approve(row.approval, make.chair(union))  # the committee does not come before the audit committee
        make.approve(row.approval, make.auditor(union), make.chair(union))
        row.refresh_from_db()
        assert (row.state, row.examined_on, row.approved_on) == (BudgetState.IN_FORCE, date(2025, 1, 12), date(2025, 1, 12))
        assert budgets.procedure(row).outcome is False  # not reported yet
        assert budgets.report_by(row) == date(2025, 2, 1)  # twenty days
        row = budgets.budget_report(actor=make.maker(union), budget=row)
        assert budgets.procedure(row).outcome is True
        city = make.someone(union.parent, Role.CITY, "city")
        assert budgets.budget_receive(actor=city, budget=row).received_on == date(2025, 1, 12)
        with pytest.raises(NotFound):
            budgets.budget_receive(actor=make.chair(union), budget=row)


def test_in_henan_the_union_above_approves_and_nobody_above_speaks_for_the_committee() -> None:
    union = make.union(area="410100")
    with clock.at(date(2025, 1, 12)):
        row = budgets.budget_submit(actor=make.maker(union), budget=drafted(union))
        steps = [s.label for s in row.approval.steps.all()]
        assert steps[-1] == "上一级工会批准" and len(steps) == 3
        above = make.someone(union.parent, Role.CHAIR, "shangji")
        make.approve(row.approval, make.auditor(union), above)
        row.approval.refresh_from_db()
        with pytest.raises(NotPermitted, match="本工会自己的人"):
            approvals.approval_decide(actor=make.someone(union.parent, Role.CITY, "city"), approval=row.approval, decision="approve")
        row.refresh_from_db()
        assert row.state == BudgetState.PENDING


def test_a_budget_with_a_hole_needs_its_reason_and_the_surplus_on_the_books_limits_its_use() -> None:
    union = make.union()
    row = drafted(union)
    rows = [*make.ROWS, Row("spending", "50501", 9_000_000)]
    with clock.at(date(2025, 1, 12)):
        row = budgets.budget_save(actor=make.maker(union), budget=row, rows=rows, carried_fen=0, control=Control.RULE, reason="")
        assert budgets.balance(row).outcome is False
        with pytest.raises(RuleViolation, match="动用的结余"):
            budgets.budget_submit(actor=make.maker(union), budget=row)
        row = budgets.budget_save(actor=make.maker(union), budget=row, rows=rows, carried_fen=6_000_000, control=Control.RULE, reason="")
        assert budgets.balance(row).outcome is True
        row.surplus_fen = 5_999_999
        assert budgets.balance(row).outcome is False  # one fen short on the books


def test_an_edit_voids_what_was_approved_and_the_old_figures_stand_until_all_agree() -> None:
    union = make.union()
    with clock.at(date(2025, 7, 1)):
        old = make.in_force(union)
        new = budgets.budget_adjust(actor=make.maker(union), budget=old, reason="增加困难帮扶")
        rows = [r for r in make.ROWS if r.account != "50404"] + [Row("spending", "50404", 2_000_000)]
        new = budgets.budget_save(
            actor=make.maker(union), budget=new, rows=rows, carried_fen=0, control=Control.RULE, reason="增加困难帮扶"
        )
        new = budgets.budget_submit(actor=make.maker(union), budget=new)
        assert reads.item_left(union, 2025, "50404").amount == 1_000_000
        with pytest.raises(Conflict):
            budgets.budget_save(actor=make.maker(union), budget=new, rows=rows, carried_fen=0, control=Control.RULE, reason="x")
        make.approve(new.approval, make.auditor(union), make.chair(union))
        old.refresh_from_db()
        assert (old.state, reads.item_left(union, 2025, "50404").amount) == (BudgetState.REPLACED, 2_000_000)
        third = budgets.budget_adjust(actor=make.maker(union), budget=Budget.objects.get(pk=new.pk))
        assert budgets.adjusting(third).outcome is False  # the second in one year
        with pytest.raises(RuleViolation, match="一年原则上只调整一次"):
            budgets.budget_submit(actor=make.maker(union), budget=third)


@pytest.mark.invariant("LED-10")
def test_above_the_budget_warns_where_the_text_is_not_verified_stops_in_anhui_and_where_the_committee_decided() -> None:
    for area, control, severity in (("371002", Control.RULE, "warn"), ("371002", Control.STOP, "block"), (ANHUI, Control.RULE, "block")):
        union = make.union(f"茶厂{area}{control}", area=area)
        with clock.at(date(2025, 10, 1)):
            make.in_force(union, control=control)
            within = make.voucher(union, 1_000_000, "hardship", DAY, checked=False)
            assert list(guard.check(within)) == []
            within.delete()
            over = make.voucher(union, 1_000_001, "hardship", DAY, checked=False)
            (found,) = guard.check(over)
            assert found.severity == severity and "超出 ¥0.01" in found.text
            if severity == "block":
                with pytest.raises(RuleViolation, match="超出"):
                    finance.voucher_check(actor=make.chair(union), voucher=over)
            else:
                finance.voucher_check(actor=make.chair(union), voucher=over)


def test_without_the_guard_the_same_voucher_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: it is this guard that stops."""
    from gonghui.finance import hooks

    union = make.union(area=ANHUI)
    with clock.at(date(2025, 10, 1)):
        over = make.voucher(union, 5_000, "hardship", DAY, checked=False)  # no budget at all
        with pytest.raises(RuleViolation, match="无预算"):
            finance.voucher_check(actor=make.chair(union), voucher=over)
        monkeypatch.setitem(hooks._guards, "budget", lambda voucher: ())
        assert finance.voucher_check(actor=make.chair(union), voucher=over).state == "checked"


def test_a_checked_voucher_counts_before_it_is_posted_so_two_cannot_share_one_balance() -> None:
    union = make.union(area=ANHUI)
    with clock.at(date(2025, 10, 1)):
        make.in_force(union)
        first = make.voucher(union, 600_000, "hardship", DAY)
        second = make.voucher(union, 600_000, "hardship", DAY, checked=False)
        with pytest.raises(RuleViolation, match=r"超出 ¥2,000\.00"):
            finance.voucher_check(actor=make.chair(union), voucher=second)
        finance.voucher_post(actor=make.cashier(union), voucher=first)
        assert reads.item_left(union, 2025, "50404").left == 400_000 and [f.severity for f in guard.check(second)] == ["block"]


def test_of_an_overdrawn_item_nothing_is_left_and_the_next_spending_still_gets_its_answer() -> None:
    union = make.union()  # where the text is not verified it only warns, so an item can be overdrawn
    with clock.at(date(2025, 10, 1)):
        make.in_force(union)
        make.posted(union, 1_000_001, "hardship", DAY)
        (found,) = guard.check(make.voucher(union, 100, "hardship", DAY, checked=False))
    assert found.severity == "warn" and "还剩 -¥0.01" in found.text and "超出 ¥1.01" in found.text


def test_a_plan_holds_its_part_until_its_voucher_is_posted_and_again_after_the_reversal() -> None:
    union = make.union(area=ANHUI)
    with clock.at(date(2025, 10, 1)):
        make.in_force(union)
        actor = make.maker(union)
        services.reserve(actor=actor, union=union, item="50105/festival", amount=2_000_000, source="spending.plan:1")
        assert reads.item_left(union, 2025, "50105", ["festival"]).left == 1_000_000
        assert reads.item_left(union, 2025, "50105").left == 1_000_000  # the other item is untouched
        with pytest.raises(RuleViolation, match="超出") as refused:
            services.reserve(actor=actor, union=union, item="50105/festival", amount=1_000_001, source="spending.plan:2")
        assert refused.value.decision and refused.value.facts["left"] == 1_000_000
        services.reserve(
            actor=actor, union=union, item="50105/festival", amount=3_000_000, source="spending.plan:1"
        )  # the same plan, larger
        voucher = make.posted(union, 2_900_000, "festival", DAY, source="spending.plan:1")
        assert Reservation.objects.get().state == "used" and reads.item_left(union, 2025, "50105", ["festival"]).left == 100_000
        with pytest.raises(Conflict):
            services.reserve(actor=actor, union=union, item="50105/festival", amount=1, source="spending.plan:1")
        back = finance.voucher_reverse(actor=make.maker(union), voucher=voucher, reason="重复")
        finance.voucher_post(actor=make.cashier(union), voucher=finance.voucher_check(actor=make.chair(union), voucher=back))
        assert Reservation.objects.get().state == "open" and reads.item_left(union, 2025, "50105", ["festival"]).left == 0
        assert services.release(actor=actor, source="spending.plan:1") is not None
        assert reads.item_left(union, 2025, "50105", ["festival"]).left == 3_000_000
        assert services.release(actor=actor, source="spending.plan:1") is None


@pytest.mark.invariant("LED-11")
def test_execution_equals_a_fresh_sum_of_the_postings() -> None:
    from gonghui.finance.selectors import ledger

    union = make.union()
    with clock.at(date(2025, 10, 1)):
        row = make.in_force(union)
        for n, event in enumerate(("festival", "hospital", "sports", "hardship", "publicity")):
            make.posted(union, 10_000 * (n + 1), event, DAY)
        state = reads.execution(row)
        done = {str(u.item): u.done for u in state.uses if u.done}
        assert done == {"50105/festival": 10_000, "50105": 20_000, "50102": 30_000, "50404": 40_000, "50103": 50_000}
        debit, credit = ledger.turnover(make.book(union), "5", date(2025, 1, 1), date(2025, 12, 31))
        assert state.total("spending", "done") == debit - credit
        assert [str(u.item) for u in state.uses if u.over] == ["50103"]  # spent without a budget stands in a row of its own
        seen = reads.consolidated(actor=make.system, union=union.parent, year=2025)
        assert seen.total("spending", "done") == debit - credit and seen.total("spending", "budget") == row.spending_fen


def test_next_year_is_prefilled_from_what_was_really_spent() -> None:
    union = make.union()
    with clock.at(date(2025, 12, 20)):
        make.in_force(union)
        make.posted(union, 1_234_567, "sports", DAY)
        rows, _members = prefill.rows_of(union, 2026)
        sports = next(r for r in rows if r.account == "50102")
        assert (sports.amount_fen, sports.last_fen) == (1_234_500, 1_234_567)
        made = budgets.budget_prepare(actor=make.maker(union), union=union, year=2026)
        assert made.lines.get(account="50102").amount_fen == 1_234_500
        with pytest.raises(Conflict):
            budgets.budget_prepare(actor=make.maker(union), union=union, year=2026)


def test_the_control_total_of_festivals_is_shown_with_its_ground() -> None:
    union = make.union(area="110101")
    with clock.at(date(2025, 3, 1)):
        row = make.in_force(union)
        assert budgets.festival(row) is not None and budgets.festival(row).outcome is True  # 30,000 of 100,000
        row.lines.filter(activity="festival").update(amount_fen=5_000_001)
        assert budgets.festival(row).outcome is False  # 50 % and one fen


def test_the_checks_of_budgets_find_what_was_changed_by_hand() -> None:
    union = make.union()
    with clock.at(date(2025, 3, 1)):
        row = make.in_force(union)
    assert verify.run(["LED-11-BUD", "BUD-HOLD"])["ok"]
    Budget.objects.filter(pk=row.pk).update(spending_fen=1, examined_on=None)
    (check,) = verify.run(["LED-11-BUD"])["checks"]
    assert len(check["failures"]) == 2


def test_a_posting_falls_on_the_closest_item() -> None:
    held = [Item("50105", "festival"), Item("50105"), Item("504")]
    assert find(held, "50105", ["festival"]) == Item("50105", "festival")
    assert find(held, "50105", ["hospital", ""]) == Item("50105")
    assert find(held, "50404") == Item("504")
    assert find(held, "50102") is None
