"""Concurrent posting (并发记账): each reversal sent three times is won once, and the books stay even."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.core import clock
from gonghui.finance import race
from gonghui.finance.selectors import statements
from gonghui.finance.tests import make


@pytest.mark.invariant("LED-05")
@pytest.mark.invariant("LED-04")
def test_of_three_simultaneous_reversals_exactly_one_wins(own_database):
    day = date(2026, 3, 31)
    with clock.at(day):
        book = make.book()
        found = race.run(book, workers=6, vouchers=12, day=day)
    assert (found["posted"], found["won"], found["lost"], found.get("odd", 0)) == (12, 12, 24, 0)
    assert (found["debit"], found["credit"], found["faults"], found["vouchers"]) == (0, 0, [], 24)


@pytest.mark.django_db
@pytest.mark.parametrize("share", [0, 10**6])
def test_books_together_are_the_sum_of_each_whichever_way_they_are_read(share, monkeypatch):
    monkeypatch.setattr(statements, "SMALL_SHARE", share)  # 0: looked up one by one never; 10**6: always
    day = date(2026, 3, 31)
    with clock.at(day):
        books = [make.book(make.union(name)) for name in ("青石一厂", "青石二厂")]
        make.book(make.union("不相干的厂"))
        for n, book in enumerate(books):
            make.opening(book, 500_000 + n)
            make.posted(book, 10_000 + n)
        rows = type(books[0])._default_manager.filter(pk__in=[b.pk for b in books])
        sheet, income = statements.consolidated(rows, day)
        alone = [(statements.balance_sheet(b, day), statements.income_statement(b, day)) for b in books]
    assert sheet.even and sheet.assets_closing == sum(s.assets_closing for s, _i in alone) == 980_000
    assert (income.expense_year, income.expense_month) == (20_001, 20_001) == (sum(i.expense_year for _s, i in alone),) * 2
    assert sheet.net_opening == sum(s.net_opening for s, _i in alone)
