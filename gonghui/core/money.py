"""Money in whole fen (以分为单位的整数). No float ever touches an amount."""

from __future__ import annotations

import re
from fractions import Fraction

LIMIT = 10**13
_YUAN = re.compile(r"^\s*(?P<sign>-?)[¥￥]?(?P<yuan>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<fen>\d{1,2}))?\s*元?\s*$")


def parse(text: str) -> int:
    """Fen from a text such as `1,234.5`, `¥12` or `12.30元`. Raises ValueError for anything else."""
    found = _YUAN.match(text.translate(str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")))
    if not found:
        raise ValueError(text)
    fen = int(found["yuan"].replace(",", "")) * 100 + int((found["fen"] or "0").ljust(2, "0"))
    if fen > LIMIT:
        raise ValueError(text)
    return -fen if found["sign"] else fen


def show(fen: int) -> str:
    """`¥18,640.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan(fen: int) -> str:
    """`18,640.00`, for a sentence that says 元 itself."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def plain(fen: int) -> str:
    """`18640.00`, for a field or a file."""
    return yuan(fen).replace(",", "")


def share(fen: int, ratio: Fraction) -> int:
    """A part of an amount, rounded half up to the fen (四舍五入到分)."""
    part = abs(fen) * ratio
    whole = (part.numerator * 2 + part.denominator) // (part.denominator * 2)
    return whole if fen >= 0 else -whole


def split(fen: int, weights: list[Fraction]) -> list[int]:
    """Parts that sum to the whole, each within one fen of exact (largest remainder 最大余数法)."""
    total = sum(weights, Fraction(0))
    if total <= 0 or any(w < 0 for w in weights):
        raise ValueError("weights")
    exact = [Fraction(abs(fen)) * w / total for w in weights]
    parts = [e.numerator // e.denominator for e in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: abs(fen) - sum(parts)]:
        parts[i] += 1
    return parts if fen >= 0 else [-p for p in parts]


_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def capital(fen: int) -> str:
    """Amount in capital numerals (大写金额): 100000 -> 壹仟元整."""
    if abs(fen) > LIMIT * 100:
        raise ValueError(fen)
    yuan, rest = divmod(abs(fen), 100)
    text = _capital_integer(yuan) + "元" if yuan else ""
    jiao, cent = divmod(rest, 10)
    if not rest:
        text = (text or "零元") + "整"
    else:
        text += (_DIGITS[jiao] + "角" if jiao else ("零" if yuan else "")) + (_DIGITS[cent] + "分" if cent else "整")
    return ("负" if fen < 0 else "") + text


def _capital_integer(n: int) -> str:
    groups: list[str] = []
    for unit in ("", "万", "亿", "万亿"):
        n, four = divmod(n, 10000)
        groups.append(_capital_four(four, lead=n > 0) + unit if four else ("零" if n else ""))
    text = "".join(reversed(groups))
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.rstrip("零")


def _capital_four(four: int, *, lead: bool) -> str:
    text, zero = "", False
    for position, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = four // position % 10
        if digit:
            text += ("零" if zero else "") + _DIGITS[digit] + unit
            zero = False
        elif text or lead:
            zero = True
    return text
