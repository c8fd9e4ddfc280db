"""Months and quarters of a payer (缴纳期)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from gonghui.core import clock
from gonghui.income.enums import Cycle


@dataclass(frozen=True, order=True)
class Period:
    """A month or a quarter, by its first day."""

    since: date
    months: int

    @property
    def last(self) -> date:
        """The last day."""
        return clock.add_months(self.since, self.months) - timedelta(days=1)

    @property
    def last_month(self) -> date:
        """First day of its last month: the wages the due date follows."""
        return clock.add_months(self.since, self.months - 1)

    @property
    def label(self) -> str:
        """`2025 年 3 月` or `2025 年第 1 季度`."""
        if self.months == 1:
            return f"{self.since.year} 年 {self.since.month} 月"
        return f"{self.since.year} 年第 {(self.since.month + 2) // 3} 季度"


def period_of(day: date, cycle: str) -> Period:
    """The period a day falls in."""
    if cycle == Cycle.MONTHLY:
        return Period(day.replace(day=1), 1)
    return Period(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3)


def ended(since: date, cycle: str, today: date) -> Iterator[Period]:
    """Periods that began on or after `since`'s period and are over by `today`."""
    found = period_of(since, cycle)
    while found.last < today:
        yield found
        found = period_of(clock.add_months(found.since, found.months), cycle)


AGES = ((0, "未到期"), (30, "30 天以内"), (90, "31–90 天"), (180, "91–180 天"), (365, "181–365 天"))
OLDEST = "一年以上"


def age_label(due: date, today: date) -> str:
    """The ageing class of an arrear (账龄): not yet due, or by days after the due day."""
    days = (today - due).days
    for most, label in AGES:
        if days <= most:
            return label
    return OLDEST


AGE_LABELS = (*(label for _most, label in AGES), OLDEST)
