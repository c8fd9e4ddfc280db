"""The fast answer and the slip of the rule base are one (公平规则)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.booking.rules import fair
from gonghui.policy import services as policy

pytestmark = [pytest.mark.system("S171")]
small, cap = st.integers(0, 3), st.none() | st.integers(1, 3)
FACTS = st.builds(
    fair.Facts, member=st.booleans(), on_sale=st.booleans(), minutes_to_open=small, minutes_to_close=small, same_item=small,
    per_person=st.integers(1, 3), exclusive=small, household=st.none() | small, barred=st.booleans(), day_count=small, day_cap=cap,
    month_count=small, month_cap=cap, year_count=small, year_cap=cap, category_count=small, category_cap=cap, served=small,
    first_only=st.booleans(), quiz_right=st.none() | small, quiz_pass=cap, wins=small, wins_cap=cap, day_lost=st.booleans(),
    open_to_me=st.none() | small,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_the_hot_answer_is_the_answer_of_the_rule_base(facts: fair.Facts) -> None:
    slip = policy.decide("booking.may_book", on=date(2026, 5, 6), facts=facts.as_dict())
    failed = {c.clause.key for c in slip.clauses if c.result is False}
    assert {r.code for r in fair.refusals(facts)} == failed
    assert slip.outcome is fair.allowed(facts)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 24))
def test_the_end_of_a_bar_is_that_of_the_rule_base(day: date, months: int) -> None:
    slip = policy.decide("booking.bar_until", on=date(2026, 5, 6), facts={"lapsed_on": day, "months": months})
    assert slip.values["until"] == fair.bar_until(day, months)


def test_month_ends_are_kept_within_the_month() -> None:
    assert fair.bar_until(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert fair.bar_until(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert fair.bar_until(date(2026, 8, 31), 3) == date(2026, 11, 30)


def test_a_limit_that_is_not_announced_holds_nobody_back() -> None:
    assert fair.allowed(fair.Facts(day_count=99, month_count=99, year_count=99, category_count=99, wins=99, served=99))
    assert [r.code for r in fair.refusals(fair.Facts(day_count=2, day_cap=2))] == ["cap_day"]


@pytest.mark.parametrize(
    ("since", "until", "days"), [("2026-05-01", "2026-05-10", 1), ("2026-05-01", "2026-05-09", 0), ("2026-05-12", "2026-05-20", 9)]
)
def test_overlap_counts_both_last_days(since: str, until: str, days: int) -> None:
    first, last = date(2026, 5, 10), date(2026, 5, 31)
    assert fair.overlap_days(first, last, date.fromisoformat(since), date.fromisoformat(until)) == days
