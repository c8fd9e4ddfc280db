"""An empty database built in one go has what replaying every migration gives it, table by table."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonghui.core import fresh
from gonghui.core.tests import replay

pytestmark = pytest.mark.engine_free


def test_built_in_one_go_is_what_the_migrations_made(tmp_path: Path) -> None:
    """Replaying takes a minute, so the comparison is made by `tools/replay.py` whenever a migration changes, and recorded."""
    found = replay.built(tmp_path)
    assert len(found) > 100
    assert replay.migrations() == replay.recorded()["migrations"], replay.AGAIN
    assert replay.digest(found) == replay.recorded()["schema"], "the tables built in one go are not those of the migrations"


def test_one_index_or_trigger_less_is_seen(tmp_path: Path) -> None:
    found = replay.built(tmp_path)
    less = {t: {p: list(v) if isinstance(v, list) else v for p, v in parts.items()} for t, parts in found.items()}
    table = next(t for t, parts in less.items() if parts["triggers"])
    less[table]["triggers"].pop()
    assert list(replay.differences(found, less)) == [f"{table}.triggers"] and replay.digest(less) != replay.digest(found)


@pytest.mark.django_db
def test_a_database_with_tables_is_never_built_anew() -> None:
    from django.db import connection

    assert not fresh.is_empty(connection)
    with pytest.raises(ValueError, match="empty database"):
        fresh.build(connection)
