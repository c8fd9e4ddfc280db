"""An empty database built in one go has what replaying every migration gives it, table by table."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gonghui.core import fresh
from gonghui.core.tests.site import Site

pytestmark = [pytest.mark.engine_free, pytest.mark.first]


def schema(path: Path) -> dict[str, Any]:
    """Columns, keys, indexes and triggers of every table; the order of columns and the names Django makes up by hash count for nothing."""
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {
            table: {
                "columns": sorted(row[1:] for row in db.execute(f'PRAGMA table_info("{table}")')),
                "keys": sorted(row[2:] for row in db.execute(f'PRAGMA foreign_key_list("{table}")')),
                "unique and indexes": sorted(
                    (unique, partial, tuple(c for *_n, c in db.execute(f'PRAGMA index_info("{name}")')))
                    for _seq, name, unique, _origin, partial in db.execute(f'PRAGMA index_list("{table}")')
                ),
                "checks": sorted(
                    re.findall(
                        r'CONSTRAINT "(\w+)" CHECK',
                        db.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", [table]).fetchone()[0],
                    )
                ),
                "triggers": sorted(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", [table])),
                "rows": sorted(db.execute("SELECT app, name FROM django_migrations")) if table == "django_migrations" else None,
            }
            for table in tables
        }


def test_built_in_one_go_is_what_the_migrations_make(tmp_path: Path) -> None:
    quick, slow = Site(tmp_path / "quick"), Site(tmp_path / "slow")
    assert quick.run("migrate").returncode == 0 and slow.run("migrate", "--replay").returncode == 0
    one, other = schema(quick.database), schema(slow.database)
    assert one.keys() == other.keys() and len(one) > 100
    assert {t: (part, one[t][part], other[t][part]) for t in one for part in one[t] if one[t][part] != other[t][part]} == {}


@pytest.mark.django_db
def test_a_database_with_tables_is_never_built_anew() -> None:
    from django.db import connection

    assert not fresh.is_empty(connection)
    with pytest.raises(ValueError, match="empty database"):
        fresh.build(connection)
