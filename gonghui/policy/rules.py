"""The live rule pack (现行规则包), read once from `params/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gonghui.policy.engine import loader
from gonghui.policy.engine.loader import Pack, exact

__all__ = ["CASES", "ROOT", "exact", "live"]

ROOT = Path(__file__).resolve().parent / "params"
CASES = Path(__file__).resolve().parent / "cases"


@cache
def live() -> Pack:
    """All rules. Raises PackError naming file and key."""
    return loader.load(ROOT)
