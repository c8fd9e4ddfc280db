"""LED invariants on the live data: each check of `verify` finds the fault it is for (negative controls of `test_machine`)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from gonghui.core import clock
from gonghui.finance import services, verify
from gonghui.finance.models import Balance, Period, Posting, Voucher, VoucherFile
from gonghui.finance.tests import make

MARCH = date(2026, 3, 31)


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
