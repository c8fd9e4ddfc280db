"""Decision slips of membership (会籍决定单): asked of the rule base, kept beside the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gonghui.orgs.selectors import law
from gonghui.policy import services as policy


def ask(key: str, facts: Mapping[str, Any], *, on: date, union: Any = None) -> policy.Decision:
    """One decision at the place of a union."""
    return law.decide(key, union, on, facts)


def sentence(decision: policy.Decision) -> str:
    """Verdict with its source, for a refusal."""
    source = next((str(used.version.source) for used in decision.used), "")
    return decision.verdict + (f"（依据：{source}）" if source else "")
