"""Guards of the database: what was drawn stays drawn, what was published stays as published."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

MESSAGE = "已公布的财务公布表不得修改"
DRAWN = "抽样的种子和清单不得修改"
GUARDS = (
    ("oversight_statement", "statement_told", "OLD.\"state\" = 'published'", MESSAGE),
    (
        "oversight_audittask",
        "task_drawn",
        "OLD.\"seed\" <> '' AND (NEW.\"seed\" <> OLD.\"seed\" OR NEW.\"roster\" <> OLD.\"roster\" OR NEW.\"size\" <> OLD.\"size\")",
        DRAWN,
    ),
)


def forwards(apps: Any, schema_editor: Any) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table, name, when, words in GUARDS:
        if sqlite:
            schema_editor.execute(f"CREATE TRIGGER \"{name}\" BEFORE UPDATE ON \"{table}\" WHEN {when} BEGIN SELECT RAISE(ABORT, '{words}'); END")
            continue
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION \"oversight_{name}\"() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{words}'; END $$ LANGUAGE plpgsql"
        )
        schema_editor.execute(
            f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION "oversight_{name}"()'
        )
    triggers.append_only(schema_editor, "oversight_sample", "抽中的凭证不得修改或删除")


def backwards(apps: Any, schema_editor: Any) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table, name, _when, _words in GUARDS:
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"' + ("" if sqlite else f' ON "{table}"'))
        if not sqlite:
            schema_editor.execute(f'DROP FUNCTION IF EXISTS "oversight_{name}"()')
    triggers.drop(schema_editor, "oversight_sample")


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
