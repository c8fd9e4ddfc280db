"""Small cells (小格子保护). Pure: which cells of a published row stay hidden so that nobody can work them out (RPT-04).

A reader knows the total, every shown cell, and that a hidden cell is at least 1 (zeros are shown). Hidden cells of one row
with sum S over h cells can each be anything from 1 to S − (h − 1). The row is safe when h ≥ 2 and that span reaches k.
"""

from __future__ import annotations

from collections.abc import Mapping


def hidden(cells: Mapping[str, int], k: int) -> frozenset[str]:
    """The cells to hide: those from 1 to k − 1, and the smallest others until the row is safe."""
    out = {name for name, n in cells.items() if 0 < n < k}
    if not out:
        return frozenset()
    others = sorted((n, name) for name, n in cells.items() if n >= k)
    while not safe([cells[name] for name in out], k):
        if not others:
            return frozenset(name for name, n in cells.items() if n)  # nothing left to hide behind: the whole row goes
        out.add(others.pop(0)[1])
    return frozenset(out)


def safe(values: list[int], k: int) -> bool:
    """Can none of the hidden values be narrowed below a span of k?"""
    return len(values) >= 2 and sum(values) - (len(values) - 1) >= k


def all_large(cells: Mapping[object, int], k: int) -> bool:
    """No cell of a table is small: it may be shown with its margins to anybody."""
    return all(n == 0 or n >= k for n in cells.values())
