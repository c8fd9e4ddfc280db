"""Draw and fixtures: everybody meets everybody once, byes go to the best seeds, one winner remains."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.services.rules import fixtures as fx
from gonghui.services.rules.fixtures import KNOCKOUT, POOL, THIRD, Played, Side

SIZES = st.integers(2, 24)


@given(SIZES, st.text(max_size=8))
@settings(max_examples=40, deadline=None)
def test_a_round_robin_brings_each_pair_together_once_and_nobody_twice_in_a_round(n, seed):
    order = fx.drawn(range(n), seed)
    assert sorted(order) == list(range(n)) and order == fx.drawn(list(reversed(range(n))), seed)
    turns = fx.rounds(order)
    met = [tuple(sorted(pair)) for turn in turns for pair in turn]
    assert sorted(met) == sorted(combinations(range(n), 2))
    assert all(len({e for pair in turn for e in pair}) == 2 * len(turn) for turn in turns)
    assert len(turns) == (n - 1 if n % 2 == 0 else n)


@given(SIZES, st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_knock_out_has_one_bout_less_than_entries_and_byes_for_the_first(n, third):
    found = fx.bracket([Side(i) for i in range(1, n + 1)], third=third)
    main = [m for m in found if m.stage == KNOCKOUT]
    assert len(main) == n - 1 and len(found) - len(main) == (1 if third and n >= 4 else 0)
    assert [m.number for m in found] == list(range(1, len(found) + 1))
    first = {s.entry for m in main if m.round == 1 for s in (m.home, m.away)}
    byes = fx.size_of(n) - n
    assert not first & set(range(1, byes + 1)) and len(first) == n - byes
    sources = [s.origin for m in main for s in (m.home, m.away) if s.origin]
    assert len(sources) == len(set(sources)) and all(o[0] == "W" for o in sources)
    for m in found:
        assert all(int(s.origin[1:]) < m.number for s in (m.home, m.away) if s.origin)


@given(SIZES)
@settings(max_examples=25, deadline=None)
def test_played_out_with_the_better_seed_winning_first_beats_second_in_the_final(n):
    found, won, lost = fx.bracket([Side(i) for i in range(1, n + 1)]), {}, {}
    for m in found:
        sides = [s.entry or (won if s.origin[0] == "W" else lost)[int(s.origin[1:])] for s in (m.home, m.away)]
        won[m.number], lost[m.number] = min(sides), max(sides)
    final = max((m for m in found if m.stage == KNOCKOUT), key=lambda m: m.round)
    assert (won[final.number], lost[final.number]) == (1, 2)


@given(st.integers(2, 6), st.integers(1, 3), st.integers(2, 5))
@settings(max_examples=40, deadline=None)
def test_pools_differ_by_one_and_the_first_knock_out_round_parts_the_pools(count, through, each):
    order = list(range(count * each + 1))
    groups, found = fx.fixtures("pools", order, count=count, through=min(through, each))
    sizes = [len(g) for g in groups]
    assert max(sizes) - min(sizes) <= 1 and sorted(e for g in groups for e in g) == order
    opening = min((m.round for m in found if m.stage == KNOCKOUT), default=0)
    for m in found:
        if m.round == opening and m.stage == KNOCKOUT:
            assert m.home.origin.split("-")[0] != m.away.origin.split("-")[0]
    places = [s.origin for m in found for s in (m.home, m.away) if s.origin.startswith("P")]
    assert sorted(places) == sorted(f"P{p}-{r}" for p in range(1, count + 1) for r in range(1, min(through, each) + 1))


@pytest.mark.system("S186")
def test_twelve_teams_in_two_pools_with_three_through_play_thirty_six_bouts():
    groups, found = fx.fixtures("pools", fx.drawn(range(1, 13), "2026-0001"), count=2, through=3)
    assert [len(g) for g in groups] == [6, 6] and len(found) == 36
    assert [sum(m.stage == s for m in found) for s in (POOL, KNOCKOUT, THIRD)] == [30, 5, 1]
    assert all(a.number + 1 == b.number for a, b in pairwise(found))


def test_without_the_search_two_of_one_pool_would_meet_at_once():
    """Negative control: the plain order of three pools clashes, the chosen one does not."""
    plain = [(p + 1, r + 1) for r in range(2) for p in range(3)]
    assert fx._clashes([(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2)]) == fx._clashes(plain) == 1
    chosen = [(int(s.origin[1]), int(s.origin[3])) for s in fx.qualifiers(3, 2)]
    assert fx._clashes(chosen) == 0


def test_points_then_difference_then_scored_then_the_lot():
    entries = [(1, 4), (2, 3), (3, 2), (4, 1)]
    results = [Played(1, 2, 3, 1), Played(1, 3, 1, 1), Played(2, 3, 2, 0), Played(4, 1, 0, 0)]
    table = fx.standings(entries, results, win=2, draw=1, loss=0)
    assert [(r.entry, r.points, r.scored - r.against) for r in table] == [(1, 4, 2), (2, 2, 0), (4, 1, 0), (3, 1, -2)]
    level = fx.standings(entries[1:3], [Played(2, 3, 1, 1)], win=2, draw=1, loss=0)
    assert [r.entry for r in level] == [3, 2], "level in all: the smaller lot first"
