"""How numbers, rates, moments and changes are written (数字、比率、时间的写法). Pure functions behind the template filters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from gonghui.core import clock

NONE = "—"


def number(value: Any) -> str:
    """`4,512`; a fraction or decimal keeps its own places."""
    if value is None or value == "":
        return NONE
    return f"{value:,}" if isinstance(value, int | float | Decimal) else str(value)


def wan(value: int | None) -> str:
    """`4,512` below ten thousand, `6.24万` from there, `1.08亿` from a hundred million."""
    if value is None:
        return NONE
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if abs(value) >= unit:
            return f"{_round(Fraction(value, unit), 2)}{name}"
    return f"{value:,}"


def money_wan(fen: int | None) -> str:
    """`¥342.6万` for an overview, `¥1,234` below ten thousand yuan."""
    if fen is None:
        return NONE
    sign, yuan = ("-" if fen < 0 else ""), Fraction(abs(fen), 100)
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if yuan >= unit:
            return f"{sign}¥{_round(yuan / unit, 1)}{name}"
    return f"{sign}¥{_round(yuan, 0)}"


def rate(part: Any, whole: Any, places: int = 1) -> str:
    """`86.4%`; a dash when the whole is nothing."""
    if part is None or not whole:
        return NONE
    return percent(Fraction(part) / Fraction(whole), places)


def percent(ratio: Any, places: int = 1) -> str:
    """A ratio (Fraction, `"1/2"`, float) as `50.0%`."""
    return NONE if ratio is None else f"{_round(Fraction(ratio) * 100, places)}%"


def points(change: Any) -> str:
    """A change of a rate, given as ratio: `▲ 0.6 个百分点`."""
    if change is None:
        return NONE
    value = _round(abs(Fraction(change)) * 100, 1)
    if value == "0.0":
        return "持平"
    return f"{'▲' if change > 0 else '▼'} {value} 个百分点"


def day(value: date | datetime | None) -> str:
    """`2026-11-23` for tables."""
    return NONE if value is None else _local(value).strftime("%Y-%m-%d")


def day_cn(value: date | datetime | None) -> str:
    """`2026年11月23日` for sentences."""
    if value is None:
        return NONE
    local = _local(value)
    return f"{local.year}年{local.month}月{local.day}日"


def minute(value: datetime | None) -> str:
    """`2026-11-23 16:40`."""
    return NONE if value is None else _local(value).strftime("%Y-%m-%d %H:%M")


def near(value: date | datetime | None) -> str:
    """`今天 16:40`, `昨天 09:05`, `11月20日 15:05` this year, `2025年11月20日` before."""
    if value is None:
        return NONE
    local = _local(value)
    then, today = date(local.year, local.month, local.day), clock.today()
    time = f" {local:%H:%M}" if isinstance(local, datetime) else ""
    if word := {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}.get((then - today).days):
        return word + time
    return f"{then.month}月{then.day}日{time}" if then.year == today.year else day_cn(then)


def due(value: date | datetime | None) -> tuple[str, str, str]:
    """For the `.due` block: (strong word, rest, class). `("今天", "到期", "due-hot")`."""
    if value is None:
        return "不限", "期限", ""
    local = _local(value)
    left = (date(local.year, local.month, local.day) - clock.today()).days
    if left < 0:
        return f"{-left} 天", "已超期", "due-hot"
    if left == 0:
        return "今天", "到期", "due-hot"
    return f"{left} 天", "后到期", "due-warm" if left <= 2 else ""


def _local(value: date | datetime) -> date | datetime:
    return value.astimezone(clock.SHANGHAI) if isinstance(value, datetime) and value.tzinfo else value


def _round(value: Fraction, places: int) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,}"
