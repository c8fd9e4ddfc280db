"""Hours, distances and scores without a database."""

from __future__ import annotations

import pytest

from gonghui.venues.rules import checking, geo, hours


@pytest.mark.parametrize(("minute", "open_"), [(509, False), (510, True), (1049, True), (1050, False)])
def test_it_is_open_from_the_first_minute_to_the_last_but_one(minute: int, open_: bool) -> None:
    assert hours.is_open((510, 1050), minute) is open_
    assert not hours.is_open(None, minute)


def test_hours_are_read_as_written_and_wrong_ones_refused() -> None:
    assert hours.parse("08:30-17:30") == (510, 1050) and hours.parse("0:00—24:00") == (0, 1440) and hours.parse(" ") is None
    for wrong in ("17:30-08:30", "08:30", "8-9", "08:60-09:00", "22:00-24:01", "08:30-08:30"):
        with pytest.raises(ValueError, match=r"."):
            hours.parse(wrong)
    week = {str(n): [510, 1050] for n in range(5)} | {"5": [0, 1440]}
    assert hours.week_words(week) == [("周一至周五", "08:30-17:30"), ("周六", "全天"), ("周日", "不开放")]


def test_a_degree_of_latitude_is_some_111_km_and_longitude_shrinks_to_the_north() -> None:
    assert abs(geo.metres((37_000_000, 122_000_000), (38_000_000, 122_000_000)) - 111_195) < 50
    assert abs(geo.metres((60_000_000, 10_000_000), (60_000_000, 11_000_000)) - 55_597) < 50  # cos 60° = 1/2
    far, near = ((37_100_000, 122_000_000), "远"), ((37_001_000, 122_000_000), "近")
    assert geo.nearest((37_000_000, 122_000_000), [far, near]) == (111, "近") and geo.nearest((0, 0), []) is None
    assert geo.words(999) == "999 米" and geo.words(1000) == "1.0 公里"


def test_the_map_has_the_north_up_and_stays_on_its_sheet() -> None:
    rows = [((37_000_000, 122_000_000), "南", "", "", ""), ((37_100_000, 122_200_000), "北", "", "", "")]
    south, north = geo.flat(rows)
    assert south.y > north.y and south.x < north.x
    assert all(0 <= d.x <= geo.WIDTH and 0 <= d.y <= geo.HEIGHT for d in (south, north)) and geo.flat([]) == []


def test_a_score_is_of_a_hundred_over_the_items_that_apply() -> None:
    items = checking.items_of([["common", "甲", 10], ["rest", "乙", 20], ["site", "丙", 70]], "rest")
    assert [words for words, _n in items] == ["甲", "乙"]
    assert [checking.score(items, good) for good in ((), (0,), (1,), (0, 1))] == [0, 33, 67, 100]
