"""The requirements file cannot claim what no test shows (DESIGN §9)."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine_free
ROOT = Path(__file__).resolve().parents[2]
STATES = {"works", "partial", "planned"}


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs/requirements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marks(name: str) -> dict[str, set[str]]:
    """Arguments of `pytest.mark.<name>(…)` in the tests, with the files that carry them."""
    found: dict[str, set[str]] = {}
    for path in [*ROOT.glob("gonghui/*/tests/**/*.py"), *ROOT.glob("tests/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == name
                and "mark" in ast.dump(node.func.value)
            ):
                for argument in node.args:
                    if isinstance(argument, ast.Constant):
                        found.setdefault(str(argument.value), set()).add(str(path.relative_to(ROOT)))
    return found


def test_every_system_has_one_row_with_a_known_state() -> None:
    found = rows()
    assert [r["id"] for r in found] == [f"S{n:03}" for n in range(1, 274)]
    assert {r["state"] for r in found} <= STATES


def test_what_works_is_shown_by_a_marked_test() -> None:
    marked = marks("system")
    missing = [r["id"] for r in rows() if r["state"] == "works" and not (marked.get(r["id"]) and r["page"] and r["test"])]
    assert missing == []
    wrong = [(r["id"], r["test"]) for r in rows() if r["test"] and r["test"] not in marked.get(r["id"], set())]
    assert wrong == []


def test_no_test_marks_a_system_the_file_calls_planned() -> None:
    planned = {r["id"] for r in rows() if r["state"] == "planned"}
    assert sorted(planned & set(marks("system"))) == []
