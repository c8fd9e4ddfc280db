"""Numbers membership takes from the rule base (规则值), for the day and the place of a union."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.orgs.selectors import law


def number(key: str, on: date, union: Any = None) -> int:
    """A whole number. Raises NotFound when the rule base does not know it: no term is made up here."""
    return law.number(key, union, on)
