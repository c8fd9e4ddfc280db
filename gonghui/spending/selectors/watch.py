"""Plans looked at again from the records (复查支出计划): for the audit committee and for the detectors of the demo city."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from gonghui.spending.enums import Outcome, PlanState
from gonghui.spending.models import Plan
from gonghui.spending.selectors import answers, facts, plans

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def rechecked(actor: Actor, since: date, until: date) -> Iterator[tuple[Plan, answers.Item]]:
    """Every rule that a plan of the span does not meet, decided anew on the plan's own day by the actual list (逐条复查).

    What cannot be told is not a violation and is left out.
    """
    rows = plans.plan_visible(actor).filter(on__gte=since, on__lte=until).exclude(state=PlanState.CANCELLED)
    for plan in rows.select_related("union", "union__parent").order_by("pk"):
        answer = answers.judge(facts.draft_of(plan), facts.history_for(plan), near=False)
        for item in answer.items:
            if item.outcome in (Outcome.REFUSED, Outcome.REASON):
                yield plan, item
