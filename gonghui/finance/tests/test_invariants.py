"""LED invariants: a random life of a book keeps them; each check finds the fault it is for (negative controls)."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.finance import services, verify
from gonghui.finance.models import Balance, Period, Posting, Voucher, VoucherFile
from gonghui.finance.selectors import ledger, statements
from gonghui.finance.tests import make

MARCH = date(2026, 3, 31)
DAYS = st.dates(date(2026, 1, 2), MARCH)
EVENTS = st.sampled_from(["hospital", "sports", "dues_received", "cash_drawn", "asset", "levy_received"])


class Life(RuleBasedStateMachine):
    """Draft, check, post, reverse, drop, close, reopen in any order."""

    @initialize()
    def start(self) -> None:
        self.time = clock.at(MARCH)
        self.time.__enter__()
        self.book = make.book(make.union())
        self.numbers: dict[int, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "time"):
            self.time.__exit__(None, None, None)

    def some(self, state: str, n: int) -> Voucher | None:
        rows = list(Voucher.objects.filter(book=self.book, state=state).order_by("pk"))
        return rows[n % len(rows)] if rows else None

    def try_(self, act) -> None:
        with contextlib.suppress(Refusal):
            act()

    @rule(event=EVENTS, on=DAYS, amount=st.integers(1, 10**9))
    def draft(self, event: str, on: date, amount: int) -> None:
        self.try_(lambda: make.draft(self.book, amount, event=event, on=on, words="随机", facts={"part": amount // 3}))

    @rule(n=st.integers(0, 50))
    def check(self, n: int) -> None:
        if row := self.some("draft", n):
            self.try_(lambda: services.voucher_check(actor=make.checker(self.book), voucher=row))

    @rule(n=st.integers(0, 50))
    def post(self, n: int) -> None:
        if row := self.some("checked", n):
            self.try_(lambda: services.voucher_post(actor=make.poster(self.book), voucher=row))

    @rule(n=st.integers(0, 50))
    def reverse(self, n: int) -> None:
        if row := self.some("posted", n):
            self.try_(lambda: services.voucher_reverse(actor=make.maker(self.book), voucher=row))

    @rule(n=st.integers(0, 50))
    def drop(self, n: int) -> None:
        if row := self.some("draft", n):
            self.try_(lambda: services.voucher_drop(actor=make.maker(self.book), voucher=row))

    @rule(month=st.sampled_from([202601, 202602, 202603]))
    def close(self, month: int) -> None:
        self.try_(lambda: services.period_close(actor=make.maker(self.book), book=self.book, month=month))

    @rule(month=st.sampled_from([202601, 202602, 202603]))
    def reopen(self, month: int) -> None:
        auditor = make.officer("auditor", self.book.union, 90_009)
        self.try_(lambda: services.period_reopen(actor=auditor, book=self.book, month=month, reason="补记一张"))

    @invariant()
    def nothing_moved_behind(self) -> None:
        if not hasattr(self, "book"):
            return
        for pk, digest in Voucher.objects.filter(book=self.book, state="posted").values_list("pk", "digest"):
            assert self.numbers.setdefault(pk, digest) == digest
        assert ledger.recount(self.book, MARCH) == ledger.sums(self.book, None, MARCH)
        assert statements.balance_sheet(self.book, MARCH).even

    @invariant()
    def every_check_holds(self) -> None:
        if hasattr(self, "book"):
            assert [f for _id, _title, look in verify.CHECKS for f in look()] == []


@pytest.mark.invariant("LED-01")
@pytest.mark.invariant("LED-02")
@pytest.mark.invariant("LED-04")
@pytest.mark.invariant("LED-06")
@pytest.mark.invariant("LED-11")
class TestLife(TestCase):
    """Each example in a transaction of its own."""

    def test_a_random_life_keeps_the_books(self) -> None:
        run_state_machine_as_test(
            Life, settings=settings(max_examples=4, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck))
        )


# -- each check finds the fault it is for ----------------------------------------------------------------------------


@pytest.fixture
def book(db):
    with clock.at(MARCH):
        found = make.book()
        make.opening(found)
        for n in range(4):
            make.posted(found, 1000 + n)
        services.period_close(actor=make.maker(found), book=found, month=202601)
        yield found


def unguarded(*names: str) -> None:
    """Take triggers away, as one with the database in his hands could."""
    table = {
        "finance_posting_update": "finance_posting",
        "finance_period_sealed": "finance_period",
        "finance_voucherfile_same": "finance_voucherfile",
    }
    with connection.cursor() as cursor:
        for name in names:
            on = f' ON "{table.get(name, "finance_voucher")}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')


def said(look) -> str:
    return " ".join(look())


@pytest.mark.invariant("LED-03")
@pytest.mark.fault(48)
def test_one_changed_byte_is_found_and_located(book):
    row = Voucher.objects.get(book=book, number=2, period__month=202603)
    assert said(verify.digests) == ""
    unguarded("finance_voucher_frozen", "finance_voucher_even", "finance_voucher_open")
    Voucher.objects.filter(pk=row.pk).update(words=row.words[:-1] + "圆")
    found = said(verify.digests)
    assert f"第 2 号凭证（编号 {row.pk}）" in found and "第 3 号" not in found


@pytest.mark.invariant("LED-01")
@pytest.mark.invariant("LED-02")
@pytest.mark.invariant("LED-11")
def test_a_changed_line_is_found(book):
    unguarded("finance_posting_update")
    posting = Posting.objects.filter(book=book, account="102", credit_fen__gt=0).order_by("pk").last()
    Posting.objects.filter(pk=posting.pk).update(credit_fen=posting.credit_fen + 1)
    assert f"凭证 {posting.voucher_id}" in said(verify.even)
    assert "科目 102" in said(verify.balances)
    assert "货币资金" in said(verify.reports)


@pytest.mark.invariant("LED-02")
def test_a_changed_balance_is_found(book):
    Balance.objects.filter(book=book, account="102", month=202603).update(debit_fen=7)
    assert "科目 102 202603" in said(verify.balances)
    Balance.objects.filter(book=book, month=202601).update(credit_fen=9)
    assert "已结账，内容与封存摘要不符" in said(verify.digests)


@pytest.mark.invariant("LED-04")
def test_a_gap_in_the_numbers_is_found(book):
    unguarded("finance_voucher_frozen", "finance_voucher_even", "finance_voucher_open")
    row = Voucher.objects.get(book=book, number=4, period__month=202603)
    Voucher.objects.filter(pk=row.pk).update(number=9)
    assert "凭证号不连续" in said(verify.gapless)


@pytest.mark.invariant("LED-06")
def test_a_voucher_in_the_wrong_month_is_found(book):
    unguarded("finance_voucher_frozen", "finance_voucher_even", "finance_voucher_open")
    row = Voucher.objects.get(book=book, number=4, period__month=202603)
    Voucher.objects.filter(pk=row.pk).update(on=date(2026, 2, 1))
    assert f"凭证 {row.pk} 不在" in said(verify.months)


@pytest.mark.invariant("LED-06")
def test_the_database_refuses_to_post_into_a_closed_month(book):
    from django.db.utils import DatabaseError

    row = make.draft(book, 5)
    services.voucher_check(actor=make.checker(book), voucher=row)
    closed = Period.objects.get(book=book, month=202601)
    with pytest.raises(DatabaseError):
        Voucher.objects.filter(pk=row.pk).update(state="posted", period=closed, number=2, digest="x", total_fen=0)


@pytest.mark.invariant("LED-12")
def test_a_changed_attachment_is_found(book):
    from gonghui.files import services as files

    paper = files.file_make(make.orgs.system, name="发票.csv", data=b"1", purpose="凭证附件", org_path=book.union.path)
    make.posted(book, 77, files=[paper])
    assert said(verify.attachments) == ""
    unguarded("finance_voucherfile_same")
    VoucherFile.objects.update(sha256="0" * 64)
    assert "发票.csv" in said(verify.attachments)
