"""What the import linter cannot see: foreign keys point down, and models are imported by their own app only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

pytestmark = pytest.mark.engine_free
ROOT = Path(settings.BASE_DIR)
SIBLINGS = {"approvals": "notices", "files": "notices"}
ORDER = list(settings.GONGHUI_APPS)


def upward_keys(order: list[str]) -> Iterator[str]:
    for model in apps.get_models():
        if not model.__module__.startswith("gonghui."):
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not getattr(field, "concrete", False) or target is None or isinstance(target, str):
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if there in order and here in order and order.index(there) > order.index(here):
                yield f"{model._meta.label}.{field.name} -> {target._meta.label}"


def test_foreign_keys_point_down() -> None:
    assert list(upward_keys(ORDER)) == []


def test_the_check_sees_a_key_that_points_up() -> None:
    assert list(upward_keys(list(reversed(ORDER))))


def strangers(source: str, app: str) -> Iterator[str]:
    """Imports of another app's models in a module of `app`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in ast.walk(node):
                child.lineno = -1  # type: ignore[attr-defined]
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if len(parts) > 2 and parts[0] == "gonghui" and parts[1] not in {app, "core"} and parts[2] == "models" and node.lineno != -1:
                yield name


def test_models_are_imported_by_their_own_app_only() -> None:
    found = []
    for path in ROOT.rglob("*.py"):
        app = path.relative_to(ROOT).parts[0]
        if "tests" in path.parts or "migrations" in path.parts or app.endswith(".py"):
            continue
        found += [f"{path.relative_to(ROOT)}: {name}" for name in strangers(path.read_text(), app)]
    assert found == []


def test_the_check_sees_a_foreign_model() -> None:
    assert list(strangers("from gonghui.orgs.models import Union", "members")) == ["gonghui.orgs.models.Union"]
    assert (
        list(strangers("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gonghui.orgs.models import Union", "members")) == []
    )
