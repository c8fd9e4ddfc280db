"""Concurrent posting (并发记账): each reversal sent three times is won once, and the books stay even."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.core import clock
from gonghui.finance import bench, race
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
@pytest.mark.invariant("LED-01")
@pytest.mark.invariant("LED-02")
def test_random_postings_balance():
    found = bench.random_books(1500)
    assert found["postings"] >= 1500
    assert (found["sum"], found["different"], found["open"]) == (0, 0, 0)
