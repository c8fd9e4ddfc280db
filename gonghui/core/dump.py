"""A consistent copy of the database, on both engines (数据库快照): `VACUUM INTO` on SQLite, `COPY` in one snapshot on PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from gonghui.core import schema
from gonghui.core.errors import Conflict

DATABASE = "db.sqlite3"


def tables(cursor: Any) -> list[str]:
    """Tables of the current schema, by name."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = current_schema()"
        )
    return sorted(row[0] for row in cursor.fetchall())


def counts(cursor: Any) -> dict[str, int]:
    """Rows in each table."""
    found = {}
    for table in tables(cursor):
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  # names come from the catalogue
        found[table] = int(cursor.fetchone()[0])
    return found


def head(cursor: Any) -> dict[str, Any]:
    """The audit chain's head."""
    cursor.execute("SELECT seq, hash FROM core_audithead")
    row = cursor.fetchone()
    return {"seq": row[0], "hash": row[1]} if row else {"seq": 0, "hash": "0" * 64}


def places(cursor: Any) -> list[tuple[str, str]]:
    """(place, sha256) of the files that belong to the snapshot. By table name: the kernel imports no app."""
    cursor.execute("SELECT DISTINCT place, sha256 FROM files_file WHERE removed_at IS NULL AND place <> ''")
    return sorted((row[0], row[1]) for row in cursor.fetchall())


def take(folder: Path) -> dict[str, Any]:
    """Write the snapshot's parts below `folder`; returns what the manifest says about it."""
    return _take_sqlite(folder) if connection.vendor == "sqlite" else _take_postgresql(folder)


def _take_sqlite(folder: Path) -> dict[str, Any]:
    target = folder / DATABASE
    connection.ensure_connection()
    if connection.in_atomic_block:
        raise Conflict("core.backup_in_transaction", "备份不能在别的操作中间做。")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    target.chmod(0o600)
    with sqlite3.connect(f"file:{target}?mode=ro", uri=True) as copy:
        reading = copy.cursor()
        facts = {"counts": counts(reading), "head": head(reading), "files": places(reading)}
    copy.close()
    return facts


def _take_postgresql(folder: Path) -> dict[str, Any]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables(cursor):
            columns = _columns(cursor, table)
            with (folder / f"{table}.copy").open("wb") as out, cursor.copy(f'COPY "{table}" ({columns}) TO STDOUT') as copy:
                out.write((columns + "\n").encode())
                for piece in copy:
                    out.write(piece)
        return {"counts": counts(cursor), "head": head(cursor), "files": places(cursor)}


def _columns(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return ", ".join(f'"{row[0]}"' for row in cursor.fetchall())


def fill_postgresql(folder: Path, manifest: dict[str, Any]) -> None:
    """Fill a migrated database without business rows from the parts, in one transaction.

    Triggers of ours are off for the load, foreign keys stay on (deferred) and are checked at commit. Raises Conflict.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if schema.stamp() != manifest["schema"]:
            raise Conflict("core.backup_other_schema", "备份的库表版本与现在的程序不同。请先安装备份时的版本再恢复。")
        cursor.execute("SELECT count(*) FROM core_auditentry")
        if cursor.fetchone()[0]:
            raise Conflict("core.restore_not_empty", "目标数据库里已有数据。请恢复到新建的空库，核对后再切换。")
        names = tables(cursor)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        cursor.execute(f"TRUNCATE {', '.join(chr(34) + n + chr(34) for n in names)}")
        for name in names:
            _copy_in(cursor, folder / f"{name}.copy", name)
        _sequences(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def _copy_in(cursor: Any, part: Path, name: str) -> None:
    with part.open("rb") as source:
        columns = source.readline().decode().strip()
        with cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
            while piece := source.read(1024 * 1024):
                copy.write(piece)


def _sequences(cursor: Any) -> None:
    """Identity columns go on behind the highest number."""
    cursor.execute(
        "SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attidentity <> '' AND a.attnum > 0"
    )
    for table, column, sequence in cursor.fetchall():
        cursor.execute(f'SELECT setval(%s, greatest((SELECT coalesce(max("{column}"), 0) FROM "{table}"), 1))', [sequence])  # noqa: S608
