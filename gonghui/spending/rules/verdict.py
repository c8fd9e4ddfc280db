"""The overall answer out of all slips (总的结论)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from gonghui.spending.enums import Outcome


class Answered(Protocol):
    """What of a decision counts."""

    @property
    def outcome(self) -> bool | None: ...
    @property
    def severity(self) -> str: ...
    @property
    def blocks(self) -> bool: ...


def of_one(decision: Answered) -> Outcome:
    """One slip: a binding, verified condition refuses; any other no asks for a reason; unknown cannot be told."""
    if decision.blocks:
        return Outcome.REFUSED
    if decision.outcome is None:
        return Outcome.UNKNOWN
    return Outcome.ALLOWED if decision.outcome or decision.severity == "info" else Outcome.REASON


ORDER = (Outcome.REFUSED, Outcome.UNKNOWN, Outcome.REASON, Outcome.ALLOWED)


def overall(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of all; nothing asked is allowed."""
    return min(outcomes, key=ORDER.index, default=Outcome.ALLOWED)
