"""Guards of the database: goods given out and notes of a shift are only added."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

APPENDED = {"services_supplymove": "物资领还记录不得修改或删除", "services_dutynote": "交班记录不得修改或删除"}


def forwards(apps: Any, schema_editor: Any) -> None:
    for table, message in APPENDED.items():
        triggers.append_only(schema_editor, table, message)


def backwards(apps: Any, schema_editor: Any) -> None:
    for table in APPENDED:
        triggers.drop(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("services", "0003_events_practice_satisfaction")]
    operations = [migrations.RunPython(forwards, backwards)]
