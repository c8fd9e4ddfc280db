"""Portfolios and follow-ups (包片、跟踪服务): who looks after whom, until the union there works by the book. Source: S008, S011."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from gonghui.accounts.actor import subtree
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.fieldwork.enums import Maturity, Perm
from gonghui.fieldwork.models import FollowUp, Portfolio
from gonghui.orgs.enums import Perm as OrgPerm
from gonghui.orgs.selectors import employers, spots
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

ORDER = [m.value for m in Maturity]


@transaction.atomic
def portfolio_set(*, actor: Actor, user_id: int, union: Any, industry: str = "", since: date | None = None) -> Portfolio:
    """Give an area, or one industry of it, to an organiser (包片); its open blank spots nobody follows go along.

    Raises: NotPermitted; Conflict fieldwork.portfolio_taken.
    """
    actor.require(Perm.PORTFOLIO_EDIT, union)
    day = since or clock.today()
    try:
        with transaction.atomic():
            row = Portfolio.objects.create(user_id=user_id, union=union, industry=industry[:1], since=day)
    except IntegrityError as fault:
        raise Conflict("fieldwork.portfolio_taken", f"{union.name}的这个行业已经有人包，请先结束原来的。") from fault
    taken = portfolio_fill(actor, row, day)
    audit.record(actor, "fieldwork.portfolio.set", row, org_path=union.path, organiser=user_id, industry=industry, taken=taken)
    return row


def portfolio_fill(actor: Actor, row: Portfolio, day: date) -> int:
    """Follow-ups for the open blank spots of a portfolio."""
    rows = spots.spot_list(actor=actor, union=row.union)
    if row.industry:
        rows = rows.filter(employer__industry__startswith=row.industry)
    mine = rows.filter(Q(organiser_id=None) | Q(organiser_id=row.user_id))
    return _follow_all(mine, day, row.user_id)


def adopt(actor: Actor, day: date, user_id: int | None = None) -> int:
    """Blank spots that were given to an organiser in the register are followed by that organiser."""
    rows = spots.spot_list(actor=actor).filter(organiser_id__isnull=False)
    return _follow_all(rows if user_id is None else rows.filter(organiser_id=user_id), day)


def _follow_all(rows: Any, day: date, user_id: int = 0) -> int:
    held = FollowUp.objects.filter(until=None).values("employer")
    free = rows.exclude(employer__in=held)
    made = [FollowUp(employer_id=s.employer_id, user_id=user_id or s.organiser_id, next_visit=s.next_visit, since=day) for s in free]
    FollowUp.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def portfolio_end(*, actor: Actor, portfolio: Portfolio) -> Portfolio:
    """The area goes to somebody else from today (结束包片); what is being followed stays until it is given on."""
    actor.require(Perm.PORTFOLIO_EDIT, portfolio.union)
    moved = Portfolio.objects.filter(pk=portfolio.pk, until=None).update(until=max(clock.today(), portfolio.since))
    if not moved:
        raise Conflict("fieldwork.portfolio_ended", "这一片已经结束。")
    portfolio.refresh_from_db()
    audit.record(actor, "fieldwork.portfolio.end", portfolio, org_path=portfolio.union.path, organiser=portfolio.user_id)
    return portfolio


@transaction.atomic
def follow_up_assign(*, actor: Actor, employer: Any, user_id: int) -> FollowUp:
    """Give one employer to an organiser (指派跟踪). The earlier one's care ends today."""
    actor.require(Perm.PORTFOLIO_EDIT, employer.union)
    now = FollowUp.objects.select_for_update().filter(employer=employer, until=None).first()
    if now is not None and now.user_id == user_id:
        return now
    stage, due = (now.stage, now.next_visit) if now else (Maturity.NONE.value, None)
    if now is not None:
        FollowUp.objects.filter(pk=now.pk).update(until=clock.today(), end_reason="改由他人跟踪")
    row = FollowUp.objects.create(employer=employer, user_id=user_id, since=clock.today(), stage=stage, next_visit=due)
    audit.record(
        actor, "fieldwork.follow_up.assign", row, org_path=employer.union.path, organiser=user_id, before=now.user_id if now else None
    )
    return row


def follow(actor: Actor, employer: Any, user_id: int, *, next_visit: date | None, stage: str = "") -> FollowUp:
    """After a visit: the employer is followed, with its next day and the stage reached. Inside another service."""
    row = FollowUp.objects.select_for_update().filter(employer=employer, until=None).first()
    if row is None:
        row = FollowUp.objects.create(employer=employer, user_id=user_id, since=clock.today())
    changes: dict[str, Any] = {"next_visit": next_visit}
    if stage and ORDER.index(stage) == ORDER.index(row.stage) + 1:
        changes["stage"] = stage
        if stage == Maturity.STANDARD:
            changes |= {"until": clock.today(), "end_reason": "已逐步规范"}
    FollowUp.objects.filter(pk=row.pk).update(**changes)
    row.refresh_from_db()
    return row


def maturity_slip(employer: Any, stage: str) -> Any:
    """Do the records show this stage (成熟度判定)? It only warns: no text fixes the criteria. Source: policy fieldwork.maturity."""
    union = employer.own_unions.filter(ended_on=None).first()
    facts = {
        "stage": policy.Fact(stage, source="走访单"),
        "covered": policy.Fact(employer.organised, source="登记册"),
        "chair": policy.Fact(bool(union and union.posts.filter(title="chair", until=None).exists()), source="登记册"),
        "card": policy.Fact(all(c.complete for c in employers.cards_of(employer)), source="信息卡"),
        "account": policy.Fact(bool(union and union.accounts.filter(until=None).exists()), source="登记册"),
    }
    return policy.decide("fieldwork.maturity", on=clock.today(), facts=facts)


@transaction.atomic
def stage_set(*, actor: Actor, follow_up: FollowUp, stage: str, reason: str = "") -> tuple[FollowUp, Any]:
    """Move the follow-up one stage (推进成熟度); 规范 ends it. Returns the slip as well. Raises: NotPermitted; RuleViolation; Conflict."""
    employer = follow_up.employer
    actor.require(Perm.VISIT_EDIT, employer.union)
    if stage not in ORDER or ORDER.index(stage) != ORDER.index(follow_up.stage) + 1:
        raise RuleViolation("fieldwork.stage_step", "成熟度按“先搭台、后充实、再完善、逐步规范”一步一步来，不能跳，也不能退。")
    slip = maturity_slip(employer, stage)
    if slip.outcome is not True and not reason.strip():
        raise RuleViolation("fieldwork.stage_reason", f"{slip.verdict}：记录还对不上这一步，请写明理由再推进。", slip=slip.as_json())
    policy.store(actor, slip, subject=f"follow_up:{follow_up.pk}", org_path=employer.union.path)
    changes: dict[str, Any] = {"stage": stage}
    if stage == Maturity.STANDARD:
        changes |= {"until": clock.today(), "end_reason": "已逐步规范"}
    if not FollowUp.objects.filter(pk=follow_up.pk, stage=follow_up.stage, until=None).update(**changes):
        raise Conflict("core.state_moved", "这件事刚刚被别人办理过了，您的操作没有生效。请刷新后查看最新状态。")
    follow_up.refresh_from_db()
    audit.record(actor, "fieldwork.follow_up.stage_reached", follow_up, org_path=employer.union.path, stage=stage, reason=reason[:120])
    return follow_up, slip


def employers_in(actor: Actor, union: Any) -> Any:
    """Employers of an area in the actor's view."""
    return employers.employer_visible(actor, OrgPerm.EMPLOYER_VIEW).filter(subtree(union.path, "union__path"))
