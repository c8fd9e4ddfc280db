"""How one amount is shared among the levels (分成): every part within one fen of exact, the sum the whole (LED-07)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from gonghui.core import money
from gonghui.income.enums import Level


def shares(levy_fen: int, keep_fen: int, top_fen: int, middle: Mapping[Level, Fraction]) -> dict[Level, int]:
    """Parts of one contribution.

    Args: keep_fen and top_fen as the rule `finance.levy_split` gives them; middle: weights of province, city and county for the rest.
    Source: policy finance.levy_split, income.levy_middle.
    """
    rest = levy_fen - keep_fen - top_fen
    levels = list(middle)
    parts = money.split(rest, [middle[level] for level in levels])
    return {Level.KEEP: keep_fen, Level.TOP: top_fen, **dict(zip(levels, parts, strict=True))}


def reversed_shares(parts: Mapping[str, int]) -> dict[str, int]:
    """The same parts taken back, to the fen."""
    return {level: -fen for level, fen in parts.items()}
