"""Who is already known (与库中人员比对): by the blind index of the document, a set at a time; phone and name only propose."""

# ruff: noqa: S608 - table and column names are constants of this module; values are always bound
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from gonghui.core import crypto
from gonghui.files.imports.reading import ROW
from gonghui.people.selectors import ID_LABEL, PHONE_LABEL

PERSON = ("id", "name", "sex", "birth_date", "ethnic", "education", "political", "home_area", "migrant", "group", "phone_index", "id_kind")
TEMP = "_roster_keys"


@dataclass
class Known:
    """What the database already holds of the people in the table, by person id."""

    persons: dict[int, tuple[Any, ...]]
    open_spell: dict[int, tuple[int, int, str]]  # person -> spell, union, card_no
    past_until: dict[int, date]
    jobs: dict[tuple[int, int], tuple[int, str, str]]  # person, employer -> employment, kind, post


def blind_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `_id` and `_phone`, the blind indexes."""
    by_id, by_phone = crypto.blinder(ID_LABEL), crypto.blinder(PHONE_LABEL)
    ids = [None if n is None else by_id(n) for n in frame["id_number"].to_list()]
    phones = [None if n is None else by_phone(n) for n in frame["phone"].to_list()]
    return frame.with_columns(pl.Series("_id", ids, dtype=pl.Binary), pl.Series("_phone", phones, dtype=pl.Binary))


def by_document(frame: pl.DataFrame) -> dict[int, int]:
    """row -> live person with the same document."""
    keys = [(int(r), k) for r, k in frame.select(ROW, "_id").iter_rows() if k is not None]
    # Looked up in the order of the index, neighbours share pages.
    keys.sort(key=lambda pair: pair[1])
    with _temp(keys) as cursor:
        cursor.execute(
            f'SELECT t.n, p.id FROM "{TEMP}" t CROSS JOIN people_person p WHERE p.id_index = t.k AND p.merged_into_id IS NULL AND p.id_index IS NOT NULL'
            if connection.vendor == "sqlite"
            else f'SELECT t.n, p.id FROM "{TEMP}" t JOIN people_person p ON p.id_index = t.k AND p.merged_into_id IS NULL'
        )
        return dict(cursor.fetchall())


def by_phone(rows: Sequence[tuple[int, bytes, str]]) -> dict[int, list[int]]:
    """row -> live persons with the same phone and name."""
    names = {r: name for r, _k, name in rows}
    found: dict[int, list[int]] = {}
    with _temp([(r, k) for r, k, _name in rows]) as cursor:
        cursor.execute(f'SELECT t.n, p.id, p.name FROM "{TEMP}" t JOIN people_person p ON p.phone_index = t.k AND p.merged_into_id IS NULL')
        for row, pk, name in cursor.fetchall():
            if names[row] == name:
                found.setdefault(row, []).append(pk)
    return found


def known(ids: Iterable[int]) -> Known:
    """Persons, spells and labour relations of these ids."""
    wanted = sorted(set(ids))
    out = Known({}, {}, {}, {})
    if not wanted:
        return out
    columns = ", ".join(f'p."{c}"' for c in PERSON)
    with _temp([(i, None) for i in wanted]) as cursor:
        cursor.execute(f'SELECT {columns} FROM "{TEMP}" t JOIN people_person p ON p.id = t.n')
        out.persons = {r[0]: r for r in cursor.fetchall()}
        cursor.execute(
            f'SELECT m.person_id, m.id, m.union_id, m.card_no, m.until FROM "{TEMP}" t JOIN members_membership m ON m.person_id = t.n'
        )
        for person, spell, union, card, until in cursor.fetchall():
            if until is None:
                out.open_spell[person] = (spell, union, card)
            else:
                out.past_until[person] = max(day(until), out.past_until.get(person, date.min))
        cursor.execute(
            f'SELECT e.person_id, e.employer_id, e.id, e.kind, e.post FROM "{TEMP}" t JOIN members_employment e ON e.person_id = t.n WHERE e.until IS NULL'
        )
        out.jobs = {(p, e): (pk, kind, post) for p, e, pk, kind, post in cursor.fetchall()}
    return out


def day(value: Any) -> date:
    """A date from either engine: raw SQLite gives text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


@contextmanager
def _temp(rows: list[tuple[int, bytes | None]]) -> Iterator[Any]:
    """A temporary table (n, k) for one set-wise look-up, empty again afterwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            prepare()
            cursor.db.connection.executemany(f'INSERT INTO "{TEMP}" VALUES (?, ?)', rows)
        else:
            cursor.execute(f'CREATE TEMP TABLE "{TEMP}" (n BIGINT, k bytea)')
            with cursor.copy(f'COPY "{TEMP}" (n, k) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f'ANALYZE "{TEMP}"')
        try:
            yield cursor
        finally:
            if not connection.needs_rollback:
                cursor.execute(f'DELETE FROM "{TEMP}"' if connection.vendor == "sqlite" else f'DROP TABLE "{TEMP}"')


def prepare() -> None:
    """On SQLite the table stays with the connection: once a transaction has made or dropped one, every later rollback to a savepoint
    in it reads the whole schema anew (7 ms). Tests make it before their transaction begins.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{TEMP}" (n BIGINT, k BLOB)')
