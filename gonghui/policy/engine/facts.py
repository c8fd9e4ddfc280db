"""Facts as they come in (事实): read by the rule's own description, refused with a Chinese sentence when they cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from gonghui.core import money
from gonghui.policy.engine.records import Fact, FactError, FactSpec, Rule

LIMIT = 10**15


def read(rule: Rule, given: Mapping[str, Any]) -> dict[str, Fact]:
    """Every fact of the rule, read; facts not given are unknown. Raises FactError for an unknown name or a wrong value."""
    known = {spec.name for spec in rule.facts}
    for name in given:
        if name not in known:
            listed = "、".join(f"{s.name}（{s.label}）" for s in rule.facts) or "不需要事实"
            raise FactError(f"规则 {rule.key} 不认识事实 {name}。它要的是：{listed}。")
    out = {}
    for spec in rule.facts:
        raw = given.get(spec.name)
        fact = raw if isinstance(raw, Fact) else Fact(raw)
        out[spec.name] = Fact(value(spec, fact.value), fact.source, fact.record, fact.as_of)
    return out


def value(spec: FactSpec, raw: Any) -> Any:
    """One value by its type; None and "" are unknown."""
    if raw is None or raw == "":
        return None
    try:
        read_one = READERS[spec.type](spec, raw)
    except (ValueError, TypeError, ZeroDivisionError) as fault:
        raise FactError(f"事实 {spec.name}（{spec.label}）的值 {raw!r} 不对，应是{WORDS[spec.type]}。") from fault
    number = isinstance(read_one, int | Fraction) and not isinstance(read_one, bool)
    if number and spec.minimum is not None and read_one < spec.minimum:
        raise FactError(f"事实 {spec.name}（{spec.label}）是 {raw}，不能小于 {spec.minimum}。")
    if number and abs(read_one) > LIMIT:
        raise FactError(f"事实 {spec.name}（{spec.label}）的值太大，请核对。")
    return read_one


def _int(spec: FactSpec, raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise TypeError(raw)
    return int(raw)


def _ratio(spec: FactSpec, raw: Any) -> Fraction:
    if isinstance(raw, bool):
        raise TypeError(raw)
    if isinstance(raw, str) and raw.endswith("%"):
        return Fraction(raw[:-1]) / 100
    return Fraction(str(raw)) if not isinstance(raw, Fraction) else raw


def _date(spec: FactSpec, raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    return raw if isinstance(raw, date) else date.fromisoformat(raw)


def _bool(spec: FactSpec, raw: Any) -> bool:
    words = {"true": True, "false": False, "是": True, "否": False}
    if isinstance(raw, str):
        if raw.lower() not in words:
            raise ValueError(raw)
        return words[raw.lower()]
    if not isinstance(raw, bool):
        raise TypeError(raw)
    return raw


def _enum(spec: FactSpec, raw: Any) -> str:
    text = str(raw)
    if text in spec.choices:
        return text
    for key, label in spec.choices.items():
        if label == text:
            return key
    raise FactError(
        f"事实 {spec.name}（{spec.label}）的值 {raw!r} 不在选项里：{'、'.join(f'{k}（{v}）' for k, v in spec.choices.items())}。"
    )


READERS: dict[str, Callable[[FactSpec, Any], Any]] = {
    "int": _int,
    "fen": _int,
    "ratio": _ratio,
    "date": _date,
    "bool": _bool,
    "enum": _enum,
    "text": lambda spec, raw: str(raw),
}
WORDS = {
    "int": "整数",
    "fen": "以分为单位的整数",
    "ratio": "比例，如 1/2",
    "date": "日期，如 2026-01-31",
    "bool": "true 或 false",
    "enum": "选项之一",
    "text": "文字",
}


def show(value: Any, *, type: str = "", unit: str = "", choices: Mapping[str, str] | None = None) -> str:
    """A value as a person reads it."""
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if type == "fen" and isinstance(value, int | Fraction):
        return (
            money.show(int(value))
            if not isinstance(value, Fraction) or value.denominator == 1
            else f"¥{value.numerator}/{value.denominator * 100}"
        )
    if isinstance(value, Fraction):
        return percent(value) if type == "ratio" and not unit else f"{value.numerator}/{value.denominator}{f' {unit}' if unit else ''}"
    if isinstance(value, int):
        return f"{value:,} {unit}".strip()
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list | tuple):
        return "、".join(show(v) for v in value)
    return (choices or {}).get(value, str(value))


def percent(ratio: Fraction) -> str:
    """A ratio in per cent, exactly when it has at most four places, else the fraction."""
    hundred = ratio * 100
    scaled = hundred * 10000
    if scaled.denominator != 1:
        return f"{ratio.numerator}/{ratio.denominator}"
    text = f"{scaled.numerator // 10000}.{abs(scaled.numerator) % 10000:04d}".rstrip("0").rstrip(".")
    return f"{text}%"
