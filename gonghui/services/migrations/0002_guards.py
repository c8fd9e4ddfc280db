"""Guards of the database: that the person opened a result is only added."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers


def forwards(apps: Any, schema_editor: Any) -> None:
    triggers.append_only(schema_editor, "services_resultlook", "结果查看记录不得修改或删除")


def backwards(apps: Any, schema_editor: Any) -> None:
    triggers.drop(schema_editor, "services_resultlook")


class Migration(migrations.Migration):
    dependencies = [("services", "0001_member_services")]
    operations = [migrations.RunPython(forwards, backwards)]
