"""What treasury knows of a spending (预算): asked through its selectors."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.spending.rules.draft import Budget


def budget_for(union: Any, day: date, kind: str, item: str, *, exclude: str = "") -> Budget:
    """The budget line of a plan and what is left of it; unknown where no budget is in force."""
    return Budget()
