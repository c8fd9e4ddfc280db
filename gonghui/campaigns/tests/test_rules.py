"""Rates that can and cannot be true; counting, ranking, overlaps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.campaigns.rules import progress as rules
from gonghui.campaigns.rules import rates


def test_thirty_four_unions_cannot_be_ninety_nine_percent() -> None:
    said = rates.claim("99 %")
    assert rates.denominators(34, said) is None
    why = rates.fault(34, None, said)
    assert "34 ÷ 34 = 100.00%" in why and "34 ÷ 35 = 97.14%" in why and why.endswith("。")
    assert "没有哪个整数分母" in rates.fault(34, 35, said)


@pytest.mark.parametrize(
    ("numerator", "denominator", "text", "possible"),
    [
        (66, 67, "99%", True),  # 98.507 %
        (65, 66, "99%", False),  # 98.48 % reads 98 %
        (199, 200, "99%", False),  # exactly 99.5 % rounds up to 100 %
        (197, 200, "99%", True),  # exactly 98.5 % rounds up to 99 %
        (35, 34, "100%", False),
        (34, 34, "100%", True),
        (0, 9, "0%", True),
        (1, 200, "0%", False),  # exactly 0.5 % rounds up to 1 %
        (214542, 233251, "91.98%", True),
        (214542, 233251, "98%", False),
        (63, 305, "20.66%", True),
        (5, 0, "50%", False),
    ],
)
def test_a_rate_holds_only_when_its_two_numbers_give_it(numerator: int, denominator: int, text: str, possible: bool) -> None:
    assert (rates.fault(numerator, denominator, rates.claim(text)) == "") is possible


@pytest.mark.parametrize("text", ["", "abc", "101%", "-3%", "9.12345%", "1e2", "99.%x"])
def test_what_is_no_percentage_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"。$"):
        rates.claim(text)


@settings(max_examples=25, deadline=None)
@given(numerator=st.integers(0, 12), tenths=st.integers(0, 1000), places=st.sampled_from([0, 1]))
def test_the_denominators_found_are_those_that_trying_all_finds(numerator: int, tenths: int, places: int) -> None:
    text = f"{tenths // 10}.{tenths % 10}" if places else f"{tenths // 10}"
    said = rates.claim(text)
    least = max(numerator, 1)
    # above 2000 times the numerator even the smallest positive claim of a tenth has been passed
    fits = [
        d
        for d in range(least, max(2200 * max(numerator, 1), 2) if said.value < Fraction(1, 50) else 70 * max(numerator, 1) + 2)
        if said.meets(numerator, d)
    ]
    found = rates.denominators(numerator, said)
    assert (found is None) == (not fits)
    if found is not None:
        assert found[0] == fits[0] and said.meets(numerator, found[0])
        if said.value - said.half > 0:
            assert found[1] == fits[-1] and said.meets(numerator, found[1])


@settings(max_examples=60, deadline=None)
@given(denominator=st.integers(1, 10**7), part=st.fractions(0, 1), places=st.integers(0, 3))
def test_what_is_written_from_two_numbers_is_always_accepted(denominator: int, part: Fraction, places: int) -> None:
    numerator = int(part * denominator)
    assert rates.fault(numerator, denominator, rates.claim(rates.percent(numerator, denominator, places))) == ""


def test_every_record_counts_for_one_team_and_the_teams_sum_to_the_whole() -> None:
    areas = [rules.Area(1, ("0001a",)), rules.Area(2, ("0001b",), frozenset({7}))]
    day = date(2026, 3, 1)
    facts = [
        rules.Fact(n, path, day, firm) for n, (path, firm) in enumerate([("0001aX", None), ("0001aX", 7), ("0001b", 3), ("0002", None)])
    ]
    assert rules.tally(areas, facts, day) == {1: 1, 2: 2, None: 1}
    assert rules.tally(areas, facts, date(2026, 2, 28)) == {1: 0, 2: 0}
    assert rules.overlap(areas, "0001") == 1 and rules.overlap(areas, "0001ab") == 1 and rules.overlap(areas, "0003") is None


def test_ranking_is_by_share_and_equals_share_a_place() -> None:
    places = rules.ranking({1: 5, 2: 10, 3: 1, 4: 9}, {1: 10, 2: 20, 3: 1})
    assert [(p.team, p.rank) for p in places] == [(3, 1), (2, 2), (1, 3), (4, 4)]
    tied = rules.ranking({1: 5, 2: 5}, {1: 10, 2: 10})
    assert [(p.team, p.rank) for p in tied] == [(1, 1), (2, 1)]


def test_trend_ends_on_the_last_day_and_never_falls() -> None:
    days = rules.ticks(date(2026, 1, 1), date(2026, 3, 31))
    assert days[0] == date(2026, 1, 1) and days[-1] == date(2026, 3, 31) and len(days) <= 12
    facts = [rules.Fact(n, "", date(2026, 1, 1 + n)) for n in range(20)]
    line = rules.cumulative(days, facts)
    assert line == sorted(line) and line[-1] == 20
    assert rules.judged(3, 3) == "done" and rules.judged(2, 3) == "partial" and rules.judged(0, 3) == "failed"
