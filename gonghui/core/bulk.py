"""Bulk writes (批量写): `INSERT … ON CONFLICT` on SQLite, `COPY` + `INSERT … SELECT` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction

_ROWS = 500
# No savepoint around bulk writes: while one is open, SQLite keeps a copy of every page each statement with a trigger touches
# (the statement journal is emptied only when no savepoint is left), which makes 100,000 rows take minutes and gigabytes.


def reserve_ids(model: type[models.Model], count: int) -> range | list[int]:
    """`count` fresh primary keys, so that a row can be sealed before it is stored. Call inside the transaction that inserts."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, model._meta.pk.column, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        cursor.execute(f'SELECT max("{model._meta.pk.column}") FROM "{table}"')
        start = max((found or (0,))[0] or 0, cursor.fetchone()[0] or 0) + 1
        return range(start, start + count)


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Plain insert of many rows, raw values in the order of `fields` (columns or attnames). Returns rows written."""
    columns = [_column(model, f) for f in fields]
    table = model._meta.db_table
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:  # see the note above
        if connection.vendor == "postgresql":
            names = ", ".join(f'"{c}"' for c in columns)
            count = 0
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
            return count
        data = rows if isinstance(rows, list) else list(rows)
        names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
        _raw_sqlite(cursor).executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', data)
        return len(data)


def upsert(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    key: Sequence[str],
    update: Sequence[str] = (),
    add: Sequence[str] = (),
) -> None:
    """Insert, or on an equal `key` overwrite `update` and increase `add` (汇总累加).

    Rows are merged on the key by the caller; `add` columns are numbers increased by the given amount.
    """
    columns = [_column(model, f) for f in fields]
    keys = ", ".join(f'"{_column(model, f)}"' for f in key)
    table = model._meta.db_table
    sets = [f'"{_column(model, f)}" = excluded."{_column(model, f)}"' for f in update]
    sets += [f'"{_column(model, f)}" = "{table}"."{_column(model, f)}" + excluded."{_column(model, f)}"' for f in add]
    tail = f"ON CONFLICT ({keys}) DO " + (f"UPDATE SET {', '.join(sets)}" if sets else "NOTHING")
    names = ", ".join(f'"{c}"' for c in columns)
    data = rows if isinstance(rows, list) else list(rows)
    if not data:
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:  # see the note above
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(columns))
            _raw_sqlite(cursor).executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks}) {tail}', data)
            return
        if len(data) <= _ROWS:
            mark = "(" + ", ".join(["%s"] * len(columns)) + ")"
            sql = f'INSERT INTO "{table}" ({names}) VALUES {", ".join([mark] * len(data))} {tail}'
            cursor.execute(sql, [value for row in data for value in row])
            return
        cursor.execute(f'CREATE TEMP TABLE "_up_{table}" ON COMMIT DROP AS SELECT {names} FROM "{table}" WITH NO DATA')
        with cursor.copy(f'COPY "_up_{table}" ({names}) FROM STDIN') as copy:
            for row in data:
                copy.write_row(row)
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM "_up_{table}" {tail}')
        cursor.execute(f'DROP TABLE "_up_{table}"')


def _column(model: type[models.Model], name: str) -> str:
    for field in model._meta.concrete_fields:
        if name in (field.attname, field.name, field.column):
            return str(field.column)
    raise ValueError(f"{model.__name__} 没有字段 {name}")


def _raw_sqlite(cursor: Any) -> Any:
    """The sqlite3 cursor under Django's wrapper: its `executemany` takes `?` and skips a conversion per row."""
    cursor.db.ensure_connection()
    return cursor.db.connection.cursor()
