"""Gapless numbers of receipts and letters (编号)."""

from __future__ import annotations

from typing import Any

from gonghui.income.models import Sequence


def take(union: Any, kind: str, year: int) -> int:
    """The next number; the row is locked until commit, so a refused writer leaves no gap."""
    Sequence.objects.get_or_create(union=union, kind=kind, year=year)
    row = Sequence.objects.select_for_update().get(union=union, kind=kind, year=year)
    Sequence.objects.filter(pk=row.pk).update(last=row.last + 1)
    return row.last + 1


def hold(union: Any, kind: str) -> None:
    """Lock a union for one kind of writing until commit: two cashiers cannot both spend the same remainder."""
    Sequence.objects.get_or_create(union=union, kind=kind, year=0)
    Sequence.objects.select_for_update().get(union=union, kind=kind, year=0)
