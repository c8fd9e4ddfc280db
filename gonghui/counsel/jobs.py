"""Timed work of psychological care (定时任务)."""

from __future__ import annotations

from gonghui.counsel.services import keeping


def daily() -> dict[str, int]:
    """Remind of tomorrow, delete what is past its term."""
    return {"reminded": keeping.remind(), "erased": keeping.purge()}
