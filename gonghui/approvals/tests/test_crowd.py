"""Many at once: one wins (并发)."""

from __future__ import annotations

import pytest

from gonghui.accounts.tests.crowd import crowd
from gonghui.approvals import services
from gonghui.approvals.models import Approval, Step
from gonghui.approvals.tests import make
from gonghui.core.errors import Conflict
from gonghui.core.models import AuditEntry


@pytest.mark.usefixtures("own_database")
def test_of_fifty_who_decide_at_once_one_wins() -> None:
    row = make.submit(make.clerk())
    actors = [make.township() for _ in range(50)]

    def job(actor):
        return lambda: services.approval_decide(actor=actor, approval=Approval.objects.get(pk=row.pk), decision="refuse", opinion="缺附件")

    results = crowd([job(a) for a in actors])
    won = [r for r in results if not isinstance(r, Exception)]
    assert len(won) == 1, results
    assert all(isinstance(r, Conflict) for r in results if isinstance(r, Exception)), results
    assert Approval.objects.get().state == "refused"
    assert Step.objects.exclude(decision="").count() == AuditEntry.objects.filter(verb="approvals.step.decided").count() == 1
    assert make.events == [("refused", "1")]
