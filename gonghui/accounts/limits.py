"""A named limit (上限)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limit:
    """How often (上限): `most` in `window`; `growing` doubles a short wait with each further try instead of closing the window."""

    name: str
    most: int
    window: timedelta
    growing: bool = False
