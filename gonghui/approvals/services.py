"""Approvals move (审批办理): hand in, decide, return, withdraw, void, remind, delegate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from gonghui.accounts import selectors as accounts
from gonghui.accounts.actor import Actor, subtree
from gonghui.approvals import flows, kinds, selectors
from gonghui.approvals.enums import ApprovalState, Decision, Perm
from gonghui.approvals.kinds import Handler, Item, Level, register, register_inbox
from gonghui.approvals.models import Approval, Delegation, Step
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, Refusal, RuleViolation

__all__ = [
    "Handler",
    "Item",
    "Level",
    "approval_decide",
    "approval_decide_many",
    "approval_remind",
    "approval_resubmit",
    "approval_submit",
    "approval_withdraw",
    "content_changed",
    "delegation_give",
    "delegation_revoke",
    "register",
    "register_inbox",
    "register_reminder",
    "require_valid",
    "scope_moved",
]
REMIND_EVERY = timedelta(hours=4)
MOST_AT_ONCE = 100


def digest_of(kind: str, subject_id: str) -> str:
    """SHA-256 of the material content as it is now."""
    return hashlib.sha256(kinds.handler(kind).digest(subject_id).encode()).hexdigest()


@transaction.atomic
def approval_submit(
    *, actor: Actor, kind: str, subject_id: Any, title: str, org_path: str, org_name: str = "", due_on: date | None = None, note: str = ""
) -> Approval:
    """Hand a matter in for approval (送审). The caller has checked that the actor may.

    Args: subject_id of the business row, which keeps the returned approval; due_on the day by which it should be decided.
    Raises: Conflict approvals.already_pending; LookupError for an unknown kind.
    """
    subject = str(subject_id)
    row = Approval(
        kind=kind,
        subject_id=subject,
        title=title[:160],
        org_path=org_path,
        org_name=org_name,
        due_on=due_on,
        note=note,
        maker_id=actor.user_id,
        maker_ref=actor.ref,
        maker_person_id=actor.person_id,
        created_at=clock.now(),
        digest=digest_of(kind, subject),
    )
    row.save(force_insert=True)
    return _start(actor, row, 1)


def _start(actor: Actor, row: Approval, round_: int) -> Approval:
    """Lay out the levels of a round and open the first."""
    levels = list(kinds.handler(row.kind).levels(row.subject_id))
    if not levels:
        raise RuleViolation("approvals.no_levels", "这件事没有设审批环节，不能送审。请联系系统管理员。")
    Step.objects.bulk_create(
        Step(
            approval=row, round=round_, level=n, label=lv.label, role=str(lv.role), perm=str(lv.perm), org_path=lv.org_path, is_open=n == 1
        )
        for n, lv in enumerate(levels, 1)
    )
    changes = {"round": round_, "level": 1, "digest": digest_of(row.kind, row.subject_id), "decided_at": None, "created_at": clock.now()}
    try:
        with transaction.atomic():
            return flows.APPROVAL.advance(
                row, ApprovalState.PENDING, actor=actor, org_path=row.org_path, changes=changes, kind=row.kind, round=round_
            )
    except IntegrityError:
        raise Conflict("approvals.already_pending", "这件事已经在审批中，不能重复送审。") from None


@transaction.atomic
def approval_resubmit(*, actor: Actor, approval: Approval, note: str = "", due_on: date | None = None) -> Approval:
    """Hand in again after it came back, was withdrawn or voided (重新送审): all levels anew, for the content as it is now."""
    row = _locked(approval)
    _require_maker(actor, row)
    if row.state not in {ApprovalState.RETURNED, ApprovalState.WITHDRAWN, ApprovalState.VOIDED}:
        raise Conflict("approvals.not_open_again", f"现在是“{row.get_state_display()}”，不能重新送审。", state=row.state)
    Approval.objects.filter(pk=row.pk).update(note=note or row.note, due_on=due_on or row.due_on)
    return _start(actor, row, row.round + 1)


def _locked(approval: Approval) -> Approval:
    return Approval.objects.select_for_update().get(pk=approval.pk)


def _require_maker(actor: Actor, row: Approval) -> None:
    if not actor.is_system and not selectors.made_by(actor, row):
        raise NotPermitted("approvals.maker_only", "只有送审人自己能办这一步。")


@transaction.atomic
def approval_decide(*, actor: Actor, approval: Approval, decision: Decision | str, opinion: str = "") -> Approval:
    """Decide the open level (审批): agree, refuse, or return with a reason.

    The last agreement approves; the handler's callback runs in this transaction. Of many who decide at once one wins.
    Raises: NotFound; NotPermitted approvals.own, approvals.not_yours; RuleViolation approvals.needs_opinion;
    Conflict approvals.content_changed, approvals.decided_already.
    """
    chosen = Decision(decision)
    row = _locked(approval)
    step = row.steps.filter(is_open=True).first()
    if row.state != ApprovalState.PENDING or step is None or step.level != (approval.level or step.level) or row.round != approval.round:
        raise Conflict("approvals.decided_already", f"这一步刚刚办过了，现在是“{row.get_state_display()}”。请刷新后再看。", state=row.state)
    right = _right(actor, row, step)
    if chosen != Decision.APPROVE and not opinion.strip():
        raise RuleViolation("approvals.needs_opinion", f"{chosen.label}要写明理由，让送审人知道改什么。")
    if chosen == Decision.APPROVE and digest_of(row.kind, row.subject_id) != row.digest:
        raise Conflict("approvals.content_changed", "内容在送审后改过，这次审批不再有效。请退回，让送审人重新送审。")
    _close(actor, row, step, chosen, opinion, right)
    actor.memo.pop(selectors.MEMO, None)
    return _move_on(actor, row, step, chosen, opinion)


def _right(actor: Actor, row: Approval, step: Step) -> Delegation | None:
    """The delegation by which the actor decides, None for own right. Raises when there is no right."""
    right = selectors.right_for(actor, row, step)
    if right is True:
        return None
    if isinstance(right, Delegation):
        return right
    if selectors.made_by(actor, row):
        raise NotPermitted("approvals.own", "不能审批自己送审的事，换账号、受委托也不行。请由别人办理。")
    if selectors.involved(actor, row):
        raise NotPermitted("approvals.two_levels", "这一轮您已经办过前面的环节，不能再办这一环节。请由别人办理。")
    if actor.may(Perm.APPROVAL_VIEW, row.org_path):
        raise NotPermitted("approvals.not_yours", f"这一步由“{step.label}”办理，不在您的权限内。", label=step.label)
    raise NotFound()


def _close(actor: Actor, row: Approval, step: Step, chosen: Decision, opinion: str, right: Delegation | None) -> None:
    """Write the decision by compare-and-set: an open step closes once."""
    closed = Step.objects.filter(pk=step.pk, is_open=True, decision="").update(
        is_open=False,
        decision=chosen,
        opinion=opinion[:500],
        decided_by=actor.user_id,
        decided_person_id=actor.person_id,
        on_behalf_of=right.giver_id if right else None,
        decided_at=clock.now(),
    )
    if not closed:
        raise Conflict("approvals.decided_already", "这一步刚刚被别人办过了，您的意见没有生效。请刷新后再看。")
    behalf = f"user:{right.giver_id}" if right else ""
    audit.record(actor, "approvals.step.decided", row, org_path=row.org_path, level=step.level, decision=str(chosen), on_behalf_of=behalf)


def _move_on(actor: Actor, row: Approval, step: Step, chosen: Decision, opinion: str) -> Approval:
    following = row.steps.filter(round=row.round, level=step.level + 1).first()
    if chosen == Decision.APPROVE and following is not None:
        Step.objects.filter(pk=following.pk).update(is_open=True)
        Approval.objects.filter(pk=row.pk).update(level=following.level)
        row.level = following.level
        return row
    to = {Decision.APPROVE: ApprovalState.APPROVED, Decision.REFUSE: ApprovalState.REFUSED, Decision.RETURN: ApprovalState.RETURNED}[chosen]
    flows.APPROVAL.advance(row, to, actor=actor, org_path=row.org_path, changes={"decided_at": clock.now()}, opinion=opinion)
    handler = kinds.handler(row.kind)
    {Decision.APPROVE: handler.on_approved, Decision.REFUSE: handler.on_refused, Decision.RETURN: handler.on_returned}[chosen](actor, row)
    return row


@dataclass(frozen=True)
class Outcome:
    """What became of one of many (批量结果)."""

    pk: int
    title: str
    done: bool
    why: str = ""


def approval_decide_many(*, actor: Actor, pks: Iterable[int], opinion: str = "") -> list[Outcome]:
    """Agree to many at once (批量同意): each in its own transaction; the result says done, or skipped and why."""
    outcomes = []
    for pk in list(dict.fromkeys(pks))[:MOST_AT_ONCE]:
        row = Approval.objects.filter(pk=pk).first()
        title = row.title if row is not None else f"第 {pk} 号"
        try:
            if row is None:
                raise NotFound()
            if not kinds.handler(row.kind).bulk:
                raise RuleViolation("approvals.one_by_one", "这类事项要逐件看过再办。")
            approval_decide(actor=actor, approval=row, decision=Decision.APPROVE, opinion=opinion)
        except Refusal as fault:
            shown = title if row is not None and not isinstance(fault, NotFound) else f"第 {pk} 号"
            outcomes.append(Outcome(pk, shown, False, fault.message))
        else:
            outcomes.append(Outcome(pk, title, True))
    return outcomes


@transaction.atomic
def approval_withdraw(*, actor: Actor, approval: Approval, reason: str = "") -> Approval:
    """Take it back before it is decided (撤回)."""
    row = _locked(approval)
    _require_maker(actor, row)
    Step.objects.filter(approval=row, is_open=True).update(is_open=False)
    flows.APPROVAL.advance(
        row, ApprovalState.WITHDRAWN, actor=actor, org_path=row.org_path, changes={"decided_at": clock.now()}, reason=reason
    )
    kinds.handler(row.kind).on_withdrawn(actor, row)
    return row


@transaction.atomic
def content_changed(*, actor: Actor, kind: str, subject_id: Any) -> int:
    """The material content was edited (内容改动): a pending or given approval for other content becomes void (R11).

    Business services call it after each edit, in their transaction. Returns how many were voided.
    """
    found = list(
        Approval.objects.select_for_update().filter(
            kind=kind, subject_id=str(subject_id), state__in=[ApprovalState.PENDING, ApprovalState.APPROVED]
        )
    )
    stale = [row for row in found if row.digest != digest_of(kind, row.subject_id)]
    for row in stale:
        Step.objects.filter(approval=row, is_open=True).update(is_open=False)
        flows.APPROVAL.advance(
            row, ApprovalState.VOIDED, actor=actor, org_path=row.org_path, changes={"decided_at": clock.now()}, why="内容改动"
        )
        kinds.handler(kind).on_voided(actor, row)
    return len(stale)


def require_valid(approval: Approval) -> None:
    """Before acting on an approval: it is given, and for this very content (R10). Raises Conflict approvals.not_valid."""
    row = Approval.objects.get(pk=approval.pk)
    if row.state != ApprovalState.APPROVED or row.digest != digest_of(row.kind, row.subject_id):
        raise Conflict("approvals.not_valid", "审批没有通过，或内容在通过后改过，不能办理。请重新送审。", state=row.state)


@transaction.atomic
def approval_remind(*, actor: Actor, approval: Approval) -> list[int]:
    """Ask those who may decide to look at it (催办), at most every four hours. Returns their user ids, for notices.

    Raises: NotPermitted; Conflict approvals.not_pending, approvals.reminded_already.
    """
    row = _locked(approval)
    if not selectors.made_by(actor, row):
        actor.require(Perm.APPROVAL_VIEW, row.org_path)
    step = selectors.open_step(row)
    if step is None:
        raise Conflict("approvals.not_pending", f"现在是“{row.get_state_display()}”，不用催办。")
    if row.reminded_at is not None and clock.now() - row.reminded_at < REMIND_EVERY:
        raise Conflict("approvals.reminded_already", f"{row.reminded_at:%H:%M} 刚催过，4 小时后可以再催。")
    Approval.objects.filter(pk=row.pk).update(reminded_at=clock.now())
    holders = accounts.users_holding(step.perm, step.org_path) if step.perm else accounts.users_with_role(step.role, step.org_path)
    chosen = [pk for pk in holders if pk != row.maker_id]
    audit.record(actor, "approvals.approval.reminded", row, org_path=row.org_path, to=chosen)
    for tell in _reminders:
        tell(row, chosen)
    return chosen


_reminders: list[Any] = []


def register_reminder(tell: Any) -> None:
    """An app that can send messages takes reminders: tell(approval, user_ids)."""
    _reminders[:] = [tell]


@transaction.atomic
def delegation_give(*, actor: Actor, taker_id: int, since: date, until: date, reason: str, kind: str = "") -> Delegation:
    """Let another officer decide in one's place for a time (委托). Every decision so made names both.

    Args: until the first day on which it no longer counts; kind "" for all.
    Raises: NotPermitted; NotFound; RuleViolation approvals.delegation_*.
    """
    actor.require(Perm.DELEGATION_EDIT)
    taker = accounts.actor_by_id(taker_id)
    if actor.user_id is None or taker is None or not taker.is_officer:
        raise NotFound()
    if actor.same_person(taker.user_id, taker.person_id):
        raise RuleViolation("approvals.delegation_self", "不能委托给自己。")
    if until <= since or until <= clock.today():
        raise RuleViolation("approvals.delegation_dates", f"截止日期 {until} 应晚于开始日期 {since} 和今天。")
    if until - since > timedelta(days=366):
        raise RuleViolation("approvals.delegation_long", "一次委托最长一年，到期可以再办。")
    if kind:
        kinds.handler(kind)
    row = Delegation.objects.create(
        giver_id=actor.user_id, taker_id=taker_id, kind=kind, since=since, until=until, reason=reason, created_at=clock.now()
    )
    audit.record(
        actor, "approvals.delegation.given", row, org_path=actor.home, taker=taker_id, kind=kind, since=since, until=until, reason=reason
    )
    return row


@transaction.atomic
def delegation_revoke(*, actor: Actor, pk: int) -> Delegation:
    """End one's delegation early (撤销委托); giver or taker may."""
    row = Delegation.objects.select_for_update().filter(pk=pk).first()
    if row is None or actor.user_id not in (row.giver_id, row.taker_id):
        raise NotFound()
    if not Delegation.objects.filter(pk=pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Conflict("approvals.delegation_revoked", "这条委托已经撤销。")
    row.refresh_from_db()
    audit.record(actor, "approvals.delegation.revoked", row, org_path=actor.home)
    return row


@transaction.atomic
def scope_moved(*, actor: Actor, old_path: str, new_path: str) -> int:
    """A union moved in the tree (组织移动): approvals and their steps follow. Called by orgs in the same transaction."""
    moved: int = 0
    for model in (Approval, Step):
        path = Concat(Value(new_path), Substr("org_path", len(old_path) + 1))
        moved += model._default_manager.filter(subtree(old_path, "org_path")).update(org_path=path)
    audit.append(actor.ref, "approvals.scope_moved", org_path=new_path, data={"old": old_path, "new": new_path, "count": moved})
    return moved
