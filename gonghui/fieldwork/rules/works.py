"""Shares of small numbers, said honestly (小样本的比例). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Cell:
    """Visited employers with this trait, and how many of them have a union now (单元). Hidden when the count is too small."""

    visited: int
    formed: int
    hidden: bool

    @property
    def rate(self) -> Fraction | None:
        return None if self.hidden or not self.visited else Fraction(self.formed, self.visited)


def cells(seen: Iterable[tuple[Hashable, bool]], least: int) -> dict[Hashable, Cell]:
    """Args: (trait, formed) once for each employer; least below which a cell is not shown."""
    visited: Counter[Hashable] = Counter()
    formed: Counter[Hashable] = Counter()
    for trait, yes in seen:
        visited[trait] += 1
        formed[trait] += yes
    return {trait: Cell(n, formed[trait], n < least) for trait, n in visited.items()}


def ranked(found: Mapping[Hashable, Cell]) -> list[tuple[Hashable, Cell]]:
    """Shown cells by share, the larger first among equals; hidden ones last."""
    return sorted(found.items(), key=lambda kv: (kv[1].hidden, -(kv[1].rate or 0), -kv[1].visited, str(kv[0])))


def band(number: int | None, edges: Iterable[int]) -> str:
    """Size of an employer in words: below the first edge, between, from the last."""
    if number is None:
        return "人数未知"
    low = 0
    for edge in edges:
        if number < edge:
            return f"{low}–{edge - 1} 人" if low else f"{edge - 1} 人以下"
        low = edge
    return f"{low} 人以上"
