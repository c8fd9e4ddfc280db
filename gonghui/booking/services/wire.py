"""Raw statements of the hot path (热路径的原始语句), one spelling for both engines.

Django's cursor costs more than the statements themselves here. The wire uses the driver's own connection; what is to be written is
read and written inside `transaction.atomic()`, which holds the write lock of `core.sqlite` and commits durably.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection


@lru_cache(maxsize=512)
def _qmarks(sql: str) -> str:
    return sql.replace("%s", "?")


@lru_cache(maxsize=512)
def marks(n: int) -> str:
    """`%s, %s, …`."""
    return ", ".join(["%s"] * n)


class Wire:
    """The driver's connection of this thread (底层连接)."""

    def __init__(self, *, lock: bool = True) -> None:
        """Args: lock: rows that are read are locked for the change to come; without, they are only looked at."""
        connection.ensure_connection()
        self.pg = connection.vendor == "postgresql"
        self.raw: Any = connection.connection.cursor() if self.pg else connection.connection
        self.lock = " FOR NO KEY UPDATE" if self.pg and lock else ""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        """Run and fetch."""
        if self.pg:
            return list(self.raw.execute(sql, params).fetchall())
        return list(self.raw.execute(_qmarks(sql), params).fetchall())

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run; how many rows it touched."""
        return int(self.raw.execute(sql if self.pg else _qmarks(sql), params).rowcount)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], tail: str = "") -> None:
        """Insert rows."""
        if not rows:
            return
        head = f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES '  # noqa: S608  # names of ours
        if self.pg:
            row = f"({marks(len(columns))})"
            self.raw.execute(head + ", ".join([row] * len(rows)) + tail, [v for r in rows for v in r])
        else:
            self.raw.executemany(_qmarks(f"{head}({marks(len(columns))}){tail}"), rows)

    def next_ids(self, table: str, count: int) -> Sequence[int]:
        """`count` fresh ids: from the sequence, or on SQLite, where nobody else writes now, the next free numbers."""
        if self.pg:
            sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            return [int(r[0]) for r in self.raw.execute(sql, (table, count)).fetchall()]
        found = self.raw.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        start = int(found[0]) + 1 if found else 1
        return range(start, start + count)

    def stamp(self, moment: datetime | None) -> Any:
        """A moment as the engine stores it."""
        if moment is None or self.pg:
            return moment
        return str(moment.astimezone(UTC).replace(tzinfo=None))

    def flag(self, value: bool) -> Any:
        """A truth value as the engine stores it."""
        return value if self.pg else int(value)


def aware(moment: Any) -> Any:
    """A moment as read by the driver: SQLite's come without a zone and mean UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def pairs(first: str, second: str, values: Iterable[tuple[Any, Any]]) -> tuple[str, list[Any]]:
    """`(first, second) IN (VALUES …)`: one look-up in the index for each pair, never all by all."""
    found = list(values)
    return f"({first}, {second}) IN (VALUES {', '.join(['(%s, %s)'] * len(found))})", [v for pair in found for v in pair]


def within(column: str, values: Iterable[Any]) -> tuple[str, list[Any]]:
    """`column IN (…)` and its values."""
    found = list(values)
    return f"{column} IN ({marks(len(found))})", found
