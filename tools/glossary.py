"""Write docs/glossary.md from the code: every table and list of words, one English word for each Chinese term.

Run: python tools/glossary.py  (the house test compares the file with what this prints)
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

HEAD = """# Glossary 术语表

One English word for each Chinese term. Written by `python tools/glossary.py` from the `verbose_name` of every table and the labels of every list.
"""


def text() -> str:
    """The whole file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.settings")
    import importlib

    import django
    from django.apps import apps
    from django.conf import settings
    from django.db import models

    if not apps.ready:
        django.setup()
    lines = [HEAD]
    for app in settings.GONGHUI_APPS:
        config = apps.get_app_config(app)
        lines.append(f"## {config.verbose_name} `{app}`\n\n| 中文 | English | kind |\n|---|---|---|")
        lines += [f"| {m._meta.verbose_name} | `{m.__name__}` | table |" for m in sorted(config.get_models(), key=lambda m: m.__name__)]
        try:
            enums = importlib.import_module(f"gonghui.{app}.enums")
        except ModuleNotFoundError:
            enums = None
        for _name, cls in sorted(vars(enums).items()) if enums else []:
            if isinstance(cls, type) and issubclass(cls, models.TextChoices) and cls.__module__ == f"gonghui.{app}.enums":
                lines += [f"| {member.label} | `{cls.__name__}.{member.name}` | {cls.__name__} |" for member in cls if member.label]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    (ROOT / "docs/glossary.md").write_text(text(), encoding="utf-8")
