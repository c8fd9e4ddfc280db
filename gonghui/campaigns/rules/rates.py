"""Can this rate be true (率能不能成立)? Integers against a rounded percentage. Source: S269, F09, inventory Appendix B contradiction 5."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

MOST_PLACES = 4


@dataclass(frozen=True)
class Claim:
    """A percentage as written: `98.3%` is 983/1000 with half a step of 1/2000 to either side."""

    text: str
    value: Fraction
    half: Fraction

    def meets(self, numerator: int, denominator: int) -> bool:
        """Does numerator ÷ denominator read as this percentage, rounded half up?"""
        found = Fraction(numerator, denominator)
        return self.value - self.half <= found < self.value + self.half


def claim(text: str) -> Claim:
    """Read `99`, `99%`, `98.3 ％`. Raises ValueError with a Chinese sentence."""
    bare = text.strip().removesuffix("%").removesuffix("％").strip()
    whole, dot, rest = bare.partition(".")
    plain = whole.isascii() and whole.isdigit() and len(whole) <= 3 and (not dot or (rest.isascii() and rest.isdigit()))
    if not plain or len(rest) > MOST_PLACES:
        raise ValueError("百分比写成 99% 或 98.3%，小数最多 4 位。")
    value = Fraction(int(whole + rest), 10 ** len(rest)) / 100
    if value > 1:
        raise ValueError(f"{bare}% 大于 100%。分子是分母的一部分，率不会超过 100%。")
    return Claim(f"{bare}%", value, Fraction(1, 2 * 100 * 10 ** len(rest)))


def percent(numerator: int, denominator: int, places: int = 2) -> str:
    """`97.14%`, rounded half up."""
    scaled = Fraction(numerator * 100 * 10**places, denominator)
    n = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return f"{n // 10**places}.{n % 10**places:0{places}d}%" if places else f"{n}%"


def denominators(numerator: int, said: Claim) -> tuple[int, int] | None:
    """The least and the largest whole denominator with which the numerator gives this rate; None when no such pair exists.

    A rate of zero leaves the denominator open: only the least one is named then, twice.
    """
    low, high = said.value - said.half, said.value + said.half
    least = max(numerator, 1, int(Fraction(numerator) / high) + 1)  # n/d < high means d > n/high
    if low <= 0:
        return (least, least)
    most = int(Fraction(numerator) / low)  # n/d >= low means d <= n/low
    return (least, most) if least <= most else None


def fault(numerator: int, denominator: int | None, said: Claim) -> str:
    """Why the rate cannot be true, or "" when it can. Boundaries: equal numbers are 100 %, zero of any whole is 0 %."""
    if numerator < 0 or (denominator is not None and denominator <= 0):
        return "分子不能小于 0，分母要大于 0。"
    if denominator is None:
        return "" if denominators(numerator, said) else _no_pair(numerator, said)
    if numerator > denominator:
        return f"分子 {numerator} 大于分母 {denominator}，分子应当是分母的一部分，请核对两个数的口径。"
    if said.meets(numerator, denominator):
        return ""
    places = max(2, len(said.text.partition(".")[2].removesuffix("%")))
    computed = f"{numerator} ÷ {denominator} = {percent(numerator, denominator, places)}，不是 {said.text}。"
    return computed if denominators(numerator, said) else f"{computed}{_no_pair(numerator, said)}"


def _no_pair(numerator: int, said: Claim) -> str:
    """The nearest pairs on both sides."""
    at = max(numerator, 1)
    while at <= 2 * numerator + 2 and Fraction(numerator, at) >= said.value + said.half:
        at += 1
    sides = [f"{numerator} ÷ {d} = {percent(numerator, d)}" for d in (at - 1, at) if d >= max(numerator, 1)]
    return f"没有哪个整数分母能让 {numerator} 得出 {said.text}（{'，'.join(sides)}）。请核对分子是不是另一个口径的数。"
