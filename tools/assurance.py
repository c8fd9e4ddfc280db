"""Write docs/assurance.md: which test proves which invariant, fault and bar (`python tools/assurance.py`)."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs/assurance.md"
KINDS = {"invariant": "Invariants", "fault": "Faults", "bar": "Bars"}

# What stage A must show. Elections, ledger, aid, booking and cases come with their apps.
WANTED: dict[str, list[str]] = {
    "invariant": [
        *[f"ORG-{n:02}" for n in range(1, 6)],
        *[f"MEM-{n:02}" for n in range(1, 8)],
        *[f"RPT-{n:02}" for n in range(1, 5)],
        *[f"ACC-{n:02}" for n in range(1, 7)],
        *[f"PRI-{n:02}" for n in range(1, 10)],
        *[f"AUD-{n:02}" for n in range(1, 8)],
        *[f"JOB-{n:02}" for n in range(1, 5)],
        *[f"OPS-{n:02}" for n in range(1, 4)],
    ],
    "fault": [str(n) for n in (1, *range(6, 15), *range(16, 22), 24, 25, *range(30, 41), *range(44, 47), *range(48, 52))],
    "bar": [str(n) for n in (*range(1, 15), *range(17, 31))],
}


def tests() -> dict[str, dict[str, list[str]]]:
    """Marked tests by kind and id: `path::name`."""
    found: dict[str, dict[str, list[str]]] = {kind: defaultdict(list) for kind in KINDS}
    for path in sorted([*ROOT.glob("gonghui/**/tests/**/test_*.py"), *ROOT.glob("tests/**/test_*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = [
            n.value
            for n in tree.body
            if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in n.targets)
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for kind, mark in _marks([*node.decorator_list, *whole]):
                    found[kind][mark].append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def _marks(decorators: list[ast.expr]) -> list[tuple[str, str]]:
    marks = []
    for decorator in decorators:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KINDS:
                marks += [(node.func.attr, str(a.value)) for a in node.args if isinstance(a, ast.Constant)]
    return marks


def missing() -> dict[str, list[str]]:
    """Ids without a test."""
    found = tests()
    return {kind: [i for i in ids if not found[kind].get(i)] for kind, ids in WANTED.items()}


def text() -> str:
    """The document."""
    found = tests()
    lines = [
        "# Assurance: what is proved by which test",
        "",
        "Written by `tools/assurance.py` from the marks of the tests; ids as in the assurance specification.",
        "",
    ]
    for kind, title in KINDS.items():
        lines += [f"## {title}", "", "| id | tests |", "|---|---|"]
        ids = sorted(
            set(WANTED[kind]) | set(found[kind]),
            key=lambda i: (i.rstrip("0123456789"), int(i.rpartition("-")[2]) if i.rpartition("-")[2].isdigit() else 0),
        )
        lines += [f"| {i} | {'<br>'.join(found[kind].get(i, ['—']))} |" for i in ids]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(text(), encoding="utf-8")
    gaps = {k: v for k, v in missing().items() if v}
    print(gaps or "every id has a test")
    sys.exit(bool(gaps))
