"""Score of a check (检查得分)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

COMMON = "common"


def items_of(checklist: Iterable[Sequence[object]], kind: str) -> list[tuple[str, int]]:
    """Items and points that apply to a kind: the common ones and its own."""
    return [(str(words), int(str(points))) for of, words, points in checklist if of in (COMMON, kind)]


def score(items: Sequence[tuple[str, int]], good: Collection[int]) -> int:
    """Points reached of a hundred, rounded half up; `good` are positions that are met."""
    whole = sum(points for _words, points in items)
    reached = sum(points for n, (_words, points) in enumerate(items) if n in good)
    return (reached * 200 + whole) // (2 * whole) if whole else 0
