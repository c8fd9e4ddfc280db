"""What the import linter and the type checker cannot see: no float touches money (LED-13)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

pytestmark = [pytest.mark.engine_free, pytest.mark.invariant("LED-13")]
ROOT = Path(settings.BASE_DIR)
SHOWN = {"core/charts.py"}
"""Modules that turn amounts into lengths on a picture, never back into amounts."""


def names_fen(node: ast.AST) -> bool:
    """Is an amount among what is computed with: a name that ends in `fen`, or is one?"""
    for child in ast.walk(node):
        name = child.id if isinstance(child, ast.Name) else child.attr if isinstance(child, ast.Attribute) else ""
        name = child.value if isinstance(child, ast.Constant) and isinstance(child.value, str) else name
        if name == "fen" or name.endswith("_fen"):
            return True
    return False


def exact(node: ast.AST) -> bool:
    """Is it a Fraction by its own words?"""
    return any(isinstance(child, ast.Name) and child.id == "Fraction" for child in ast.walk(node))


def floats(source: str) -> Iterator[int]:
    """Lines where an amount is divided with `/`, meets a float literal, goes through `float()` or `Decimal()`, or is declared as one."""
    for node in ast.walk(ast.parse(source)) if "fen" in source else ():
        if at_fault(node):
            yield node.lineno  # type: ignore[attr-defined]  # expressions and annotations have one


def at_fault(node: ast.AST) -> bool:
    """Does this very expression or declaration mix an amount with floats?"""
    if isinstance(node, ast.BinOp):
        literal = any(isinstance(side, ast.Constant) and isinstance(side.value, float) for side in (node.left, node.right))
        return (literal or (isinstance(node.op, ast.Div) and not exact(node))) and names_fen(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"float", "Decimal", "round"}:
        return any(names_fen(arg) for arg in node.args)
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        name = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
        return name.endswith("fen") and "float" in ast.unparse(node.annotation)
    return False


def test_no_float_is_computed_with_money() -> None:
    found, seen = [], 0
    for path in sorted(ROOT.rglob("*.py")):
        short = path.relative_to(ROOT).as_posix()
        if "tests" not in path.parts and "migrations" not in path.parts and short not in SHOWN:
            seen += 1
            found += [f"{short}:{line}" for line in floats(path.read_text(encoding="utf-8"))]
    assert found == [] and seen > 500


@pytest.mark.parametrize(
    "source",
    [
        "half = total_fen / 2", "x = row.amount_fen * 0.02", "y = float(fen)", "def f(amount_fen: float) -> None: ...", "z = row['sum_fen'] / n",
        "w = round(fen)", "paid_fen: float = 0",
    ],
)  # fmt: skip
def test_the_check_sees_a_float(source: str) -> None:
    assert list(floats(source)) == [1]


@pytest.mark.parametrize("source", ["half = total_fen // 2", "x = Fraction(fen) * w / total", "days: float = 1.5", "ratio = done / all"])
def test_the_check_lets_whole_fen_and_fractions_pass(source: str) -> None:
    assert list(floats(source)) == []


def unsound(found: list[type[models.Model]]) -> list[str]:
    """Columns that hold money in anything but whole numbers."""
    fields = [(m._meta.label, f) for m in found if m.__module__.startswith("gonghui.") for f in m._meta.concrete_fields]
    said = ("金额", "分）", "元", "余额")
    broken = (
        f"{label}.{f.name}"
        for label, f in fields
        if (f.name.endswith("_fen") and not isinstance(f, models.IntegerField))
        or (isinstance(f, models.FloatField | models.DecimalField) and any(word in str(f.verbose_name) for word in said))
    )
    return list(broken)


def test_money_is_kept_in_whole_fen() -> None:
    assert unsound(apps.get_models()) == []
    assert sum(f.name.endswith("_fen") for m in apps.get_models() for f in m._meta.concrete_fields) > 50


def test_the_check_sees_a_column_of_floats() -> None:
    class Purse(models.Model):
        sum_fen = models.FloatField("金额")

        class Meta:
            app_label = "house"
            managed = False

    Purse.__module__ = "gonghui.house"
    try:
        assert unsound([Purse]) == ["house.Purse.sum_fen"]
    finally:
        del apps.all_models["house"]
        apps.clear_cache()
