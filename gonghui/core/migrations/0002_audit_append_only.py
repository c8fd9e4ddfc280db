"""The audit chain admits no update and no delete (AUD-02)."""

from django.db import migrations

from gonghui.core import triggers

TABLE = "core_auditentry"


def forward(apps, schema_editor):
    triggers.append_only(schema_editor, TABLE, "audit entries are append-only")


def backward(apps, schema_editor):
    triggers.drop(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(forward, backward, elidable=False)]
