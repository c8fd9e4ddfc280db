"""Money: whole fen, no float, shares that sum (LED-07, LED-08, LED-13)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core import money

pytestmark = pytest.mark.engine_free
FEN = st.integers(-(10**13), 10**13)


@pytest.mark.parametrize(("text", "fen"), [("1,234.5", 123450), ("¥12", 1200), ("12.30元", 1230), ("-0.01", -1), ("１２．３", 1230)])
def test_amounts_are_read(text: str, fen: int) -> None:
    assert money.parse(text) == fen


@pytest.mark.parametrize("text", ["", "1.234", "12,34", "1e5", "NaN", "=1+1", "一百", "99999999999999999"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        money.parse(text)


@pytest.mark.invariant("LED-13")
@given(fen=FEN)
def test_what_is_shown_reads_back(fen: int) -> None:
    assert money.parse(money.show(fen)) == fen


@pytest.mark.invariant("LED-07", "LED-08")
@given(fen=FEN, weights=st.lists(st.fractions(min_value=0, max_value=100), min_size=1, max_size=12).filter(lambda w: sum(w) > 0))
def test_parts_sum_to_the_whole_and_are_within_a_fen(fen: int, weights: list[Fraction]) -> None:
    parts = money.split(fen, weights)
    total = sum(weights)
    assert sum(parts) == fen and all(abs(p - Fraction(fen) * w / total) < 1 for p, w in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (100000, "壹仟元整"),
        (1864000, "壹万捌仟陆佰肆拾元整"),
        (105, "壹元零伍分"),
        (-1, "负壹分"),
        (0, "零元整"),
        (1000000000, "壹仟万元整"),
        (10000000001, "壹亿元零壹分"),
    ],
)
def test_capital_numerals(fen: int, text: str) -> None:
    assert money.capital(fen) == text


@given(fen=FEN)
def test_an_amount_for_a_sentence_is_the_same_amount(fen: int) -> None:
    assert money.show(fen).replace("¥", "") == money.yuan(fen) and money.parse(money.yuan(fen)) == fen
