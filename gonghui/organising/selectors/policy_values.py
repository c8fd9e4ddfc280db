"""Numbers organising takes from the rule base (规则值)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gonghui.core.errors import NotFound
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy
from gonghui.policy.services import Decision


def number(key: str, on: date, at: str = "000000") -> int | None:
    """A whole number, or None on days before it was in force."""
    try:
        return int(policy.value(key, on=on, at=at or "000000").value)
    except NotFound as fault:
        if fault.code != "policy.not_in_force":
            raise
        return None


def decide(key: str, facts: Mapping[str, Any], on: date, union: Any = None) -> Decision | None:
    """A decision at the union's place, or None on days before any version was in force."""
    return law.decided(key, union, on, facts)


def due(step: str, since: date, union: Any = None) -> date | None:
    """Until when a step is to be done (环节期限). Source: policy organising.step_due."""
    decision = decide("organising.step_due", {"step": step, "started_on": since}, since, union)
    found = decision.values.get("due") if decision is not None else None
    return found if isinstance(found, date) else None
