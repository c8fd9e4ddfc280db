"""Reviews of rules against their texts (规则复核). The rule file is never edited here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import RuleViolation
from gonghui.policy import selectors
from gonghui.policy.enums import Perm, Verdict
from gonghui.policy.models import RuleReview

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def rule_review(*, actor: Actor, key: str, verdict: str, note: str = "", reviewed_on: date | None = None) -> RuleReview:
    """Note that somebody compared a rule with its text (登记复核).

    Raises: NotPermitted; NotFound policy.unknown_key; RuleViolation policy.review_future, policy.review_note.
    """
    actor.require(str(Perm.RULE_REVIEW))
    rule = selectors.rule_get(key)
    day = reviewed_on or clock.today()
    if day > clock.today():
        raise RuleViolation("policy.review_future", f"复核日期 {day} 还没有到，请核对。")
    if verdict != Verdict.CONFIRMED and not note.strip():
        raise RuleViolation("policy.review_note", "与原文不一致或没找到原文的，请写明情况，便于修改规则文件。")
    row = RuleReview.objects.create(
        key=key, rule_hash=selectors.rule_hash(rule), verdict=Verdict(verdict), note=note.strip(), reviewer=actor.ref,
        reviewer_name=actor.name or actor.ref, reviewed_on=day, created_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "policy.rule.reviewed", row, key=key, verdict=verdict, rule=row.rule_hash)
    return row
