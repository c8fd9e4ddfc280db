"""Levels, right persons, changed content (审批办理)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gonghui.accounts import services as account_services
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import selectors, services
from gonghui.approvals.enums import ApprovalState, Decision
from gonghui.approvals.models import Step
from gonghui.approvals.tests import make
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def decide(actor, row, decision=Decision.APPROVE, opinion="同意"):
    row.refresh_from_db()
    return services.approval_decide(actor=actor, approval=row, decision=decision, opinion=opinion)


def test_two_levels_in_order_approve() -> None:
    row = make.submit(make.clerk())
    assert (row.state, row.level) == (ApprovalState.PENDING, 1)
    with pytest.raises(NotPermitted):
        decide(make.city(), row)
    assert decide(make.township(), row).state == ApprovalState.PENDING
    assert make.events == []
    assert decide(make.city(), row).state == ApprovalState.APPROVED
    assert make.events == [("approved", "1")]
    verbs = list(AuditEntry.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["approvals.approval.pending", "approvals.step.decided", "approvals.step.decided", "approvals.approval.approved"]
    services.require_valid(row)


@pytest.mark.parametrize(("decision", "state"), [(Decision.REFUSE, "refused"), (Decision.RETURN, "returned")])
def test_no_and_return_need_a_reason(decision, state) -> None:
    row, actor = make.submit(make.clerk()), make.township()
    with pytest.raises(RuleViolation) as refused:
        decide(actor, row, decision, " ")
    assert refused.value.code == "approvals.needs_opinion"
    assert decide(actor, row, decision, "缺附件").state == state
    assert make.events == [(state, "1")]


def test_return_resubmit_starts_again_from_the_first_level() -> None:
    maker = make.clerk()
    row = make.submit(maker)
    decide(make.township(), row)
    decide(make.city(), row, Decision.RETURN, "请补会议记录")
    make.content["1"] = "乙"
    again = services.approval_resubmit(actor=maker, approval=row, note="已补")
    assert (again.state, again.round, again.level) == ("pending", 2, 1)
    decide(make.township(), row)
    assert decide(make.city(), row).state == "approved"
    assert Step.objects.filter(approval=row).count() == 4


def test_withdraw_and_who_may() -> None:
    maker = make.clerk()
    row = make.submit(maker)
    with pytest.raises(NotPermitted):
        services.approval_withdraw(actor=make.clerk(), approval=row)
    assert services.approval_withdraw(actor=maker, approval=row).state == "withdrawn"
    with pytest.raises(Conflict):
        decide(make.township(), row)
    assert not Step.objects.filter(is_open=True).exists()


def test_a_matter_is_pending_once() -> None:
    maker = make.clerk()
    make.submit(maker)
    with pytest.raises(Conflict) as refused:
        make.submit(maker)
    assert refused.value.code == "approvals.already_pending"


# -- maker is not checker (R13) ----------------------------------------------------------------------------------


def own(**more) -> tuple[object, object]:
    actor = accounts.acting((Role.TOWNSHIP, make.TOWN), **more)
    return actor, make.submit(actor)


def test_the_maker_cannot_decide() -> None:
    actor, row = own()
    with pytest.raises(NotPermitted) as refused:
        decide(actor, row)
    assert refused.value.code == "approvals.own"
    assert selectors.inbox(actor) == []


def test_without_the_guard_the_maker_could(monkeypatch) -> None:
    """Negative control."""
    actor, row = own()
    monkeypatch.setattr(selectors, "involved", lambda actor, approval: False)
    assert decide(actor, row).level == 2


def test_not_through_another_account_of_the_same_person() -> None:
    worker = accounts.actor(accounts.worker(person_id=77))
    row = make.submit(worker)
    twin = make.township(person_id=77)
    with pytest.raises(NotPermitted) as refused:
        decide(twin, row)
    assert refused.value.code == "approvals.own"
    assert selectors.inbox(twin) == []


def test_nor_after_two_records_of_the_person_were_merged() -> None:
    """R13: the account of the record that went stands for the one that stayed."""
    maker, twin = accounts.worker(person_id=2), accounts.officer((Role.TOWNSHIP, make.TOWN), person_id=1)
    row = make.submit(accounts.actor(maker))
    account_services.persons_merged(kept=1, gone=2)
    with pytest.raises(NotPermitted) as refused:
        decide(accounts.actor(twin), row)
    assert refused.value.code == "approvals.own"
    assert selectors.inbox(accounts.actor(twin)) == []


def delegate(giver, taker, **more):
    today = clock.today()
    values = {"since": today, "until": today + timedelta(days=7), "reason": "出差", **more}
    return services.delegation_give(actor=giver, taker_id=taker.user_id, **values)


def test_a_delegate_decides_and_both_are_named() -> None:
    giver, taker, row = make.township(), make.clerk(), make.submit(make.clerk())
    with pytest.raises(NotPermitted):
        decide(taker, row)
    delegate(giver, taker)
    assert [i.key for i in selectors.inbox(taker)] == [f"approval:{row.pk}"]
    decide(taker, row)
    step = Step.objects.get(level=1)
    assert (step.decided_by_id, step.on_behalf_of_id) == (taker.user_id, giver.user_id)
    assert f"user:{giver.user_id}" in AuditEntry.objects.filter(verb="approvals.step.decided").get().data


def test_not_by_delegation_to_the_maker_nor_from_the_maker() -> None:
    giver, taker = make.township(), make.clerk()
    delegate(giver, taker)
    with pytest.raises(NotPermitted):
        decide(taker, make.submit(taker))
    maker, helper = make.township(), make.clerk()
    delegate(maker, helper)
    with pytest.raises(NotPermitted):
        decide(helper, make.submit(maker, "2"))
    assert [i.title for i in selectors.inbox(helper)] == ["事情 1（镇工会审核）"], "not the delegator's own matter"


def test_delegation_ends_by_date_by_revoking_and_with_the_givers_right() -> None:
    giver, taker, row = make.township(), make.clerk(), make.submit(make.clerk())
    given = delegate(giver, taker)
    with clock.at(clock.now() + timedelta(days=7)), pytest.raises(NotPermitted):
        decide(taker, row)
    services.delegation_revoke(actor=giver, pk=given.pk)
    with pytest.raises(NotPermitted):
        decide(taker, row)
    delegate(giver, taker)
    accounts.Grant.objects.filter(user_id=giver.user_id).update(revoked_at=clock.now())
    with pytest.raises(NotPermitted):
        decide(taker, row)


def test_one_person_decides_one_level_of_a_round() -> None:
    both = accounts.acting((Role.TOWNSHIP, make.TOWN), (Role.CITY, make.ROOT))
    row = make.submit(make.clerk())
    decide(both, row)
    with pytest.raises(NotPermitted) as refused:
        decide(both, row)
    assert refused.value.code == "approvals.two_levels"
    assert selectors.inbox(both) == []


def test_who_does_not_see_the_union_finds_nothing() -> None:
    row = make.submit(make.clerk())
    with pytest.raises(NotFound):
        decide(accounts.acting((Role.TOWNSHIP, "00010009")), row)


# -- changed content (R10, R11) ----------------------------------------------------------------------------------


def test_changed_content_is_not_approved() -> None:
    row = make.submit(make.clerk())
    make.content["1"] = "乙"
    with pytest.raises(Conflict) as refused:
        decide(make.township(), row)
    assert refused.value.code == "approvals.content_changed"
    assert decide(make.township(), row, Decision.RETURN, "内容改过").state == "returned"


def test_without_the_digest_changed_content_would_pass(monkeypatch) -> None:
    """Negative control."""
    row = make.submit(make.clerk())
    make.content["1"] = "乙"
    monkeypatch.setattr(services, "digest_of", lambda kind, subject: row.digest)
    assert decide(make.township(), row).level == 2


def test_an_edit_voids_pending_and_given_approvals() -> None:
    maker = make.clerk()
    row = make.submit(maker)
    assert services.content_changed(actor=maker, kind=make.KIND, subject_id=1) == 0, "nothing material changed"
    decide(make.township(), row)
    decide(make.city(), row)
    make.content["1"] = "乙"
    assert services.content_changed(actor=maker, kind=make.KIND, subject_id=1) == 1
    row.refresh_from_db()
    assert row.state == "voided" and make.events[-1] == ("voided", "1")
    with pytest.raises(Conflict):
        services.require_valid(row)


def test_the_second_of_two_readers_meets_a_conflict() -> None:
    row = make.submit(make.clerk())
    stale = type(row).objects.get(pk=row.pk)
    decide(make.township(), row)
    with pytest.raises(Conflict) as refused:
        services.approval_decide(actor=make.township(), approval=stale, decision="approve")
    assert refused.value.code == "approvals.decided_already"


def test_reminding_names_those_who_may_and_not_too_often() -> None:
    maker, one = make.clerk(), make.township()
    row = make.submit(maker)
    assert services.approval_remind(actor=maker, approval=row) == [one.user_id]
    with pytest.raises(Conflict):
        services.approval_remind(actor=maker, approval=row)
    with clock.at(clock.now() + timedelta(hours=5)):
        assert services.approval_remind(actor=maker, approval=row) == [one.user_id]


def test_moved_union_keeps_its_deciders() -> None:
    row, one = make.submit(make.clerk()), make.township()
    services.scope_moved(actor=accounts.Actor.system("orgs"), old_path=make.TOWN, new_path="00010009")
    with pytest.raises((NotFound, NotPermitted)):
        decide(one, row)
    assert decide(accounts.acting((Role.TOWNSHIP, "00010009")), row).level == 2
    row.refresh_from_db()
    assert row.org_path == "000100090003"
