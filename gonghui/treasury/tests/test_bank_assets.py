"""Statements and matching, reconciliation, assets, clothing, depreciation, funding projects. S210, S214, S220."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.accounts.enums import Role
from gonghui.core import clock, verify
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.files.imports import services as imports
from gonghui.finance import services as finance
from gonghui.members.tests import make as members
from gonghui.treasury.enums import AssetState
from gonghui.treasury.models import Asset, AssetEvent, BankEntry, Match, Wearing
from gonghui.treasury.rules import matching, wear
from gonghui.treasury.rules.matching import BankSide, BookSide
from gonghui.treasury.selectors import assets as reads
from gonghui.treasury.selectors import bank as bank_reads
from gonghui.treasury.selectors import last_clothing
from gonghui.treasury.services import assets, bank, projects
from gonghui.treasury.services.bank import Said
from gonghui.treasury.tests import make

DAY = date(2025, 5, 6)
NOW = date(2025, 10, 10)
database = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.at(NOW):
        yield


# -- matching: pure ----------------------------------------------------------------------------------------------------


@pytest.mark.system("S210")
def test_a_tie_stays_for_a_person_and_the_payee_breaks_it() -> None:
    books = [BookSide(1, DAY, -100, "购书"), BookSide(2, DAY, -100, "购书")]
    assert matching.pairs([BankSide(1, DAY, -100)], books, 7) == []
    named = [BookSide(1, DAY, -100, "购书", ("新华书店",)), BookSide(2, DAY, -100, "购书", ("五金店",))]
    (pair,) = matching.pairs([BankSide(9, DAY, -100, "江州新华书店")], named, 7)
    assert (pair.book, "收款人一致" in pair.why) == (1, True)
    assert matching.pairs([BankSide(1, DAY + timedelta(days=8), -100)], books[:1], 7) == []  # outside the window
    assert len(matching.pairs([BankSide(1, DAY + timedelta(days=7), -100)], books[:1], 7)) == 1
    late = BookSide(3, DAY, -100, "购书", (), ("R7",))
    assert matching.pairs([BankSide(1, DAY + timedelta(days=90), -100, reference="R7")], [late], 7)[0].book == 3  # the bank's own number


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([100, 200, 300])), max_size=8),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([100, 200, 300])), max_size=8),
)
def test_pairs_are_one_to_one_equal_and_within_the_window(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    banks = [BankSide(n, DAY + timedelta(days=d), fen) for n, (d, fen) in enumerate(left)]
    books = [BookSide(n, DAY + timedelta(days=d), fen) for n, (d, fen) in enumerate(right)]
    found = matching.pairs(banks, books, 7)
    assert len({p.bank for p in found}) == len({p.book for p in found}) == len(found)
    for p in found:
        assert banks[p.bank].fen == books[p.book].fen and abs((banks[p.bank].on - books[p.book].on).days) <= 7


# -- statements ----------------------------------------------------------------------------------------------------------


def statement(rows: list[tuple[str, str, str, str, str, str]], *, kind: str = "gbk") -> bytes:
    head = ("交易日期", "收入金额", "支出金额", "账户余额", "对方户名", "流水号")
    if kind == "gbk":
        return "\n".join(",".join(r) for r in (head, *rows)).encode("gb18030")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("明细")
    for n, row in enumerate((head, *rows)):
        for m, text in enumerate(row):
            sheet.write_string(n, m, text)
    book.close()
    return out.getvalue()


def brought_in(union: Any, content: bytes, name: str) -> dict[str, Any]:
    return dict(
        imports.import_run(
            actor=make.system, kind="bank_statement", content=content, name=name, org_path=union.path, org_name=union.name, as_of=NOW
        )
    )


@database
@pytest.mark.system("S210")
@pytest.mark.parametrize("kind", ["gbk", "xlsx"])
def test_a_statement_is_read_matched_and_the_rest_stands_on_both_sides(kind: str) -> None:
    union = make.union()
    make.posted(union, 12_345, "sports", DAY)
    make.posted(union, 50_000, "sports", DAY)
    make.posted(union, 50_000, "sports", DAY)
    rows = [
        ("2025-05-08", "", "123.45", "876.55", "文体店", "A1"),
        ("2025-05-09", "", "500.00", "376.55", "甲", "A2"),
        ("2025-06-21", "3.21", "", "379.76", "银行", "A3"),
        ("坏日期", "1.00", "", "", "", "A4"),
        ("2025-06-22", "1.00", "1.00", "", "", "A5"),
    ]
    name = f"对账单.{'csv' if kind == 'gbk' else 'xlsx'}"
    report = brought_in(union, statement(rows, kind=kind), name)
    assert (report["created"], report["rejected"]) == (3, 2)
    account = make.account(union)
    assert Match.objects.count() == 1 and BankEntry.objects.filter(matched=True).get().reference == "A1"
    assert {e.reference for e in bank_reads.entries(account, matched=False)} == {"A2", "A3"} and len(bank_reads.book_lines(account)) == 2
    again = brought_in(union, statement(rows[:3], kind=kind), name)
    assert again["created"] == 0 and BankEntry.objects.count() == 3  # the same lines twice
    first, second = sorted(bank_reads.book_lines(account))
    entry = BankEntry.objects.get(reference="A2")
    with pytest.raises(RuleViolation, match="相差"):
        bank.match_by_hand(actor=make.maker(union), account=account, entry_ids=[entry.pk], voucher_ids=[first, second])
    bank.match_by_hand(actor=make.maker(union), account=account, entry_ids=[entry.pk], voucher_ids=[first], why="回单")
    assert verify.run(["BANK-MATCH"])["ok"]
    bank.match_undo(actor=make.maker(union), entry=entry)
    assert len(bank_reads.book_lines(account)) == 2 and not Match.objects.filter(entry=entry).exists()
    BankEntry.objects.filter(pk=entry.pk).update(matched=True)
    assert not verify.run(["BANK-MATCH"])["ok"]


@database
def test_one_bank_line_may_stand_for_several_vouchers_and_the_other_way_round() -> None:
    union = make.union()
    account = make.account(union)
    for fen in (1_000, 2_000, 9_000):
        make.posted(union, fen, "sports", DAY)
    lines = [Said(DAY, -3_000, "B1"), Said(DAY, -4_000, "B2"), Said(DAY, -5_000, "B3")]
    bank.statement_write(actor=make.maker(union), account=account, lines=lines)
    keys = {s.fen: s.key for s in bank_reads.book_lines(account).values()}
    ids = dict(BankEntry.objects.values_list("reference", "pk"))
    actor = make.maker(union)
    assert bank.match_by_hand(actor=actor, account=account, entry_ids=[ids["B1"]], voucher_ids=[keys[-1_000], keys[-2_000]]) == 2
    assert bank.match_by_hand(actor=actor, account=account, entry_ids=[ids["B2"], ids["B3"]], voucher_ids=[keys[-9_000]]) == 2
    assert bank_reads.book_lines(account) == {} and verify.run(["BANK-MATCH"])["ok"]
    bank.match_undo(actor=actor, entry=BankEntry.objects.get(reference="B2"))  # its sister comes loose as well
    assert BankEntry.objects.filter(matched=False).count() == 2


@database
@pytest.mark.system("S210")
def test_the_reconciliation_balances_with_items_in_transit_and_another_person_checks_it() -> None:
    union = make.union()
    account = make.account(union)
    make.posted(union, 12_000, "sports", DAY)
    make.posted(union, 5_000, "sports", NOW)
    bank.statement_write(
        actor=make.maker(union), account=account, lines=[Said(DAY, -12_000, "B1", -12_000), Said(NOW, 77, "B2", -11_923, "银行")]
    )
    bank.match_auto(actor=make.maker(union), account=account)
    now = bank_reads.adjustment(account, NOW)
    assert (now.book, now.bank, now.adjusted_book, now.adjusted_bank) == (-17_000, -11_923, -16_923, -16_923)
    row = bank.reconciliation_make(actor=make.maker(union), account=account, on=NOW)
    with pytest.raises(RuleViolation, match="编制人"):
        from gonghui.treasury.tests.test_payments import _also

        bank.reconciliation_check(actor=_also(make.maker(union), union, Role.CHAIR), row=row)
    assert bank.reconciliation_check(actor=make.chair(union), row=row).checked_at is not None
    BankEntry.objects.filter(reference="B2").update(balance_fen=-11_900)
    assert not bank_reads.adjustment(account, NOW).balanced


@database
@pytest.mark.system("S210")
def test_seals_are_kept_by_different_people() -> None:
    union = make.union()
    account, actor = make.account(union), make.maker(union)
    bank.signatory_set(actor=actor, account=account, role="legal", name="李主席", since=DAY)
    with pytest.raises(RuleViolation, match="另一个人"):
        bank.signatory_set(actor=actor, account=account, role="finance", name="李主席", since=DAY)
    bank.signatory_set(actor=actor, account=account, role="finance", name="何会计", since=DAY)
    bank.signatory_set(actor=actor, account=account, role="finance", name="王会计", since=NOW)
    assert account.signatories.filter(until=None).count() == 2


# -- assets ----------------------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 10**7), st.integers(1, 30))
def test_all_months_together_take_the_whole_cost_and_no_fen_more(cost: int, years: int) -> None:
    taken, months = 0, years * 12
    for n in range(months + 5):
        taken += wear.due(
            cost=cost,
            taken=taken,
            monthly=cost // months,
            months=months,
            bought_on=date(2025, 1, 20),
            ended_on=None,
            month=clock.add_months(date(2025, 1, 1), n),
        )
        assert 0 <= taken <= cost and (taken == cost) == (n >= months - 1 or cost == taken)
    assert taken == cost


def test_the_month_of_purchase_counts_and_the_month_of_disposal_does_not() -> None:
    given_ = {"cost": 12_000, "taken": 0, "monthly": 1_000, "months": 12, "bought_on": date(2025, 3, 31)}
    assert wear.due(**given_, ended_on=None, month=date(2025, 2, 1)) == 0  # type: ignore[arg-type]
    assert wear.due(**given_, ended_on=None, month=date(2025, 3, 1)) == 1_000  # type: ignore[arg-type]
    assert wear.due(**given_, ended_on=date(2025, 6, 1), month=date(2025, 6, 1)) == 0  # type: ignore[arg-type]


@database
@pytest.mark.system("S214")
def test_clothing_stays_the_unions_is_kept_by_the_person_and_counts_three_years_even_when_it_came_back() -> None:
    union = make.union()
    actor, people = make.maker(union), [members.person().pk for _ in range(3)]
    made = assets.clothing_buy(actor=actor, union=union, person_ids=people, name="队服", price_fen=30_000, bought_on=DAY)
    assert {a.custodian_id for a in made} == set(people) and not made[0].fixed and made[0].union_id == union.pk
    assets.asset_return(actor=actor, asset=made[0], on=NOW, note="离职交回")
    assert last_clothing(people, NOW) == dict.fromkeys(people, DAY)
    assert last_clothing(people, DAY - timedelta(days=1)) == {} and reads.clothing_spent(people, 2025) == 90_000
    assert [a.pk for a in reads.kept_by(people[1])] == [made[1].pk] and list(reads.kept_by(people[0])) == []
    assert {a.pk for a in reads.leavers(actor=actor)} == {made[1].pk, made[2].pk}  # nobody of them has a job or membership
    with pytest.raises(Conflict):
        assets.asset_return(actor=actor, asset=made[0], on=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        AssetEvent.objects.filter(asset=made[0]).update(note="x")
    assert verify.run(["ASSET-SUM"])["ok"]
    Wearing.objects.filter(asset=made[1]).update(cost_fen=1)
    assert not verify.run(["ASSET-SUM"])["ok"]


@database
@pytest.mark.system("S214")
def test_the_threshold_makes_a_fixed_asset_and_depreciation_is_posted_once_a_month() -> None:
    union = make.union()
    actor = make.maker(union)
    kinds = {"actor": actor, "union": union, "kind": "general", "bought_on": DAY, "years": 6}
    (below,) = assets.asset_add(name="打印机", cost_fen=99_999, **kinds)
    (at,) = assets.asset_add(name="电脑", cost_fen=100_000, **kinds)
    (gift,) = assets.asset_add(name="旧柜", cost_fen=0, donated=True, **kinds)
    assert (below.fixed, at.fixed, gift.cost_fen, gift.nominal) == (False, True, 100, True)
    run = assets.depreciation_run(actor=actor, union=union, month=date(2025, 9, 15))
    assert (run.total_fen, run.voucher.total_fen, run.voucher.kind) == (1_388, 1_388, "depreciation")  # 100,000 ÷ 72, rounded down
    assert {(x.account, x.debit, x.credit) for x in run.voucher.lines} == {("30104", 1_388, 0), ("163", 0, 1_388)}
    with pytest.raises(Conflict, match="已经计提"):
        assets.depreciation_run(actor=actor, union=union, month=date(2025, 9, 1))
    with clock.at(date(2025, 12, 1)), pytest.raises(Conflict, match="按月计提"):
        assets.depreciation_run(actor=actor, union=union, month=date(2025, 11, 1))
    assert verify.run(["ASSET-SUM"])["ok"]
    at.refresh_from_db()
    done = assets.asset_dispose(actor=actor, asset=at, on=NOW, reason="损坏报废")
    assert (done.state, done.net_fen) == (AssetState.DISPOSED, 98_612)
    with pytest.raises(BadInput, match="使用年限"):
        assets.asset_add(name="没有年限", cost_fen=100_000, actor=actor, union=union, kind="general", bought_on=DAY)


@database
@pytest.mark.system("S214")
def test_a_stocktake_lists_all_and_what_is_missing_waits() -> None:
    union = make.union()
    actor = make.maker(union)
    made = assets.asset_add(actor=actor, union=union, name="桌", kind="furniture", cost_fen=20_000, bought_on=DAY, quantity=3)
    assert (
        not reads.stocktake_due(union, NOW)
        and reads.stocktake_due(union, date(2026, 5, 6))
        and not reads.stocktake_due(union, date(2026, 5, 5))
    )
    count = assets.stocktake_open(actor=actor, union=union, on=NOW)
    with pytest.raises(Conflict):
        assets.stocktake_open(actor=actor, union=union, on=NOW)
    with pytest.raises(RuleViolation, match="还有 3 件"):
        assets.stocktake_close(actor=actor, stocktake=count)
    lines = {x.pk: ("missing" if x.asset_id == made[0].pk else "present", "") for x in count.lines.all()}
    assets.stocktake_close(actor=actor, stocktake=assets.stocktake_record(actor=actor, stocktake=count, found=lines))
    assert Asset.objects.get(pk=made[0].pk).state == AssetState.MISSING and not reads.stocktake_due(union, date(2026, 10, 9))


@database
def test_a_transfer_leaves_one_register_and_enters_the_other() -> None:
    one, two = make.union("甲厂"), make.union("乙厂")
    (row,) = assets.asset_add(actor=make.system, union=one, name="音响", kind="general", cost_fen=200_000, bought_on=DAY, years=6)
    new = assets.asset_transfer(actor=make.system, asset=row, to=two, on=NOW)
    row.refresh_from_db()
    assert (row.state, new.union_id, new.cost_fen) == (AssetState.TRANSFERRED, two.pk, 200_000)


@database
@pytest.mark.system("S220")
@pytest.mark.invariant("LED-09")
def test_a_project_spends_only_what_arrived_and_its_purchases_become_assets() -> None:
    union = make.union()
    actor = make.maker(union)
    row = projects.project_open(actor=actor, union=union, name="职工书屋", kind="books", begun_on=DAY)
    source = projects.source_add(actor=actor, project=row, level="county", giver="财政局", promised_fen=100_000)
    buy = {"actor": actor, "project": row, "name": "书架", "kind": "furniture", "quantity": 2, "bought_on": DAY, "years": 15}
    with pytest.raises(RuleViolation, match="到位资金还剩"):
        projects.purchase_add(price_fen=1, **buy)
    projects.source_arrived(actor=actor, source=source, amount_fen=60_000, on=DAY)
    with pytest.raises(RuleViolation, match="多了"):
        projects.source_arrived(actor=actor, source=source, amount_fen=40_001, on=DAY)
    with pytest.raises(RuleViolation, match="超出"):
        projects.purchase_add(price_fen=30_001, **buy)
    bought = projects.purchase_add(price_fen=30_000, **buy)
    with pytest.raises(RuleViolation, match="没有验收"):
        projects.project_accept(actor=actor, project=row, acceptors="甲、乙", conclusion="合格", on=NOW)
    projects.purchase_accept(actor=actor, purchase=bought, on=NOW)
    with pytest.raises(Conflict):
        projects.purchase_accept(actor=actor, purchase=bought, on=NOW)
    with pytest.raises(RuleViolation, match="至少两位"):
        projects.project_accept(actor=actor, project=row, acceptors="甲", conclusion="合格", on=NOW)
    row = projects.project_accept(actor=actor, project=row, acceptors="甲、乙", conclusion="合格", on=NOW)
    assert row.state == "accepted" and row.assets.count() == 2 and projects.money_of(row)["left"] == 0


@database
@pytest.mark.system("S210")
@pytest.mark.parametrize("guarded", [True, False])
def test_reversing_a_matched_voucher_loosens_the_bank_line_and_says_why(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    union = make.union()
    voucher, account = make.posted(union), make.account(union)
    bank.statement_write(actor=make.system, account=account, lines=[Said(DAY, -100_000, "R1", 900_000, "文体店", "", "器材")])
    assert bank.match_auto(actor=make.maker(union), account=account) == 1
    if not guarded:
        monkeypatch.setattr(bank, "voucher_reversed", lambda **given: [])  # the guard taken away: the tie stays on a reversed voucher
    red = finance.voucher_reverse(actor=make.maker(union), voucher=voucher, reason="重复记账")
    assert BankEntry.objects.get().matched is True  # a draft reverses nothing yet
    finance.voucher_post(actor=make.cashier(union), voucher=finance.voucher_check(actor=make.chair(union), voucher=red))
    entry = BankEntry.objects.get()
    assert entry.matched is not guarded and Match.objects.exists() is not guarded
    if guarded:
        assert "已冲销，请重新核对" in entry.note
        assert bank_reads.book_lines(account) == {}  # voucher and reversal cancel: nothing of them waits for the bank
        again = make.posted(union)
        assert bank.match_auto(actor=make.maker(union), account=account) == 1
        assert BankEntry.objects.get().note == "" and Match.objects.get().voucher_id == again.pk
