"""The draw anyone can repeat (抽样算法).

A line of the list is `key,fen,digest`. Its rank is SHA-256 of `seed|key|digest` in hexadecimal; the first `size` by rank are
drawn. `tools/check_sample.py` does the same without this platform.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

HEAD = "凭证,金额（分）,凭证摘要"


def line(month: int, number: int, fen: int, digest: str) -> str:
    """One line of the list."""
    return f"{month}-{number:04d},{fen},{digest}"


def roster_digest(roster: str) -> str:
    """SHA-256 of the list as text, lines parted by one newline."""
    return hashlib.sha256(roster.encode()).hexdigest()


def rank(seed: str, row: str) -> str:
    """Where a line stands in the draw."""
    key, _fen, digest = row.split(",")
    return hashlib.sha256(f"{seed}|{key}|{digest}".encode()).hexdigest()


def drawn(seed: str, roster: Iterable[str], size: int) -> list[str]:
    """Keys of the lines drawn, in the order of the draw."""
    ordered = sorted(roster, key=lambda row: (rank(seed, row), row))
    return [row.split(",")[0] for row in ordered[:size]]


def size_for(count: int, least: int, percent: int) -> int:
    """How many to draw: the percentage rounded up, at least `least`, at most all."""
    return min(count, max(least, -(-count * percent // 100)))
