"""The 100-point form as the rule base writes it (考核表)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One item (考核项目)."""

    key: str
    label: str
    full: int
    reasons: tuple[str, ...]


def items(value: Iterable[str]) -> list[Item]:
    """Read `key|label|points|reason;reason` lines."""
    found = []
    for text in value:
        key, label, full, reasons = text.split("|")
        found.append(Item(key, label, int(full), tuple(reasons.split(";"))))
    return found
