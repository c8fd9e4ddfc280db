"""The glossary is the code's own, every table and field has its Chinese name, and no term has two English words."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from django.apps import apps

pytestmark = pytest.mark.engine_free
ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def ours() -> list[type]:
    return [m for m in apps.get_models() if m.__module__.startswith("gonghui.")]


def test_the_glossary_is_up_to_date() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    import glossary

    assert (ROOT / "docs/glossary.md").read_text(encoding="utf-8") == glossary.text(), "run: python tools/glossary.py"


def test_every_table_and_field_has_a_chinese_name() -> None:
    bare = [m._meta.label for m in ours() if not CHINESE.search(str(m._meta.verbose_name))]
    bare += [
        f"{m._meta.label}.{f.name}"
        for m in ours()
        for f in m._meta.concrete_fields
        if f.name not in {"id", "pk", "password", "last_login"} and not CHINESE.search(str(f.verbose_name))
    ]
    assert bare == []


def test_a_term_names_one_table() -> None:
    seen: dict[str, str] = {}
    doubled = []
    for model in ours():
        term = str(model._meta.verbose_name)
        if term in seen:
            doubled.append((term, seen[term], model._meta.label))
        seen[term] = model._meta.label
    assert doubled == []
