"""What each app adds to the sweep and to the small world (各应用的扫描部件).

An app says it in `gonghui/<app>/tests/sweep.py`: `ARGS` (which table the number of an address names, as in tests/sweep.py),
`OWNED`, `SHARED`, `READS_THAT_WRITE`, `UNREACHED`, `TOKENLESS` (as there and in tests/house/test_permissions.py), and
`furnish(world, tree)`, which puts one of each of its things into a tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings


def modules() -> Iterator[Any]:
    """The parts of all apps that have one, lower apps first."""
    for name in settings.GONGHUI_APPS:
        if find_spec(f"gonghui.{name}.tests") and find_spec(f"gonghui.{name}.tests.sweep"):
            yield import_module(f"gonghui.{name}.tests.sweep")


def merged(name: str) -> dict[str, Any]:
    """The dictionaries of that name together."""
    return {k: v for part in modules() for k, v in getattr(part, name, {}).items()}


def joined(name: str) -> set[str]:
    """The sets of that name together."""
    return {item for part in modules() for item in getattr(part, name, ())}


def furnish(world: Any, tree: Any) -> None:
    """Every app's things into one tree."""
    for part in modules():
        if hasattr(part, "furnish"):
            part.furnish(world, tree)


__all__ = ["furnish", "joined", "merged", "modules"]
