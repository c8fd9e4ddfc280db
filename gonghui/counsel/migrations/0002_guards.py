"""Guards of the database: that somebody opened something sealed is only added."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers


def forwards(apps: Any, schema_editor: Any) -> None:
    triggers.append_only(schema_editor, "counsel_look", "打开记录不得修改或删除")


def backwards(apps: Any, schema_editor: Any) -> None:
    triggers.drop(schema_editor, "counsel_look")


class Migration(migrations.Migration):
    dependencies = [("counsel", "0001_care_sessions")]
    operations = [migrations.RunPython(forwards, backwards)]
