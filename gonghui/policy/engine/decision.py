"""The answer of the engine (决定): what `decide` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gonghui.policy.engine import slip
from gonghui.policy.engine.records import ClauseResult, Conflict, Fact, Nearest, Rule, Step, Used, answer, answer_name, plain, unique


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision slip (决定单): the answer with everything that explains it."""

    rule: Rule
    on: date
    at: str
    unit_path: str
    facts: Mapping[str, Fact]
    outcome: bool | None
    severity: str
    clauses: tuple[ClauseResult, ...]
    values: Mapping[str, Any]
    arithmetic: tuple[Step, ...]
    used: tuple[Used, ...]
    overridden: tuple[Used, ...]
    conflicts: tuple[Conflict, ...]
    missing: tuple[str, ...]
    nearest: Nearest | None
    pack: str

    @property
    def key(self) -> str:
        return self.rule.key

    @property
    def verdict(self) -> str:
        """The answer in one sentence."""
        return self.rule.answers[answer_name(self.outcome)]

    @property
    def blocks(self) -> bool:
        """Whether the act may not go on: a verified, binding condition is not met."""
        return self.outcome is False and self.severity == "block" and any(c.clause.kind == "condition" for c in self.clauses)

    def as_json(self) -> dict[str, Any]:
        """Exactly the contract of DESIGN §5."""
        return {
            "key": self.key,
            "outcome": answer(self.outcome),
            "severity": self.severity,
            "values": {name: plain(value) for name, value in self.values.items()},
            "arithmetic": unique(step.as_dict() for step in self.arithmetic),
            "rules": unique(used.as_dict() for used in self.used),
            "missing": list(self.missing),
            "nearest": self.nearest.as_dict() if self.nearest else None,
        }

    def as_full(self) -> dict[str, Any]:
        """Everything, for the stored slip and the web pages."""
        return slip.full(self)

    def as_slip(self) -> dict[str, Any]:
        """View-model of `policy/_slip.html`."""
        return slip.view(self.as_full())
