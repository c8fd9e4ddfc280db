"""Guards of the database: kept slips of a plan are only added."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers


def forwards(apps: Any, schema_editor: Any) -> None:
    triggers.append_only(schema_editor, "spending_planslip", "计划的决定单不得修改或删除")


def backwards(apps: Any, schema_editor: Any) -> None:
    triggers.drop(schema_editor, "spending_planslip")


class Migration(migrations.Migration):
    dependencies = [("spending", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
