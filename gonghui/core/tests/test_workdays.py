"""Working days: holidays, make-up days, unknown years."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.core import workdays

pytestmark = pytest.mark.engine_free


def test_holidays_and_make_up_days_are_what_the_yearly_notice_says() -> None:
    assert not workdays.is_workday(date(2026, 10, 1))  # 国庆节，星期四
    assert workdays.is_workday(date(2025, 9, 28))  # 星期日，国庆调休上班
    assert not workdays.is_workday(date(2025, 9, 27))  # 星期六


def test_counting_jumps_over_the_holiday() -> None:
    assert workdays.add(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert workdays.add(date(2025, 11, 3), 5) == date(2025, 11, 10)
    assert workdays.between(date(2025, 11, 3), date(2025, 11, 10)) == 4


def test_an_unknown_year_is_counted_by_weekends_and_says_so() -> None:
    assert workdays.certain(date(2025, 1, 1), date(2026, 12, 31))
    assert not workdays.certain(date(2026, 12, 31), date(2099, 1, 1))
    assert workdays.is_workday(date(2099, 1, 1)) is (date(2099, 1, 1).weekday() < 5)
