"""Reported numbers judged by arithmetic alone (上报数的算术检验). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*[%％]\Z")
COUNT = re.compile(r"\d{1,3}(?:,\d{3})+\Z|\d{1,15}\Z")


@dataclass(frozen=True)
class Claim:
    """A number as claimed: a count, or a rate with the places it was written with."""

    count: int | None = None
    rate: Fraction | None = None
    places: int = 0


def read(text: str) -> Claim | None:
    """`98%`, `91.98％`, `4,138`; None when it is neither."""
    tidy = text.strip().replace("，", ",")
    if found := PERCENT.match(tidy):
        number = found[1]
        return Claim(rate=Fraction(number) / 100, places=len(number.partition(".")[2]))
    return Claim(count=int(tidy.replace(",", ""))) if COUNT.match(tidy) else None


def interval(claim: Claim) -> tuple[Fraction, Fraction]:
    """Which exact rates round to the claim: half a unit of the last place to each side."""
    half = Fraction(1, 2 * 100 * 10**claim.places)
    assert claim.rate is not None
    return claim.rate - half, claim.rate + half


def numerators(claim: Claim, of: int) -> list[int]:
    """Whole numbers k whose k / of is written as the claim; rounding half up or half even both pass."""
    low, high = interval(claim)
    return list(range(max(0, ceil(low * of)), min(of, floor(high * of)) + 1))


def impossible(claim: Claim, of: int) -> str:
    """Why no whole number out of `of` gives this rate, or "" (整数无解)."""
    if claim.rate is None or of <= 0 or numerators(claim, of):
        return ""
    near = floor(claim.rate * of)
    shown = f"{float(claim.rate * 100):.{claim.places}f}%"
    around = "，".join(f"{k} 个是 {float(Fraction(k, of) * 100):.2f}%" for k in (near, near + 1) if 0 <= k <= of)
    return f"{of:,} 个里得不出 {shown}：{around}。分母可能不是这个数，请核对。"


def denominators(claims: list[Claim], most: int = 2000) -> list[int]:
    """Which totals up to `most` make all these rates possible at once (由百分比倒推分母)."""
    return [n for n in range(1, most + 1) if all(numerators(c, n) for c in claims)]


def missing(claim: Fraction, numerator: int, denominator: int) -> int:
    """How many more are needed to reach the claim (还差多少)."""
    return max(0, ceil(claim * denominator) - numerator)
