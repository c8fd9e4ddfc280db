"""Guards of the database: an issued document is never changed; an archive keeps its document; a version of a template keeps its text."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

MESSAGE = "出具的文书不得修改或删除"
KEPT = {"documents_archive": ("document_id",), "documents_template": ("kind", "number", "source", "digest")}
ONLY_ADDED = ("documents_document", "documents_cancellation")


def forwards(apps: Any, schema_editor: Any) -> None:
    for table in ONLY_ADDED:
        triggers.append_only(schema_editor, table, MESSAGE)
    for table, columns in KEPT.items():
        _keep(schema_editor, table, columns)


def _keep(editor: Any, table: str, columns: tuple[str, ...]) -> None:
    """No delete, and no update of these columns."""
    if editor.connection.vendor == "sqlite":
        named = ", ".join(f'"{c}"' for c in columns)
        editor.execute(f"CREATE TRIGGER \"{table}_kept\" BEFORE UPDATE OF {named} ON \"{table}\" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END")
        editor.execute(f"CREATE TRIGGER \"{table}_stays\" BEFORE DELETE ON \"{table}\" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END")
        return
    changed = " OR ".join(f'NEW."{c}" IS DISTINCT FROM OLD."{c}"' for c in columns)
    editor.execute(
        f"CREATE OR REPLACE FUNCTION \"{table}_keep\"() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$ LANGUAGE plpgsql"
    )
    editor.execute(f'CREATE TRIGGER "{table}_kept" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION "{table}_keep"()')
    editor.execute(f'CREATE TRIGGER "{table}_stays" BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{table}_keep"()')


def backwards(apps: Any, schema_editor: Any) -> None:
    for table in ONLY_ADDED:
        triggers.drop(schema_editor, table)
    for table in KEPT:
        for name in ("kept", "stays"):
            on = "" if schema_editor.connection.vendor == "sqlite" else f' ON "{table}"'
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{table}_{name}"{on}')
        if schema_editor.connection.vendor != "sqlite":
            schema_editor.execute(f'DROP FUNCTION IF EXISTS "{table}_keep"()')


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
