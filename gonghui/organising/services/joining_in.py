"""One tap for the small shop (一键加入): the shop joins a joint union or a federation that stands. Source: P01, S014, TUL-11-2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import clock
from gonghui.core.errors import RuleViolation
from gonghui.organising.enums import Perm
from gonghui.organising.selectors import cases as reads
from gonghui.organising.selectors import planning, policy_values
from gonghui.organising.services.common import signed, violate
from gonghui.orgs import services as orgs
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

REASON = "人数少，不宜单独建会，加入就近的联合工会"


@transaction.atomic
def coverage_join(*, actor: Actor, employer: Any, union: Any, reason: str = "") -> Any:
    """The employer joins a union that covers several (加入已有的联合工会). Answers the coverage of the register.

    Raises: NotPermitted; RuleViolation organising.not_joinable, organising.must_own with the slip; Conflict orgs.covered_already.
    Source: policy organising.form, orgs.joint_form.
    """
    actor.require(Perm.COVERAGE_JOIN, employer.union)
    if union.kind not in planning.JOINABLE or union.ended_on is not None or union.state != "active":
        violate("not_joinable", f"{union.name}不是在办的联合工会或联合会，不能加入。")
    if union.pk not in {u.pk for u in planning.near(employer)}:
        actor.require(Perm.COVERAGE_JOIN, union)
    case = reads.open_case_of(employer)
    if case is not None:
        violate("case_open", f"{employer.name}有一件建会事项在办（{case.number}），请先撤回再加入。")
    slip = _lawful(employer, union, reason)
    done = orgs.coverage_add(
        actor=signed(actor),
        union=union,
        employer=employer,
        form=planning.coverage_form(union),
        since=clock.today(),
        reason=reason or REASON,
    )
    if slip is not None:
        policy.store(actor, slip, subject=f"employer:{employer.pk}", org_path=union.path)
    return done


def _lawful(employer: Any, union: Any, reason: str) -> Any:
    """A unit whose members reach the line builds its own committee first; one with that many workers says why it does not."""
    members = employer.employments.filter(until=None, person__memberships__until=None, person__memberships__isnull=False)
    known = members.values("person_id").distinct().count()
    slip = policy_values.decide("organising.form", {"project": False, "near": True, "members": known}, clock.today(), union)
    if slip is not None and slip.values.get("must_own") is True:
        raise RuleViolation("organising.must_own", f"{employer.name}有会员 {known} 人，应当单独建会，再加入联合会。", slip=slip.as_json())
    guess = policy_values.decide(
        "organising.form", {"project": False, "near": True, "members": employer.headcount or 0}, clock.today(), union
    )
    if guess is not None and guess.values.get("must_own") is True and len(reason.strip()) < 4:
        violate("reason_missing", f"{employer.name}登记职工 {employer.headcount} 人，会员可能达到单独建会的人数。请写明为什么不单独建会。")
    return guess
