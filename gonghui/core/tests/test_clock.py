"""The clock: one, Shanghai, may be held; months end where they end (fault 14)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core import clock

pytestmark = pytest.mark.engine_free


def test_the_business_day_is_shanghais() -> None:
    with clock.at(datetime(2025, 12, 31, 16, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 1, 1)


def test_the_clock_can_be_held_and_lets_go() -> None:
    with clock.at(date(2025, 2, 1)), clock.at(date(2024, 2, 1)):
        assert clock.today().year == 2024
    assert clock.today().year >= 2025


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
    ],
)
def test_months_end_where_they_end(day: date, months: int, then: date) -> None:
    assert clock.add_months(day, months) == then


@given(day=st.dates(date(1990, 1, 1), date(2090, 1, 1)), months=st.integers(-240, 240))
def test_a_month_later_is_in_the_right_month(day: date, months: int) -> None:
    then = clock.add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months and then.day <= day.day
