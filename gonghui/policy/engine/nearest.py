"""The nearest change that flips an outcome (最近的变化): `再增加 1 人，即须建立委员会`."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gonghui.policy.engine import expr, facts
from gonghui.policy.engine.records import FactSpec, Nearest, answer_name

if TYPE_CHECKING:
    from gonghui.policy.engine.run import Case

STEPS = (1, 1000)
FINE = Fraction(1, 10000)


def nearest(case: Case, given: Mapping[str, Any], outcome: bool | None) -> Nearest | None:
    """The least change of a single fact that turns true into false or back; None when there is none, or nothing is known."""
    if outcome is None:
        return None
    best: tuple[Fraction, FactSpec, Any, Any] | None = None
    pairs = list(_pairs(case, given))
    for spec in case.rule.facts:
        now = given.get(spec.name)
        if now is None or spec.fixed or spec.type == "text":
            continue
        for other in _candidates(case, spec, given, pairs):
            cost = _cost(spec, now, other)
            if (best is None or cost < best[0]) and _outcome(case, {**given, spec.name: other}) is (not outcome):
                best = (cost, spec, now, other)
    return _say(case, *best[1:], outcome=not outcome) if best else None


def _outcome(case: Case, given: Mapping[str, Any]) -> bool | None:
    try:
        return case.outcome(given)
    except expr.ExprError:
        return None


def _pairs(case: Case, given: Mapping[str, Any]) -> Iterator[tuple[ast.expr, ast.expr, dict[str, Any], set[str]]]:
    """Both sides of every comparison, the parameters they stand among, and the facts that move them."""
    clauses, everything = {c.key for c in case.rule.clauses}, {f.name for f in case.rule.facts}
    for r in case.resolved:
        for v, formula, params in case.formulas(r) if r.clause.kind != "value" else ():
            env = {**params, "_inclusive": v.inclusive, "_rounding": v.rounding}
            for left, right in case.pack.compared.get(formula, ()):
                read = expr.names(left) | expr.names(right)
                yield left, right, {**env, "_deep": bool(read & clauses)}, read | everything if read & clauses else read


def _candidates(case: Case, spec: FactSpec, given: Mapping[str, Any], pairs: list[Any]) -> Iterator[Any]:
    now = given[spec.name]
    if spec.type == "bool":
        yield not now
    elif spec.type == "enum":
        yield from (c for c in spec.choices if c != now)
    else:
        seen = set()
        for left, right, params, names in pairs:
            if spec.name not in names:
                continue
            for root in _roots(case, spec, given, left, right, params):
                for other in _around(spec, now, root):
                    if other != now and other not in seen:
                        seen.add(other)
                        yield other


def _roots(
    case: Case, spec: FactSpec, given: Mapping[str, Any], left: ast.expr, right: ast.expr, params: dict[str, Any]
) -> Iterator[Fraction]:
    """Where the two sides meet, by the secant: exact for linear formulas. Distances from the present value."""

    def gap(shift: int) -> Fraction | None:
        moved = {**given, spec.name: _shift(spec, given[spec.name], shift)}
        try:
            env = case.env({**moved, **(case.results(moved) if params["_deep"] else {})}, params)
            run = expr.Eval(env, inclusive=params["_inclusive"], rounding=params["_rounding"])
            a, b = run(left), run(right)
            if a is None or b is None or isinstance(a, bool | str | list) or isinstance(b, bool | str | list):
                return None
            return Fraction((a - b).days) if isinstance(a, date) else Fraction(a - b)
        except (expr.ExprError, TypeError):
            return None

    here = gap(0)
    if here is None:
        return
    for step in STEPS:
        there = gap(step)
        if there is not None and there != here:
            yield -here * step / (there - here)


def _shift(spec: FactSpec, value: Any, by: Any) -> Any:
    return value + timedelta(days=int(by)) if spec.type == "date" else value + by


def _around(spec: FactSpec, now: Any, root: Fraction) -> Iterator[Any]:
    if abs(root) > 10**9:
        return
    if spec.type == "ratio":
        shifts: list[Any] = [root, root - FINE, root + FINE]
    else:
        low = math.floor(root)
        shifts = [low - 1, low, low + 1, low + 2]
    for shift in shifts:
        try:
            other = _shift(spec, now, shift)
        except OverflowError:
            continue
        if isinstance(other, date) or spec.minimum is None or other >= spec.minimum:
            yield other


def _cost(spec: FactSpec, now: Any, other: Any) -> Fraction:
    """Relative size of a change; turning a yes into a no counts as changing the whole."""
    if spec.type in ("bool", "enum"):
        return Fraction(1)
    if spec.type == "date":
        return Fraction(abs((other - now).days), 365)
    return Fraction(abs(other - now)) / max(Fraction(abs(now)), Fraction(1))


def _say(case: Case, spec: FactSpec, now: Any, other: Any, *, outcome: bool) -> Nearest:
    shown = facts.show(other, type=spec.type, unit=spec.unit, choices=spec.choices)
    if spec.type in ("bool", "enum"):
        change, how = None, f"如果“{spec.label}”是“{shown}”"
    elif spec.type == "date":
        days = (other - now).days
        change, how = days, f"{spec.label}{'推后' if days > 0 else '提前'} {abs(days)} 天（{shown}）"
    else:
        change = other - now
        size = facts.show(abs(change), type=spec.type, unit=spec.unit)
        how = f"{spec.label}再{'增加' if change > 0 else '减少'} {size}（{'达到' if change > 0 else '降到'} {shown}）"
    text = f"{how}，结果变为：{case.rule.answers[answer_name(outcome)]}。"
    return Nearest(spec.name, spec.label, now, other, change, outcome, text)
