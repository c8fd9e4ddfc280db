"""Satisfaction as figures: stars become ratings and satisfied ratings, on their day, at their union."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.figures.stars import counted

pytestmark = pytest.mark.engine_free
DAY = date(2026, 5, 4)


@pytest.mark.parametrize(("given", "satisfied"), [(1, 0), (3, 0), (4, 1), (5, 1)])
def test_four_stars_satisfy_and_three_do_not(given: int, satisfied: int) -> None:
    events = {(u, k): n for u, k, _d, n in counted("x", lambda since, until: [(7, DAY, given)])(DAY, DAY)}
    assert events == {(7, "x.rated"): 1} | ({(7, "x.satisfied"): 1} if satisfied else {})


def test_ratings_of_one_day_and_union_are_added_and_the_app_may_add_its_own() -> None:
    rows = [(7, DAY, 5), (7, DAY, 2), (8, DAY, 4)]
    found = list(counted("x", lambda since, until: rows, lambda since, until: [(8, "x.used", DAY, 3)])(DAY, DAY))
    assert sorted(found) == [
        (7, "x.rated", DAY, 2),
        (7, "x.satisfied", DAY, 1),
        (8, "x.rated", DAY, 1),
        (8, "x.satisfied", DAY, 1),
        (8, "x.used", DAY, 3),
    ]
