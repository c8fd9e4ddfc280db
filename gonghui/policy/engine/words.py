"""Formulas in Chinese words (公式的中文说法): the steps of the arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from gonghui.policy.engine import facts
from gonghui.policy.engine.expr import Eval
from gonghui.policy.engine.records import Rule, Value, plain

SYMBOLS: dict[type, str] = {
    ast.Eq: "＝", ast.NotEq: "≠", ast.Lt: "＜", ast.LtE: "≤", ast.Gt: "＞", ast.GtE: "≥", ast.In: "属于", ast.NotIn: "不属于",
    ast.Add: "＋", ast.Sub: "－", ast.Mult: "×", ast.Div: "÷",
}  # fmt: skip
PYTHON: dict[type, str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
CALLS = {
    "ceil": "（{0}）进一取整",
    "floor": "（{0}）去尾取整",
    "half_up": "（{0}）四舍五入",
    "rounded": "（{0}）按规定取整",
    "months_after": "{0} 之后 {1} 个月",
    "month_start": "{0} 所在月的第一天",
    "days_after": "{0} 之后 {1} 天",
    "days_between": "{0} 到 {1} 的天数",
    "whole_months": "{0} 到 {1} 的整月数",
    "min": "{} 中较小的",
    "max": "{} 中较大的",
    "coalesce": "{0}",
    "known": "已知 {0}",
    "agree": "{} 一致",
    "count": "{} 中成立的个数",
    "band": "{0} 所在档",
    "mentions": "{0} 里有 {1} 中的一样",
    "abs": "{0}",
    "date": "{0}",
}


class Phrase:
    """Says the nodes of a formula, with the facts of one case."""

    def __init__(self, rule: Rule, env: Mapping[str, Any], run: Eval, read: Mapping[str, Value]) -> None:
        self.rule, self.env, self.run, self.read = rule, env, run, read
        self.specs = {f.name: f for f in rule.facts}
        self.clauses = {c.key: c for c in rule.clauses}
        self.choices = {key: label for f in rule.facts for key, label in f.choices.items()}

    def __call__(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = self.read[f"{node.value.id}.{node.attr}"]
            return f"{found.label} {facts.show(found.value, type=found.type, unit=found.unit)}"
        if isinstance(node, ast.Constant):
            return self.choices.get(node.value, f"“{node.value}”") if isinstance(node.value, str) else facts.show(node.value)
        if isinstance(node, ast.BinOp):
            return f"{self.inner(node.left)} {SYMBOLS[type(node.op)]} {self.inner(node.right)}"
        if isinstance(node, ast.BoolOp):
            return (" 并且 " if isinstance(node.op, ast.And) else " 或者 ").join(self.inner(v) for v in node.values)
        if isinstance(node, ast.UnaryOp):
            return ("不是：" if isinstance(node.op, ast.Not) else "－") + self.inner(node.operand)
        if isinstance(node, ast.Compare):
            return " ".join([self(node.left), *(f"{SYMBOLS[type(o)]} {self(c)}" for o, c in zip(node.ops, node.comparators, strict=True))])
        if isinstance(node, ast.IfExp):
            test = self.run(node.test)
            return self(node.body if test else node.orelse) if test is not None else "视情况"
        if isinstance(node, ast.List):
            return "、".join(self(e) for e in node.elts)
        return self.call(node) if isinstance(node, ast.Call) else ""

    def inner(self, node: ast.expr) -> str:
        return f"（{self(node)}）" if isinstance(node, ast.BinOp | ast.BoolOp) else self(node)

    def call(self, node: ast.Call) -> str:
        assert isinstance(node.func, ast.Name)
        args = [self(a) for a in node.args]
        if node.func.id == "reach":
            return f"{args[0]} {'≥' if self.run.inclusive else '＞'} {args[1]}"
        pattern = CALLS.get(node.func.id, "{}")
        return pattern.replace("{}", "、".join(args)) if "{}" in pattern else pattern.format(*args)

    def name(self, name: str) -> str:
        if name in self.specs:
            spec = self.specs[name]
            value = self.env.get(name)
            return f"{spec.label} {facts.show(value, type=spec.type, unit=spec.unit, choices=spec.choices)}"
        if name in self.clauses:
            return f"“{self.clauses[name].label}”"
        if name == "on":
            return f"{self.rule.relevant_date} {facts.show(self.env['on'])}"
        label = self.rule.params.get(name, "标准")
        value = self.env.get(name)
        if isinstance(value, list | dict):
            return label
        return f"{label} {facts.show(value, type='ratio' if isinstance(value, Fraction) else '', unit=self.rule.unit)}".strip()


def formal(op: ast.cmpop, left: Any, right: Any) -> str:
    """`24 >= 25`."""
    return f"{_formal(left)} {PYTHON[type(op)]} {_formal(right)}"


def _formal(value: Any) -> str:
    if isinstance(value, Fraction | date):
        return str(plain(value))
    return "?" if value is None else str(value)


def verdict(result: Any) -> str:
    """成立 / 不成立 / 不能判断."""
    return "不能判断" if result is None else "成立" if result else "不成立"
