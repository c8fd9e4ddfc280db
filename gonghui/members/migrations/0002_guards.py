"""Guards of the database: spells of one person never overlap (MEM-01); frozen rosters stay as they were."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

MESSAGE = "同一个人的会籍时间段重叠。"
_CLASH = """EXISTS (SELECT 1 FROM "members_membership" m WHERE m."person_id" = NEW."person_id" AND m."id" IS NOT NEW."id"
  AND m."since" < COALESCE(NEW."until", '9999-12-31') AND NEW."since" < COALESCE(m."until", '9999-12-31')
  AND m."since" < COALESCE(m."until", '9999-12-31') AND NEW."since" < COALESCE(NEW."until", '9999-12-31'))"""
_SQLITE = (
    f'CREATE TRIGGER "membership_apart_insert" BEFORE INSERT ON "members_membership" WHEN {_CLASH} '
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    f'CREATE TRIGGER "membership_apart_update" BEFORE UPDATE OF "person_id", "since", "until" ON "members_membership" WHEN {_CLASH} '
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
)
# One range per spell on a single number line (100,000 days a person) needs no extension and is safe under concurrency.
_POSTGRES = """ALTER TABLE "members_membership" ADD CONSTRAINT "membership_apart" EXCLUDE USING gist (int8range(
  "person_id" * 100000 + ("since" - DATE '1900-01-01'),
  "person_id" * 100000 + (LEAST(COALESCE("until", DATE '2170-01-01'), DATE '2170-01-01') - DATE '1900-01-01')) WITH &&)"""


def forwards(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in _SQLITE:
            schema_editor.execute(statement)
    else:
        schema_editor.execute(_POSTGRES)
    triggers.append_only(schema_editor, "members_rostersnapshot", "花名册快照不得修改或删除")


def backwards(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("insert", "update"):
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "membership_apart_{verb}"')
    else:
        schema_editor.execute('ALTER TABLE "members_membership" DROP CONSTRAINT IF EXISTS "membership_apart"')
    triggers.drop(schema_editor, "members_rostersnapshot")


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
