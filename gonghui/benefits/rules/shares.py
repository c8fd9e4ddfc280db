"""Splitting places among unions (名额分配): largest remainder by members."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gonghui.core import money


def split(places: int, members: Sequence[int]) -> list[int]:
    """Places of each union, their sum the whole; nothing when nobody has members."""
    if not members or sum(members) <= 0:
        return [0] * len(members)
    return money.split(places, [Fraction(n) for n in members])


def per_head(total_fen: int, heads: int) -> int:
    """Cost of one person, rounded up to the fen: a ceiling is not met by rounding."""
    return -(-total_fen // heads) if heads else 0
