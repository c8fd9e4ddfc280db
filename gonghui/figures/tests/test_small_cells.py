"""No hidden cell can be worked out from what is shown, by enumeration of every table a reader could imagine."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.accounts.enums import Role
from gonghui.figures import selectors, services
from gonghui.figures.folding import Dims, MemberFact
from gonghui.figures.rules import small_cells
from gonghui.orgs.selectors import closure
from gonghui.orgs.tests import make

K = 3


def possible(cells: dict[str, int], hide: frozenset[str]) -> dict[str, set[int]]:
    """What a reader can still imagine for each hidden cell: positive numbers with the known sum."""
    names, total = sorted(hide), sum(cells[n] for n in hide)
    out: dict[str, set[int]] = {n: set() for n in names}
    for guess in product(range(1, total + 1), repeat=len(names)):
        if sum(guess) == total:
            for name, value in zip(names, guess, strict=True):
                out[name].add(value)
    return out


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=4))
@pytest.mark.invariant("RPT-04")
def test_hidden_cells_keep_a_span_of_at_least_k(values):
    cells = {f"c{i}": n for i, n in enumerate(values)}
    hide = small_cells.hidden(cells, K)
    assert all(not 0 < n < K for name, n in cells.items() if name not in hide)
    whole_row = hide == frozenset(n for n in cells if cells[n])
    for name, seen in possible(cells, hide).items():
        assert len(seen) >= K or whole_row, (cells, name)


def test_hiding_only_the_small_cell_gives_it_away():
    """Negative control: one hidden cell is the total less the rest."""
    assert possible({"a": 2, "b": 9, "c": 7}, frozenset({"a"})) == {"a": {2}}
    assert possible({"a": 1, "b": 1, "c": 7}, frozenset({"a", "b"})) == {"a": {1}, "b": {1}}
    assert len(small_cells.hidden({"a": 1, "b": 1, "c": 7}, K)) == 3


@pytest.mark.django_db
@pytest.mark.invariant("RPT-04")
def test_finance_sees_no_small_cell_and_the_city_sees_all():
    root, town = make.root(), make.township()
    people = [("1", 12), ("2", 2)]
    services.apply([(None, MemberFact(town.pk, "active", date(2025, 1, 1), None, Dims(sex=sex))) for sex, n in people for _ in range(n)])
    day = selectors.default_date()

    def seen(role, union=root):
        actor = make.officer(role, root)
        rows = selectors.figures(actor=actor, union=closure.node_by_pk(union.pk), as_of=day)
        return {r.key: r.value for r in rows if r.key in ("members", "members.sex=1", "members.sex=2")}

    assert seen(Role.CITY) == {"members": 14, "members.sex=1": 12, "members.sex=2": 2}
    assert seen(Role.FINANCE) == {"members": 14, "members.sex=1": None, "members.sex=2": None}
    assert seen(Role.FINANCE, town) == {"members": 14, "members.sex=1": None, "members.sex=2": None}
