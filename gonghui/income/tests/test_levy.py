"""Contributions through the services: base, due day, receipt, shares, reversal, remittance."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.finance import services as finance
from gonghui.finance.enums import VoucherState
from gonghui.income import verify
from gonghui.income.enums import DeclarationState, Level
from gonghui.income.models import Declaration, Receipt, Remittance, Share
from gonghui.income.selectors import levy as reads
from gonghui.income.services import declarations, payers, posting, receipts
from gonghui.income.tests import make
from gonghui.policy import services as policy

pytestmark = pytest.mark.django_db
JANUARY = date(2026, 1, 1)


def _faults(look):
    return list(look())


@pytest.mark.system("S211")
def test_the_base_follows_the_statutory_components():
    """Bonus and overtime count, welfare does not, dispatched pay only by the place's word; 2 % of it, due on the 15th."""
    who = make.payer()
    amounts = {"time_wage": 30_000_000, "bonus": 5_000_000, "overtime": 1_500_055, "welfare": 9_000_000, "dispatched": 2_000_000}
    with clock.at(date(2026, 2, 1)):
        with pytest.raises(BadInput) as unknown:
            declarations.declaration_make(actor=make.system, payer=who, since=JANUARY, amounts=amounts, workers=80)
        assert (unknown.value.code, unknown.value.facts["items"]) == ("income.component_unknown", ["dispatched"])
        row = declarations.declaration_make(
            actor=make.system, payer=who, since=JANUARY, amounts=amounts, workers=80, local_in={"dispatched": True, "welfare": True}
        )
    assert row.base_fen == 38_500_055
    assert row.levy_fen == 770_001  # 385,000.55 × 2 % = 7,700.011
    assert (row.due_on, row.state) == (date(2026, 2, 15), DeclarationState.DECLARED)
    counts = dict(row.components.values_list("item", "counts"))
    assert counts == {"time_wage": True, "bonus": True, "overtime": True, "welfare": False, "dispatched": True}
    assert "第四十三条" in row.basis["levy"]
    why = dict(row.components.values_list("item", "why"))
    assert (
        "第四条（1990-01-01 起）" in why["bonus"] and "第十一条" not in why["bonus"]
    )  # each item cites the clause it stands in, with its date
    assert "第十一条（1990-01-01 起）" in why["welfare"] and "第四条" not in why["welfare"]


@pytest.mark.parametrize(("today", "ok"), [(date(2026, 1, 31), False), (date(2026, 2, 1), True)])
def test_a_period_is_declared_once_it_is_over(today, ok):
    who = make.payer()
    if ok:
        assert make.declared(who, today=today).levy_fen == 800_000
        with pytest.raises(Conflict, match="已经申报"):
            make.declared(who, today=today)
    else:
        with pytest.raises(RuleViolation) as refused:
            make.declared(who, today=today)
        assert refused.value.code == "income.not_over"


def test_a_quarter_is_due_after_its_last_month():
    row = make.declared(make.payer(cycle="quarterly"), date(2025, 11, 1), today=date(2026, 1, 2))
    assert (row.since, row.months, row.due_on) == (date(2025, 10, 1), 3, date(2026, 1, 15))


@pytest.mark.system("S211")
@pytest.mark.invariant("LED-07")
@pytest.mark.parametrize("amount", [1, 3, 799_999, 800_000])
def test_a_receipt_is_shared_to_the_fen(amount):
    row = make.declared(make.payer())
    with clock.at(date(2026, 2, 10)):
        receipt = receipts.receipt_take(actor=make.system, declaration=row, amount_fen=amount, on=date(2026, 2, 10))
    parts = dict(receipt.shares.values_list("level", "amount_fen"))
    assert sum(parts.values()) == amount
    assert parts["keep"] * 5 >= amount * 3
    assert _faults(verify.shares_whole) == []


def test_a_share_that_is_missing_is_found():
    """Negative control of the nightly check."""
    row = make.declared(make.payer())
    with clock.at(date(2026, 2, 10)):
        receipt = receipts.receipt_take(actor=make.system, declaration=row, amount_fen=100, on=date(2026, 2, 10))
    Share.objects.create(receipt=receipt, level=Level.CITY, amount_fen=1)
    assert len(_faults(verify.shares_whole)) == 1


@pytest.mark.parametrize(("place", "keep"), [("371002", 480_000), ("350102", 640_000)])
def test_the_split_is_the_places(place, keep):
    """Fujian sends up one fifth, elsewhere two fifths."""
    row = make.declared(make.payer(place))
    with clock.at(date(2026, 2, 10)):
        receipt = receipts.receipt_take(actor=make.system, declaration=row, amount_fen=800_000, on=date(2026, 2, 10))
    assert receipt.shares.get(level="keep").amount_fen == keep


def test_a_provinces_own_division_is_used_from_its_day():
    """1 : 2 : 4 between province, city and county by local value; the odd fen goes by largest remainder."""
    who = make.payer()
    for param, value in (("province", 1), ("city", 2), ("county", 4)):
        policy.local_value_set(
            actor=make.system, key="income.levy_middle", param=param, unit_path=who.union.path[:4], unit_name="省", value=value, since=date(2026, 2, 5),
            source="省总工会分成规定",
        )  # fmt: skip
    row = make.declared(who)
    with clock.at(date(2026, 2, 20)):
        before = receipts.receipt_take(actor=make.system, declaration=row, amount_fen=1001, on=date(2026, 2, 4))
        after = receipts.receipt_take(actor=make.system, declaration=row, amount_fen=1001, on=date(2026, 2, 5))
    assert dict(before.shares.values_list("level", "amount_fen")) == {"keep": 601, "top": 50, "county": 350}
    assert dict(after.shares.values_list("level", "amount_fen")) == {"keep": 601, "top": 50, "province": 50, "city": 100, "county": 200}


def test_money_is_never_more_than_owed_and_a_transfer_counts_once():
    row = make.declared(make.payer())
    with clock.at(date(2026, 2, 10)):
        with pytest.raises(RuleViolation) as over:
            receipts.receipt_take(actor=make.system, declaration=row, amount_fen=800_001, on=date(2026, 2, 10))
        assert over.value.code == "income.over_paid"
        receipts.receipt_take(actor=make.system, declaration=row, amount_fen=300_000, on=date(2026, 2, 10), reference="B001")
        with pytest.raises(Conflict) as twice:
            receipts.receipt_take(actor=make.system, declaration=row, amount_fen=300_000, on=date(2026, 2, 10), reference="B001")
        assert twice.value.code == "income.reference_twice"
        row.refresh_from_db()
        assert (row.paid_fen, row.state) == (300_000, DeclarationState.DECLARED)
        receipts.receipt_take(actor=make.system, declaration=row, amount_fen=500_000, on=date(2026, 2, 11 - 1))
    row.refresh_from_db()
    assert (row.paid_fen, row.state) == (800_000, DeclarationState.PAID)
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2]  # the refused one left no gap


def test_a_reversal_takes_everything_back_once():
    row = make.declared(make.payer())
    with clock.at(date(2026, 2, 10)):
        receipt = receipts.receipt_take(actor=make.system, declaration=row, amount_fen=800_000, on=date(2026, 2, 10))
        red = receipts.receipt_reverse(actor=make.system, receipt=receipt, reason="记错单位")
        with pytest.raises(Conflict) as again:
            receipts.receipt_reverse(actor=make.system, receipt=receipt, reason="再来一次")
        with pytest.raises(Conflict):
            receipts.receipt_reverse(actor=make.system, receipt=red, reason="冲销冲销")
    assert again.value.code == "income.reversed"
    assert Share.objects.aggregate(n=Sum("amount_fen"))["n"] == 0
    row.refresh_from_db()
    assert (row.paid_fen, row.state) == (0, DeclarationState.DECLARED)
    assert AuditEntry.objects.filter(verb="income.receipt.reversed").count() == 1
    assert _faults(verify.money_on_periods) == _faults(verify.receipts_gapless) == []


@pytest.mark.parametrize("model", [Receipt, Share])
def test_money_records_are_never_changed(model):
    row = make.declared(make.payer())
    with clock.at(date(2026, 2, 10)):
        receipts.receipt_take(actor=make.system, declaration=row, amount_fen=800_000, on=date(2026, 2, 10))
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(amount_fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.first().delete()


def test_a_correction_keeps_the_old_and_needs_the_money_back_first():
    row = make.declared(make.payer())
    with clock.at(date(2026, 2, 10)):
        receipt = receipts.receipt_take(actor=make.system, declaration=row, amount_fen=800_000, on=date(2026, 2, 10))
        with pytest.raises(RuleViolation) as held:
            declarations.declaration_correct(actor=make.system, declaration=row, amounts={"time_wage": 100}, workers=1, reason="漏报")
        assert held.value.code == "income.has_money"
        receipts.receipt_reverse(actor=make.system, receipt=receipt, reason="更正申报")
        fresh = declarations.declaration_correct(
            actor=make.system, declaration=row, amounts={"time_wage": make.WAGE, "bonus": 1_000_000}, workers=101, reason="漏报奖金"
        )
    row.refresh_from_db()
    assert (row.state, fresh.replaces_id, fresh.levy_fen) == (DeclarationState.VOID, row.pk, 820_000)


def test_what_goes_up_is_never_more_than_what_is_held():
    who = make.payer()
    row = make.declared(who)
    with clock.at(date(2026, 2, 10)):
        receipts.receipt_take(actor=make.system, declaration=row, amount_fen=800_000, on=date(2026, 2, 10))
        union = who.union
        assert reads.to_send(union) == 320_000
        with pytest.raises(RuleViolation) as over:
            receipts.remit(actor=make.system, union=union, amount_fen=320_001, on=date(2026, 2, 10))
        assert over.value.code == "income.over_held"
        sent = receipts.remit(actor=make.system, union=union, amount_fen=320_000, on=date(2026, 2, 10))
        assert reads.to_send(union) == 0
        receipts.remit_reverse(actor=make.system, remittance=sent, reason="退汇")
        assert reads.to_send(union) == 320_000
    assert Remittance.objects.aggregate(n=Sum("amount_fen"))["n"] == 0


def test_the_calendar_lists_what_is_over_and_is_safe_to_run_twice():
    who = make.payer(since=date(2025, 11, 1))
    with clock.at(date(2026, 2, 1)):
        assert payers.periods_open(actor=make.system) == 3
        assert payers.periods_open(actor=make.system) == 0
    make.declared(who)
    assert Declaration.objects.filter(payer=who, state="expected").count() == 2


def test_a_list_of_the_tax_bureau_is_declared_and_paid_at_once():
    who = make.payer(channel="tax", cycle="quarterly")
    with clock.at(date(2026, 4, 20)):
        made = declarations.declarations_take(actor=make.system, union=who.union, since=JANUARY, months=3, rows={who.pk: (40, 1_000_000)})
        again = declarations.declarations_take(actor=make.system, union=who.union, since=JANUARY, months=3, rows={who.pk: (40, 9)})
        assert ([d.levy_fen for d in made], again) == ([20_000], [])
        receipts.receipts_take(actor=make.system, union=who.union, rows=[(made[0], 20_000, date(2026, 4, 12))])
        with pytest.raises(Conflict):
            receipts.receipts_take(actor=make.system, union=who.union, rows=[(made[0], 20_000, date(2026, 4, 12))])
    assert Declaration.objects.get().state == DeclarationState.PAID
    assert _faults(verify.money_on_periods) == []


def test_a_receipt_drafts_its_voucher_and_a_reversal_takes_it_back():
    who = make.payer()
    with clock.at(date(2026, 1, 1)):
        finance.book_open(actor=make.system, union=who.union, since=date(2026, 1, 1))
    row = make.declared(who)
    with clock.at(date(2026, 2, 10)):
        receipt = receipts.receipt_take(actor=make.officer(who.union), declaration=row, amount_fen=800_000, on=date(2026, 2, 10))
        voucher = posting.vouchers(receipt)[0]
        assert (voucher.total_fen, voucher.state, voucher.maker_ref) == (800_000, VoucherState.DRAFT, "user:1")
        assert {(x.account, x.credit) for x in voucher.lines if x.credit} == {("402", 480_000), ("211", 320_000)}
        receipts.receipt_reverse(actor=make.officer(who.union), receipt=receipt, reason="记错单位")
    assert posting.vouchers(receipt) == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CHAIR, Role.CITY])
def test_who_only_reads_may_not_take_money(role):
    row = make.declared(make.payer())
    with clock.at(date(2026, 2, 10)), pytest.raises(NotPermitted):
        receipts.receipt_take(actor=make.officer(row.union, role), declaration=row, amount_fen=1, on=date(2026, 2, 10))
    assert not Receipt.objects.exists()


def test_a_stranger_sees_nothing():
    row = make.declared(make.payer())
    other = make.payer(name="乙岸瓷厂")
    with clock.at(date(2026, 2, 10)), pytest.raises(NotFound):
        receipts.receipt_take(actor=make.officer(other.union), declaration=row, amount_fen=1, on=date(2026, 2, 10))
    assert not reads.declarations(make.officer(other.union)).exists()


def test_one_employer_pays_in_one_place():
    who = make.payer()
    with pytest.raises(Conflict):
        payers.payer_open(actor=make.system, employer=who.employer, union=who.union, since=JANUARY)
    who.employer.refresh_from_db()
    with pytest.raises(RuleViolation):
        payers.payer_open(actor=make.system, employer=who.employer, union=who.union, since=JANUARY, kind="preparation")
