"""Numbers the register takes from the rule base (规则值)."""

from __future__ import annotations

from datetime import date

from gonghui.core.errors import NotFound
from gonghui.policy import services as policy


def number(key: str, on: date, at: str = "000000") -> int | None:
    """A whole number of the rule base, or None on days before it was in force. An unknown key raises."""
    try:
        return int(policy.value(key, on=on, at=at or "000000").value)
    except NotFound as fault:
        if fault.code != "policy.not_in_force":
            raise
        return None


def numbers(key: str, on: date, at: str = "000000") -> list[int]:
    """A list of whole numbers of the rule base; empty on days before it was in force."""
    try:
        return [int(v) for v in policy.value(key, on=on, at=at or "000000").value]
    except NotFound as fault:
        if fault.code != "policy.not_in_force":
            raise
        return []
