"""The counter's log is only added (核销记录只增): the database refuses a change."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

APPENDED = {"benefits_countertry": "核销记录不得修改或删除"}


def forwards(apps: Any, schema_editor: Any) -> None:
    for table, message in APPENDED.items():
        triggers.append_only(schema_editor, table, message)


def backwards(apps: Any, schema_editor: Any) -> None:
    for table in APPENDED:
        triggers.drop(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_benefits")]
    operations = [migrations.RunPython(forwards, backwards)]
