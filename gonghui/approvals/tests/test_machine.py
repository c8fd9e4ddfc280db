"""Any interleaving of approving, editing, withdrawing and handing in again (Hypothesis)."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.approvals import services
from gonghui.approvals.models import Approval, Step
from gonghui.approvals.tests import make
from gonghui.core.errors import Refusal

pytestmark = pytest.mark.django_db
ACTS = ["town", "city", "maker", "edit", "edit_told", "withdraw", "again", "return", "stale"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ACTS), max_size=14))
def test_what_is_approved_was_seen_by_each_level_as_it_is(acts: list[str]) -> None:
    with transaction.atomic():
        make.content.clear()
        make.events.clear()
        _play(acts)
        transaction.set_rollback(True)


def _play(acts: list[str]) -> None:
    maker, town, city = make.clerk(), make.township(), make.city()
    row, edits = make.submit(maker), 0
    stale = Approval.objects.get(pk=row.pk)
    for act in acts:
        row = Approval.objects.get(pk=row.pk)
        try:
            with transaction.atomic():
                if act in {"town", "city", "maker"}:
                    services.approval_decide(actor={"town": town, "city": city, "maker": maker}[act], approval=row, decision="approve")
                elif act == "return":
                    services.approval_decide(actor=town, approval=row, decision="return", opinion="改")
                elif act == "stale":
                    services.approval_decide(actor=town, approval=stale, decision="approve")
                elif act.startswith("edit"):
                    edits += 1
                    make.content["1"] = f"版本 {edits}"
                    if act == "edit_told":
                        services.content_changed(actor=maker, kind=make.KIND, subject_id="1")
                elif act == "withdraw":
                    services.approval_withdraw(actor=maker, approval=row)
                else:
                    services.approval_resubmit(actor=maker, approval=row)
        except Refusal:
            pass
        _holds(row.pk, maker)


def _holds(pk: int, maker) -> None:
    row = Approval.objects.get(pk=pk)
    steps = list(Step.objects.filter(approval=row))
    assert sum(s.is_open for s in steps) == (1 if row.state == "pending" else 0)
    assert all(s.decided_by_id != maker.user_id for s in steps)
    this_round = [s for s in steps if s.round == row.round]
    if row.state == "approved":
        assert [s.decision for s in this_round] == ["approve", "approve"]
        assert len({s.decided_by_id for s in this_round}) == 2
    assert make.events.count(("approved", "1")) <= len({s.round for s in steps})
