"""Numbers membership takes from the rule base (规则值), for the day and the place of a union."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.policy import services as policy


def number(key: str, on: date, union: Any = None) -> int:
    """A whole number. Raises NotFound when the rule base does not know it: no term is made up here."""
    area = getattr(union, "area", "") or "000000"
    return int(policy.value(key, on=on, at=area, unit_path=getattr(union, "path", "") or "").value)
