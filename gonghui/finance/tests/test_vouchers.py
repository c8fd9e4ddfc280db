"""Vouchers from draft to posting and back (制单、审核、记账、冲销)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.finance import services
from gonghui.finance.models import Balance, Posting, Voucher
from gonghui.finance.rules import Line
from gonghui.finance.selectors import ledger
from gonghui.finance.selectors.guard import guard
from gonghui.finance.tests import make

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _in_march():
    with clock.at(MARCH):
        yield


@pytest.mark.system("S208")
def test_an_event_becomes_a_posted_voucher_with_a_number_and_balances():
    book = make.book()
    row = make.posted(book, 12_345)
    assert (row.state, row.number, len(row.digest)) == ("posted", 1, 64)
    assert [(x.account, x.debit, x.credit) for x in row.lines] == [("50105", 12_345, 0), ("102", 0, 12_345)]
    assert ledger.balance(book, "102", MARCH) == -12_345
    assert ledger.turnover(book, "501", date(2026, 1, 1), MARCH) == (12_345, 0)
    assert make.posted(book, 5).number == 2


@pytest.mark.invariant("LED-01")
def test_debit_and_credit_must_be_equal():
    book = make.book()
    with pytest.raises(RuleViolation) as fault:
        services.voucher_draft(
            actor=make.maker(book), book=book, on=make.DAY, words="不平", lines=[Line("50105", 100), Line("102", credit=99)]
        )
    assert fault.value.code == "finance.unbalanced"


@pytest.mark.invariant("LED-01")
def test_the_database_itself_refuses_uneven_postings():
    book = make.book()
    row = make.checked(book)
    row.draft = [{**row.draft[0], "debit": 10_001}, row.draft[1]]
    Voucher.objects.filter(pk=row.pk).update(draft=row.draft)
    with pytest.raises(DatabaseError, match="借贷不平"), transaction.atomic():
        services.voucher_post(actor=make.poster(book), voucher=row)
    assert not Posting.objects.exists()


@pytest.mark.invariant("LED-03")
@pytest.mark.parametrize("change", ["update", "delete", "posting", "posting_delete", "posting_late"])
def test_posted_vouchers_never_change(change):
    row = make.posted(make.book())
    with pytest.raises(DatabaseError), transaction.atomic():
        if change == "update":
            Voucher.objects.filter(pk=row.pk).update(words="改了")
        elif change == "delete":
            Voucher.objects.filter(pk=row.pk)._raw_delete("default")
        elif change == "posting":
            Posting.objects.filter(voucher=row).update(debit_fen=1)
        elif change == "posting_delete":
            Posting.objects.filter(voucher=row)._raw_delete("default")
        else:
            Posting.objects.create(voucher=row, book=row.book, on=row.on, n=9, account="102", debit_fen=5)


@pytest.mark.invariant("LED-03")
def test_without_the_trigger_the_change_would_happen():
    """Negative control of the guard in the database."""
    row = make.posted(make.book())
    with connection.cursor() as cursor:
        on = ' ON "finance_voucher"' if connection.vendor == "postgresql" else ""
        for name in ("finance_voucher_frozen", "finance_voucher_even", "finance_voucher_open"):
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
    Voucher.objects.filter(pk=row.pk).update(words="改了")
    row.refresh_from_db()
    assert row.words == "改了"


@pytest.mark.invariant("AID-02")
def test_maker_checker_and_poster_are_three_persons():
    book = make.book()
    row = make.draft(book)
    same_account = make.officer(Role.CHAIR, book.union, 90_001)
    with pytest.raises(RuleViolation) as fault:
        services.voucher_check(actor=same_account, voucher=row)
    assert fault.value.code == "finance.duties_apart"
    services.voucher_check(actor=make.checker(book), voucher=row)
    for number in (90_001, 90_002):
        with pytest.raises(RuleViolation):
            services.voucher_post(actor=make.officer(Role.CASHIER, book.union, number), voucher=row)
    assert services.voucher_post(actor=make.poster(book), voucher=row).state == "posted"


@pytest.mark.invariant("AID-02")
def test_one_person_with_two_accounts_is_still_one_person():
    book = make.book()
    one = make.officer(Role.FINANCE, book.union, 1, person_id=77)
    other = make.officer(Role.CHAIR, book.union, 2, person_id=77)
    row = services.entry(actor=one, book=book, event="hospital", on=make.DAY, amount=100, words="看望")
    with pytest.raises(RuleViolation):
        services.voucher_check(actor=other, voucher=row)


@pytest.mark.invariant("AID-02")
def test_duties_stay_apart_through_delegation():
    """Who acts for the maker is the maker; who acts for another is free to check, and is then the checker."""
    from gonghui.accounts.tests import make as accounts
    from gonghui.approvals import services as approvals

    book = make.book()
    chair, deputy = (accounts.actor(accounts.officer((Role.CHAIR, book.union.path), name=name)) for name in ("甲", "乙"))
    taker = accounts.actor(accounts.officer((Role.CASHIER, book.union.path), name="丙"))
    for giver in (chair, deputy):
        approvals.delegation_give(actor=giver, taker_id=taker.user_id or 0, since=MARCH, until=date(2026, 4, 20), reason="出差", kind="")
    row = services.entry(actor=chair, book=book, event="hospital", on=make.DAY, amount=100, words="看望")
    with pytest.raises(NotPermitted):
        services.voucher_check(actor=taker, voucher=row)  # no right of his own
    with pytest.raises(RuleViolation) as fault:
        services.voucher_check(actor=taker, voucher=row, on_behalf=chair.user_id)
    assert fault.value.code == "finance.duties_apart"
    services.voucher_check(actor=taker, voucher=row, on_behalf=deputy.user_id)
    for poster in (taker, make.officer(Role.CASHIER, book.union, deputy.user_id or 0)):
        with pytest.raises(RuleViolation):
            services.voucher_post(actor=poster, voucher=row)
    with pytest.raises(NotPermitted):
        services.voucher_post(actor=make.poster(book), voucher=row, on_behalf=424_242)  # nobody gave it
    assert services.voucher_post(actor=make.poster(book), voucher=row).state == "posted"


@pytest.mark.invariant("LED-05")
def test_a_voucher_is_reversed_once_on_the_day_of_reversal():
    book = make.book()
    row = make.posted(book, 700)
    with clock.at(date(2026, 4, 2)):
        back = services.voucher_reverse(actor=make.maker(book), voucher=row, reason="重复付款")
        for _ in range(2):
            with pytest.raises(Conflict) as fault:
                services.voucher_reverse(actor=make.maker(book), voucher=row, reason="再来一次")
            assert fault.value.code == "finance.reversed_already"
        services.voucher_check(actor=make.checker(book), voucher=back)
        services.voucher_post(actor=make.poster(book), voucher=back)
    assert (back.on, back.total_fen) == (date(2026, 4, 2), -700)
    assert ledger.balance(book, "102", date(2026, 4, 30)) == 0
    assert ledger.balance(book, "102", MARCH) == -700


def test_a_dropped_reversal_may_be_made_again():
    book = make.book()
    row = make.posted(book)
    back = services.voucher_reverse(actor=make.maker(book), voucher=row)
    services.voucher_drop(actor=make.maker(book), voucher=back)
    assert services.voucher_reverse(actor=make.maker(book), voucher=row).pk != back.pk


@pytest.mark.invariant("LED-13")
def test_amounts_are_whole_fen_within_bounds():
    book = make.book()
    for lines in ([Line("50105", 1.5), Line("102", credit=1.5)], [Line("50105", 10**13 + 1), Line("102", credit=10**13 + 1)]):
        with pytest.raises(RuleViolation):
            services.voucher_draft(actor=make.maker(book), book=book, on=make.DAY, words="太大", lines=lines)
    with pytest.raises(IntegrityError), transaction.atomic():
        row = make.checked(book)
        Posting.objects.create(voucher=row, book=book, on=row.on, n=1, account="102", debit_fen=10**13 + 1)


def test_a_source_happens_once():
    book = make.book()
    first = make.draft(book, 500, source="spending.plan:7")
    assert make.draft(book, 500, source="spending.plan:7").pk == first.pk
    with pytest.raises(Conflict) as fault:
        make.draft(book, 501, source="spending.plan:7")
    assert fault.value.code == "finance.source_taken"
    services.voucher_drop(actor=make.maker(book), voucher=first)
    assert make.draft(book, 501, source="spending.plan:7").pk != first.pk


def test_the_union_above_sees_but_does_not_write():
    book = make.book()
    city = make.officer(Role.FINANCE, book.union.parent, 9)
    with pytest.raises(NotPermitted) as fault:
        services.entry(actor=city, book=book, event="hospital", on=make.DAY, amount=5, words="代做")
    assert fault.value.code == "finance.own_chain"
    stranger = make.officer(Role.FINANCE, make.union("另一厂"), 8)
    with pytest.raises(NotFound):
        services.entry(actor=stranger, book=book, event="hospital", on=make.DAY, amount=5, words="外人")


def test_an_agent_keeps_the_books_of_a_tiny_union():
    book = make.book()
    services.book_agent_set(actor=make.officer(Role.TOWNSHIP, book.union.parent, 5), book=book, agent=book.union.parent)
    book.refresh_from_db()
    accountant = make.officer(Role.FINANCE, book.union.parent, 9)
    assert services.entry(actor=accountant, book=book, event="hospital", on=make.DAY, amount=5, words="代账").state == "draft"


def test_bringing_many_gives_the_same_numbers_and_balances():
    book = make.book()
    one = make.posted(book, 300)
    brought = services.vouchers_bring(
        actor=make.poster(book), book=book, maker=make.maker(book), checker=make.checker(book), poster=make.poster(book),
        items=[services.Bring(make.DAY, f"第{n}笔", [Line("50105", 100 + n), Line("102", credit=100 + n)], source=f"x:{n}") for n in range(5)],
    )  # fmt: skip
    assert [v.number for v in brought] == [2, 3, 4, 5, 6]
    assert brought[0].prev == one.digest
    assert ledger.recount(book, MARCH) == ledger.sums(book, None, MARCH)
    again = services.vouchers_bring(
        actor=make.poster(book), book=book, maker=make.maker(book), checker=make.checker(book), poster=make.poster(book),
        items=[services.Bring(make.DAY, "重复", [Line("50105", 100), Line("102", credit=100)], source="x:0")],
    )  # fmt: skip
    assert again == []


@pytest.mark.invariant("LED-02")
def test_broken_months_are_counted_from_the_postings():
    book = make.book()
    make.opening(book)
    make.posted(book, 100, on=date(2026, 3, 5))
    make.posted(book, 30, on=date(2026, 3, 20))
    assert ledger.balance(book, "50105", date(2026, 3, 10)) == 100
    assert ledger.balance(book, "501", MARCH) == 130
    assert ledger.turnover(book, "102", date(2026, 1, 1), date(2026, 3, 10)) == (0, 100)
    assert ledger.turnover(book, "102", date(2026, 3, 10), MARCH) == (0, 30)
    rows = {r.account.code: (r.opening, r.debit, r.credit, r.closing) for r in ledger.trial_balance(book, MARCH)}
    assert rows["102"] == (1_000_000, 0, 130, 999_870)
    assert Balance.objects.filter(book=book, stream="o").count() == 2


@pytest.mark.invariant("ORG-03")
def test_money_or_waiting_vouchers_stand_in_the_way_of_dissolving_a_union():
    from gonghui.finance.selectors.books import before_dissolve

    book = make.book()
    assert before_dissolve(book.union) == [] == before_dissolve(make.union("无账厂"))
    make.opening(book, 500)
    make.draft(book, 5)
    said = before_dissolve(book.union)
    assert len(said) == 2 and "1 张凭证" in said[0] and "¥5.00" in said[1]


def test_contributions_not_received_are_income_only_at_the_end_of_the_year():
    """ACC-1: refused in March with the clause; allowed in December, and in the years of the chart of 2009."""

    def said(day: date) -> list[str]:
        book = make.book(make.union(f"{day:%Y%m}厂"), since=date(day.year, 1, 1))
        lines = [Line("13102", 100), Line("402", credit=100)]
        row = services.voucher_draft(actor=make.maker(book), book=book, on=day, words="应收拨缴经费", lines=lines)
        return [f.severity for f in guard(row) if f.key == "levy_accrual"]

    assert said(date(2026, 3, 31)) == ["block"]
    assert said(date(2025, 12, 31)) == [] == said(date(2021, 6, 30))
