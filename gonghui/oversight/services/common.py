"""What the writes share (公用): who may do audit work on a union."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.oversight.enums import Perm, TaskState
from gonghui.oversight.models import AuditTask
from gonghui.oversight.selectors import audits

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def locked(task: AuditTask) -> AuditTask:
    """The task under its row lock."""
    row = AuditTask.objects.select_for_update(of=("self",)).select_related("union", "plan__union").filter(pk=task.pk).first()
    if row is None:
        raise NotFound()
    return row


def working(actor: Actor, task: AuditTask, *states: TaskState) -> AuditTask:
    """The task for one of its team who is free to audit it.

    Raises: NotPermitted; RuleViolation oversight.not_on_team, oversight.not_independent; Conflict oversight.wrong_state.
    """
    row = locked(task)
    actor.require(Perm.AUDIT_DO, row.union)
    independent(actor, row)
    if not audits.on_team(actor, row):
        raise RuleViolation("oversight.not_on_team", "您不在这项任务的审计组里，请组长先把您加入审计组。")
    if states and row.state not in states:
        raise Conflict("oversight.wrong_state", f"任务现在是“{row.get_state_display()}”，不能这样办。请刷新后再看。")
    return row


def independent(actor: Actor, task: AuditTask) -> None:
    """Nobody audits the books he keeps (审计独立). Raises RuleViolation oversight.not_independent. Source: AUD-2."""
    why = audits.conflicts(actor, task.union)
    if why:
        raise RuleViolation(
            "oversight.not_independent", f"{actor.name or '您'}{'、'.join(why)}，不能审计这个工会的账。请换一个人。", why=why
        )
