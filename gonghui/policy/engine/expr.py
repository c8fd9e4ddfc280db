"""Formulas of rules (规则公式): a small declarative language over a whitelist of the Python syntax tree; nothing is executed.

`None` means unknown. `and`, `or`, `not` follow Kleene's three-valued logic, so a known answer never depends on an unknown
fact. Numbers are exact (int, Fraction); floats are refused.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from gonghui.core.clock import add_months

LIMIT = 2000
NODES = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Call, ast.Name, ast.Load, ast.Attribute,
    ast.Constant, ast.IfExp, ast.List,
)  # fmt: skip
BINARY: dict[type, Callable[[Any, Any], Any]] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
LAZY = ("coalesce", "known", "agree", "count")
STRICT: dict[str, Callable[..., Any]] = {}


class ExprError(Exception):
    """A formula outside the language, or one that meets the wrong kind of value."""


def strict(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that answers unknown as soon as one argument is unknown."""

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        STRICT[name] = function
        return function

    return keep


STRICT |= {"min": min, "max": max, "abs": abs, "months_after": add_months}
STRICT["ceil"] = lambda x: math.ceil(x)
STRICT["floor"] = lambda x: math.floor(x)
STRICT["days_after"] = lambda day, n: day + timedelta(days=n)
STRICT["days_between"] = lambda first, last: (last - first).days
STRICT["date"] = date.fromisoformat
STRICT["month_start"] = lambda day: day.replace(day=1)


@strict("half_up")
def half_up(x: Any) -> int:
    """Round half up, away from zero for negatives as `money.share` does."""
    whole = math.floor(abs(Fraction(x)) + Fraction(1, 2))
    return whole if x >= 0 else -whole


@strict("whole_months")
def whole_months(first: date, last: date) -> int:
    """Full months from one day to another."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - 1 if months > 0 and add_months(first, months) > last else months


@strict("mentions")
def mentions(text: str, words: list[str]) -> bool:
    """Does the text hold one of the words, alone or within a longer name?"""
    return any(str(word) in text for word in words)


@strict("band")
def band(x: Any, table: list[Mapping[str, Any]], column: str) -> Any:
    """The column of the row whose `from`–`to` holds x; both ends included, an open end may be left out."""
    for row in table:
        if row.get("from", x) <= x <= row.get("to", x):
            return row.get(column)
    return None


def parse(text: str) -> ast.expr:
    """The syntax tree, or ExprError naming what is not allowed."""
    if not isinstance(text, str) or len(text) > LIMIT:
        raise ExprError("公式须是不超过 2000 字的文字")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise ExprError(f"公式写法不对：{text}") from fault
    for node in ast.walk(tree):
        _check(node)
    body: ast.expr = _Truths().visit(tree).body
    return body


class _Truths(ast.NodeTransformer):
    """`true` and `false` as YAML writes them."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.copy_location(ast.Constant(node.id == "true"), node) if node.id in ("true", "false") else node


def _check(node: ast.AST) -> None:
    if not isinstance(node, NODES):
        raise ExprError(f"公式里不能用 {type(node).__name__}")
    if isinstance(node, ast.Constant) and type(node.value) not in (int, str, bool):
        raise ExprError(f"公式里不能写 {node.value!r}，比例请写成参数，如 1/2")
    if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and not node.attr.startswith("_")):
        raise ExprError("引用别的规则请写 领域.规则")
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise ExprError(f"名称 {node.id} 不能以下划线开头")
    if isinstance(node, ast.Call):
        known = isinstance(node.func, ast.Name) and (node.func.id in STRICT or node.func.id in LAZY or node.func.id in ("reach", "rounded"))
        if not known or node.keywords:
            raise ExprError("公式里用了没有的函数")


def names(tree: ast.expr) -> set[str]:
    """Names the formula reads; references to other rules as `area.rule`."""
    return set(_names(tree))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield f"{node.value.id}.{node.attr}"
        return
    if isinstance(node, ast.Name):
        yield node.id
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Call) and child is node.func):
            yield from _names(child)


def compared(tree: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Both sides of every comparison, and of every limit of a band: where an answer may turn."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            yield from ((a, b) for op, a, b in zip(node.ops, sides, sides[1:], strict=False) if not isinstance(op, ast.In | ast.NotIn))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reach":
            yield node.args[0], node.args[1]


class Eval:
    """Evaluate trees against one set of names (求值). `log` receives every comparison."""

    def __init__(
        self, env: Mapping[str, Any], *, inclusive: bool = True, rounding: str = "", log: Callable[..., None] | None = None
    ) -> None:
        self.env, self.inclusive, self.rounding, self.log = env, inclusive, rounding, log

    def __call__(self, node: ast.expr) -> Any:
        try:
            value = getattr(self, "on_" + type(node).__name__)(node)
        except (TypeError, AttributeError, KeyError, ValueError, OverflowError) as fault:
            raise ExprError(f"公式 {ast.unparse(node)} 算不出来：{fault}") from fault
        return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value

    def on_Constant(self, node: ast.Constant) -> Any:
        return node.value

    def on_Name(self, node: ast.Name) -> Any:
        return self.env[node.id]

    def on_Attribute(self, node: ast.Attribute) -> Any:
        assert isinstance(node.value, ast.Name)
        return self.env[f"{node.value.id}.{node.attr}"]

    def on_List(self, node: ast.List) -> Any:
        return [self(e) for e in node.elts]

    def on_BoolOp(self, node: ast.BoolOp) -> bool | None:
        final, seen = isinstance(node.op, ast.Or), not isinstance(node.op, ast.Or)
        result: bool | None = seen
        for part in node.values:
            value = truth(self(part))
            if value is final:
                return final
            if value is None:
                result = None
        return result

    def on_UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self(node.operand)
        if value is None:
            return None
        return not truth(value) if isinstance(node.op, ast.Not) else -value

    def on_BinOp(self, node: ast.BinOp) -> Any:
        left, right = self(node.left), self(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Div):
            return Fraction(left) / right if right else None
        return BINARY[type(node.op)](left, right)

    def on_Compare(self, node: ast.Compare) -> bool | None:
        left, result = self(node.left), True
        unknown = False
        for op, after in zip(node.ops, node.comparators, strict=True):
            right = self(after)
            one = self.compare(op, left, right)
            if self.log:
                self.log(node, op, left, right, one)
            if one is False:
                result = False
            unknown = unknown or one is None
            left = right
        return None if unknown and result else result

    def compare(self, op: ast.cmpop, left: Any, right: Any) -> bool | None:
        if isinstance(op, ast.In | ast.NotIn):
            if left is None or right is None:
                return None
            found = left in right
            if not found and None in right:
                return None
            return found if isinstance(op, ast.In) else not found
        if left is None or right is None:
            return None
        return COMPARE[type(op)](left, right)

    def on_IfExp(self, node: ast.IfExp) -> Any:
        test = truth(self(node.test))
        if test is None:
            yes, no = self(node.body), self(node.orelse)
            return yes if yes == no else None
        return self(node.body if test else node.orelse)

    def on_Call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        name, args = node.func.id, [self(a) for a in node.args]
        if name == "coalesce":
            return next((a for a in args if a is not None), None)
        if name == "known":
            return all(a is not None for a in args)
        if name == "agree":
            return args[0] if all(a == args[0] for a in args) else None
        if name == "count":
            return None if None in args else sum(map(bool, args))
        if None in args:
            return None
        if name == "reach":
            done = args[0] >= args[1] if self.inclusive else args[0] > args[1]
            if self.log:
                self.log(node, ast.GtE() if self.inclusive else ast.Gt(), args[0], args[1], done)
            return done
        if name == "rounded":
            return STRICT[self.rounding](args[0])
        return STRICT[name](*args)


def truth(value: Any) -> bool | None:
    """A truth value, or ExprError: numbers are not truth values here."""
    if value is None or isinstance(value, bool):
        return value
    raise ExprError(f"这里要的是“是/否”，得到的是 {value}")


def unknown_names(node: ast.expr, run: Eval) -> set[str]:
    """Names whose being unknown makes the node unknown."""
    if run(node) is not None:
        return set()
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Attribute):
        return names(node)
    if isinstance(node, ast.IfExp) and (test := run(node.test)) is not None:
        return unknown_names(node.body if test else node.orelse, run)
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not (isinstance(node, ast.Call) and child is node.func):
            found |= unknown_names(child, run)
    return found
