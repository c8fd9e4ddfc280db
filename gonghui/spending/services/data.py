"""What a form or an import hands over (计划内容)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class LineData:
    """One line: unit price in fen."""

    use: str
    unit_fen: int
    quantity: int
    words: str = ""
    people: int = 0
    grade: int | None = None


@dataclass(frozen=True)
class PersonData:
    """One participant."""

    person_id: int
    kind: str = "regular"
    elsewhere: bool | None = None


@dataclass(frozen=True)
class PlanData:
    """Everything a person fills in for a plan. `people` empty: only the `count` is known."""

    kind: str
    title: str
    on: date
    lines: Sequence[LineData]
    people: Sequence[PersonData] = ()
    count: int = 0
    whole_roll: bool = False
    place: str = ""
    place_area: str = ""
    method: str = "transfer"
    payee: str = ""
    nature: str = "none"
    budget_item: str = ""
    reason: str = ""
    care: str = ""
    illness: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
