"""Rounding makes no fen and loses none over very many splits and refunds (LED-07, LED-08).

A million of them: GONGHUI_SPLITS=1000000.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest

from gonghui.core import money
from gonghui.income.enums import Level
from gonghui.income.rules import shares

pytestmark = pytest.mark.engine_free
SPLITS = int(os.environ.get("GONGHUI_SPLITS", "3000"))
MIDDLE = (Level.PROVINCE, Level.CITY, Level.COUNTY)
Split = Callable[[int, list[Fraction]], list[int]]


def alone(fen: int, weights: list[Fraction]) -> list[int]:
    """What one would write first: every part rounded by itself."""
    return [money.share(fen, w / sum(weights)) for w in weights]


def lives(count: int, split: Split) -> Iterator[tuple[int, list[int], list[Fraction]]]:
    """Contributions of every size, shared by weights as rules and by-laws write them; then some given back, some corrected."""
    dice = random.Random(20251122)
    for _ in range(count):
        whole = dice.choice([dice.randint(1, 999), dice.randint(1, 10**7), dice.randint(1, money.LIMIT)])
        weights = [Fraction(dice.randint(0, 40), dice.choice([1, 3, 7, 100])) for _ in range(dice.randint(1, 6))]
        weights[dice.randrange(len(weights))] += 1
        parts = split(whole, weights)
        yield whole, parts, weights
        back = dice.choice([whole, dice.randint(0, whole)])  # wholly or partly returned: by the same weights, to the fen
        yield -back, split(-back, weights), weights


def faults(count: int, split: Split) -> tuple[int, int, int]:
    """Splits whose parts are not the whole, parts more than a fen off, and fen made or lost by all of them together."""
    uneven = far = booked = asked = 0
    for whole, parts, weights in lives(count, split):
        total = sum(weights, Fraction(0))
        uneven += sum(parts) != whole
        # |part - whole·w/total| < 1, in whole numbers
        far += any(abs(p * total.numerator * w.denominator - whole * w.numerator * total.denominator) >= total.numerator * w.denominator
                   for p, w in zip(parts, weights, strict=True))  # fmt: skip
        booked, asked = booked + sum(parts), asked + whole
    return uneven, far, booked - asked


@pytest.mark.invariant("LED-07", "LED-08")
def test_no_fen_is_made_or_lost_by_splits_and_refunds() -> None:
    assert faults(SPLITS // 2, money.split) == (0, 0, 0)


@pytest.mark.invariant("LED-07", "LED-08")
def test_parts_rounded_one_by_one_would_make_and_lose_fen() -> None:
    """Negative control."""
    uneven, far, off = faults(500, alone)
    assert uneven > 50 and off != 0 and far == 0  # each part looks right, together they are not


@pytest.mark.system("S211")
@pytest.mark.invariant("LED-07", "LED-08")
def test_what_the_levels_got_and_gave_back_is_what_was_paid() -> None:
    dice, held, paid = random.Random(7), defaultdict[str, int](int), 0
    for _ in range(SPLITS // 4):
        levy = dice.randint(1, 10**9)
        keep, top = money.share(levy, Fraction(dice.choice([40, 60]), 100)), money.share(levy, Fraction(5, 100))
        middle = {level: Fraction(dice.randint(1, 30), 100) for level in MIDDLE}
        parts = shares.shares(levy, keep, top, middle)
        back = shares.reversed_shares(parts) if dice.random() < 0.3 else {}
        for some in (parts, back):
            for level, fen in some.items():
                held[level] += fen
        paid += 0 if back else levy
    assert sum(held.values()) == paid and all(fen >= 0 for fen in held.values())
