"""Stored decisions and reviews take no update and no delete (决定单、复核只增不改)."""

from django.db import migrations

from gonghui.core import triggers

TABLES = {"policy_storeddecision": "decision slips are append-only", "policy_rulereview": "rule reviews are append-only"}


def make(apps, schema_editor):
    for table, message in TABLES.items():
        triggers.append_only(schema_editor, table, message)


def drop(apps, schema_editor):
    for table in TABLES:
        triggers.drop(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
