"""Triggers that make a table append-only (只增不改), on both engines. Used by migrations."""

from __future__ import annotations

from typing import Any

_SQLITE = """CREATE TRIGGER "{table}_{verb}" BEFORE {VERB} ON "{table}" BEGIN SELECT RAISE(ABORT, '{message}'); END"""
_POSTGRES = (
    """CREATE OR REPLACE FUNCTION "{table}_refuse"() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER "{table}_update" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{table}_refuse"()""",
    """CREATE TRIGGER "{table}_truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION "{table}_refuse"()""",
)


def append_only(schema_editor: Any, table: str, message: str) -> None:
    """No update, no delete on `table`."""
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(_SQLITE.format(table=table, verb=verb, VERB=verb.upper(), message=message))
    else:
        for statement in _POSTGRES:
            schema_editor.execute(statement.format(table=table, message=message))


def drop(schema_editor: Any, table: str) -> None:
    """Take the triggers away again (for the reverse migration)."""
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{table}_{verb}"')
    else:
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{table}_update" ON "{table}"')
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{table}_truncate" ON "{table}"')
        schema_editor.execute(f'DROP FUNCTION IF EXISTS "{table}_refuse"()')
