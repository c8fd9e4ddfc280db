"""Does the schema fit this code (库表版本)? Old code refuses a newer schema, new code an older one (OPS-02, faults 38, 39)."""

from __future__ import annotations

import hashlib

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from gonghui.core.errors import Unavailable


def applied() -> list[str]:
    """Migrations in the database, `app.name`."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations)


def stamp(names: list[str] | None = None) -> str:
    """Short mark of a set of migrations: equal marks, equal schema."""
    return hashlib.sha256("\n".join(applied() if names is None else sorted(names)).encode()).hexdigest()[:16]


def gaps() -> tuple[list[str], list[str]]:
    """(known to the code but not applied, applied but unknown to the code)."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    here = {key for key in loader.disk_migrations if key[0] in loader.migrated_apps}
    there = set(loader.applied_migrations)
    squashed = {old for m in loader.disk_migrations.values() for old in m.replaces}
    newer = {key for key in there - here - squashed if key[0] in loader.migrated_apps}
    return _names(here - there), _names(newer)


def _names(keys: set[tuple[str, str]]) -> list[str]:
    return sorted(f"{app}.{migration}" for app, migration in keys)


def require() -> None:
    """Refuse to serve when the schema does not fit. Raises Unavailable core.schema_old, core.schema_new."""
    missing, unknown = gaps()
    if unknown:
        raise Unavailable("core.schema_new", f"数据库比程序新（{unknown[-1]}）。请先升级程序，再启动。", unknown=unknown)
    if missing:
        raise Unavailable(
            "core.schema_old",
            f"数据库还有 {len(missing)} 个升级没有做（{missing[0]} 等）。请先备份，再运行 gonghui migrate。",
            missing=missing,
        )
