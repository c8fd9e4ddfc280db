"""The ledger's bench (账务性能): random books balance, the three figures come out right at a small size."""

from __future__ import annotations

import pytest

from gonghui.treasury import bench


@pytest.mark.django_db
@pytest.mark.invariant("LED-01")
@pytest.mark.invariant("LED-02")
def test_random_postings_balance():
    found = bench.random_books(1500)
    assert found["postings"] >= 1500
    assert (found["sum"], found["different"], found["open"]) == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.invariant("LED-01")
def test_random_postings_as_a_bench_print_the_proof_and_the_time():
    (row,) = bench.run(random="400", seed="7")
    assert (row["name"], row["ok"], row["sum"], row["different"]) == ("ledger.random", True, 0, 0)
    assert row["n"] >= 400 and row["seconds"] >= 0


@pytest.mark.django_db
def test_the_three_figures_are_right_at_a_small_size():
    """Ratios of a few rows say nothing; that the balances are those of a recount does."""
    rows = {row["name"]: row for row in bench.run(rows="400", million="2000", books="20")}
    assert (rows["ledger.posting"]["n"], rows["ledger.trial_balance"]["n"], rows["ledger.consolidation"]["n"]) == (400, 2000, 20)
    assert rows["ledger.trial_balance"]["ok"] and rows["ledger.consolidation"]["ok"]
