"""Numbers and clauses of the rule base for a union (规则取值)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gonghui.core.errors import NotFound, RuleViolation
from gonghui.orgs.selectors import law as places
from gonghui.oversight.rules import form
from gonghui.oversight.rules.catalogue import QUESTIONS
from gonghui.policy import services as policy


def number(key: str, union: Any, on: date) -> int:
    """A whole number in force."""
    return places.number(f"oversight.{key}", union, on)


def form_items(on: date) -> list[form.Item]:
    """The 100-point form of a day (百分考核表)."""
    return form.items(policy.value("oversight.audit_form", on=on).value)


def full(on: date) -> int:
    """Its whole (满分)."""
    return int(policy.value("finance.audit_score_full", on=on).value)


def decision(key: str, union: Any, on: date) -> policy.Decision:
    """A rule of the catalogue with the values in force at the union's place."""
    if key not in QUESTIONS:
        raise NotFound("oversight.no_rule", "请从规则目录里选一条规则。")
    return policy.decide_params(key, on=on, at=places.place_of(union), unit_path=union.path)


def clause(key: str, union: Any, on: date) -> str:
    """The rule's name and the text it stands on, in words (依据).

    Raises: RuleViolation oversight.no_clause_here where no text of the rule is in force at the union's place on the day.
    """
    found = decision(key, union, on)
    versions = [v for c in found.clauses for v in c.versions] or [u.version for u in found.used]
    if not versions:
        raise RuleViolation("oversight.no_clause_here", f"“{found.rule.label}”在当地没有录入生效的条文，不能作依据。请换一条规则。")
    return f"{found.rule.label}：{versions[0].source}"[:300]


def told(key: str, union: Any, on: date) -> dict[str, Any]:
    """A rule for members (政策问答): what to do, the clause, its own words, the day it came into force. Raises as `clause`."""
    text, found = clause(key, union, on), decision(key, union, on)
    versions = [v for c in found.clauses for v in c.versions] or [u.version for u in found.used]
    quotes = list(dict.fromkeys(v.source.quote for v in versions if v.source.quote))
    return {"advice": found.rule.advice, "clause": text, "quotes": quotes[:3], "since": versions[0].since}


def publication(union: Any, period_end: date, on: date, published_on: date | None = None) -> policy.Decision:
    """Must this half-year have been published by now? Source: policy finance.publication_half_year (R145)."""
    facts: dict[str, Any] = {"period_end": period_end}
    if published_on is not None:
        facts["published_on"] = published_on
    return places.decide("finance.publication_half_year", union, on, facts)


def publish_by(union: Any, period_end: date) -> date:
    """Last day to publish (最迟公布日)."""
    due = publication(union, period_end, period_end + timedelta(days=1)).values.get("due")
    if isinstance(due, date):
        return due
    return date.fromisoformat(str(due))
