"""Both ways to an empty database compared (空库两种建法比对): the tables built in one go, and those every migration leaves behind."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

from django.conf import settings

from gonghui.core.tests.site import Site

RECORD = Path(__file__).parent / "replayed.json"
AGAIN = "migrations or libraries changed since the two ways were compared; run: python tools/replay.py"


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
            for table in sorted(tables)
        }


def built(folder: Path, *words: str) -> dict[str, Any]:
    """The schema after `gonghui migrate` with these words, in a folder of its own."""
    site = Site(folder)
    done = site.run("migrate", *words)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return schema(site.database)


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What the two ways do not agree on, by table and part."""
    missing = dict.fromkeys(one.keys() ^ other.keys(), ("only in one",))
    parts = {(t, p): (one[t][p], other[t][p]) for t in one.keys() & other.keys() for p in one[t] if one[t][p] != other[t][p]}
    return {**missing, **{f"{t}.{p}": found for (t, p), found in parts.items()}}


def digest(found: dict[str, Any]) -> str:
    """A schema as one number."""
    return hashlib.sha256(json.dumps(found, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def migrations() -> str:
    """All migrations and the versions of all libraries as one number."""
    root, seen = Path(settings.BASE_DIR), hashlib.sha256()
    for path in [*sorted(root.glob("**/migrations/*.py")), root.parent / "requirements.lock"]:
        seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()


def recorded() -> dict[str, str]:
    """What the last comparison was made of, and what it found for both ways."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8")))
