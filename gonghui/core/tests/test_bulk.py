"""Bulk writes on both engines."""

from __future__ import annotations

import pytest

from gonghui.core import bulk, clock
from gonghui.core.models import IdempotencyKey

FIELDS = ["actor", "key", "digest", "answer", "created_at"]
pytestmark = pytest.mark.django_db


def rows(n: int, digest: str = "d") -> list[tuple[object, ...]]:
    now = clock.now().isoformat()
    return [("a", f"k{i}", digest, "1", now) for i in range(n)]


def test_insert_writes_all_rows() -> None:
    assert bulk.insert(IdempotencyKey, FIELDS, rows(1200)) == 1200 == IdempotencyKey.objects.count()


@pytest.mark.parametrize("n", [3, 1200])
def test_upsert_overwrites_what_it_finds_and_inserts_the_rest(n: int) -> None:
    bulk.insert(IdempotencyKey, FIELDS, rows(n // 2))
    bulk.upsert(IdempotencyKey, FIELDS, rows(n, "new"), key=["actor", "key"], update=["digest"])
    assert IdempotencyKey.objects.filter(digest="new").count() == n


def test_reserved_ids_are_free_and_stay_free() -> None:
    bulk.insert(IdempotencyKey, FIELDS, rows(3))
    ids = bulk.reserve_ids(IdempotencyKey, 5)
    assert len(set(ids)) == 5 and not IdempotencyKey.objects.filter(pk__in=list(ids)).exists()


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        bulk.insert(IdempotencyKey, ["nonsense"], [(1,)])
