"""Receipts, shares, remittances and arrivals are never changed or deleted: corrections are reversals."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

TABLES = {
    "income_receipt": "收据不得修改或删除，请冲销",
    "income_share": "分成不得修改或删除，请冲销收据",
    "income_remittance": "上解不得修改或删除，请冲销",
    "income_staffarrival": "到账记录不得修改或删除",
}


def forwards(apps: Any, schema_editor: Any) -> None:
    for table, message in TABLES.items():
        triggers.append_only(schema_editor, table, message)


def backwards(apps: Any, schema_editor: Any) -> None:
    for table in TABLES:
        triggers.drop(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("income", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
