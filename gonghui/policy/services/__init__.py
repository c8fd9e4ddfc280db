"""What the rule base does for others (规则库). Other apps: `from gonghui.policy import services as policy`."""

from __future__ import annotations

from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.records import Fact, Value
from gonghui.policy.services.answers import changes, decide, decide_params, value
from gonghui.policy.services.drafts import Variation, diff_dates, diff_packs, draft, what_if
from gonghui.policy.services.local import local_value_end, local_value_set
from gonghui.policy.services.review import rule_review
from gonghui.policy.services.slips import input_hash, reevaluate, store

__all__ = [
    "Decision",
    "Fact",
    "Value",
    "Variation",
    "changes",
    "decide",
    "decide_params",
    "diff_dates",
    "diff_packs",
    "draft",
    "input_hash",
    "local_value_end",
    "local_value_set",
    "reevaluate",
    "rule_review",
    "store",
    "value",
    "what_if",
]
