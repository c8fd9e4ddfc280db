"""What phones sent and what was changed by it stays as it was received."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

TABLES = {"fieldwork_act": "收到的事项不得修改或删除", "fieldwork_edit": "修改记录不得修改或删除"}


def forwards(apps: Any, schema_editor: Any) -> None:
    for table, message in TABLES.items():
        triggers.append_only(schema_editor, table, message)


def backwards(apps: Any, schema_editor: Any) -> None:
    for table in TABLES:
        triggers.drop(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
