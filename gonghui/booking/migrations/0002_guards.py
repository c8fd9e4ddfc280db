"""Guards of the database: messages of the gateway stay as they came."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers


def forwards(apps: Any, schema_editor: Any) -> None:
    triggers.append_only(schema_editor, "booking_paymentevent", "支付通知不得修改或删除")


def backwards(apps: Any, schema_editor: Any) -> None:
    triggers.drop(schema_editor, "booking_paymentevent")


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
