"""Guards of the database: items of a final account move only while it is being prepared; an accepted one stands for good."""

from __future__ import annotations

from typing import Any

from django.db import migrations

HELD = "（决算在审或已定，项目不得改动）"
STANDS = "（决算已核定，不得改动）"
OPEN = """(SELECT "state" FROM "treasury_finalaccount" WHERE "id" = {row}."final_id") NOT IN ('draft', 'returned')"""
VERBS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


def _sqlite(execute: Any) -> None:
    for verb, row in VERBS.items():
        execute(
            f'CREATE TRIGGER "finalline_{verb}" BEFORE {verb.upper()} ON "treasury_finalline" WHEN {OPEN.format(row=row)} '
            f"BEGIN SELECT RAISE(ABORT, '{HELD}'); END"
        )
    for verb in ("update", "delete"):
        execute(
            f'CREATE TRIGGER "finalaccount_{verb}" BEFORE {verb.upper()} ON "treasury_finalaccount" WHEN OLD."state" = \'accepted\' '
            f"BEGIN SELECT RAISE(ABORT, '{STANDS}'); END"
        )


def _postgres(execute: Any) -> None:
    for verb, row in VERBS.items():
        name = f"treasury_finalline_{verb}"
        execute(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger AS $$ BEGIN '
            f"IF {OPEN.format(row=row)} THEN RAISE EXCEPTION '{HELD}'; END IF; RETURN {row}; END $$ LANGUAGE plpgsql"
        )
        execute(f'CREATE TRIGGER "finalline_{verb}" BEFORE {verb.upper()} ON "treasury_finalline" FOR EACH ROW EXECUTE FUNCTION "{name}"()')
    execute(f"""CREATE OR REPLACE FUNCTION "treasury_final_stands"() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{STANDS}'; END $$ LANGUAGE plpgsql""")
    execute(
        """CREATE TRIGGER "finalaccount_stands" BEFORE UPDATE OR DELETE ON "treasury_finalaccount" FOR EACH ROW """
        """WHEN (OLD."state" = 'accepted') EXECUTE FUNCTION "treasury_final_stands"()"""
    )


def forwards(apps: Any, schema_editor: Any) -> None:
    (_sqlite if schema_editor.connection.vendor == "sqlite" else _postgres)(schema_editor.execute)


def backwards(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in (*(f"finalline_{v}" for v in VERBS), "finalaccount_update", "finalaccount_delete"):
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        return
    for verb in VERBS:
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "finalline_{verb}" ON "treasury_finalline"')
        schema_editor.execute(f'DROP FUNCTION IF EXISTS "treasury_finalline_{verb}"()')
    schema_editor.execute('DROP TRIGGER IF EXISTS "finalaccount_stands" ON "treasury_finalaccount"')
    schema_editor.execute('DROP FUNCTION IF EXISTS "treasury_final_stands"()')


class Migration(migrations.Migration):
    dependencies = [("treasury", "0003_final_accounts")]
    operations = [migrations.RunPython(forwards, backwards)]
