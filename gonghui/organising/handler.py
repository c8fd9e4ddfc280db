"""What approvals know of cases (审批事项的处理): levels, content, and what a decision does. Source: TUL-12-1, R004, R018."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.approvals.kinds import Handler, Level
from gonghui.core.audit import canonical
from gonghui.organising import rules
from gonghui.organising.enums import ENDED, CaseState, Outcome, Perm
from gonghui.organising.models import Case
from gonghui.organising.selectors import cases as reads
from gonghui.organising.services import building, changing, common, opening, papers
from gonghui.orgs.enums import UnionKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def url(subject: str) -> str:
    return reverse("organising:case", args=[int(subject)])


def levels(subject: str) -> Iterable[Level]:
    """Township looks first, then the group as second upper, then who approves (环节). The main line decides last."""
    case = reads.case_row(subject)
    approver = case.approver or case.org
    below = case.parent if case.kind in rules.ELECTING else (case.union.parent if case.union is not None else None)
    found = []
    if below is not None and below.pk != approver.pk and below.kind != UnionKind.GROUP:
        found.append(Level(f"{below.name}审核", below.path, perm=Perm.CASE_REVIEW))
    if case.second is not None:
        found.append(Level(f"{case.second.name}意见（第二上级）", case.second.path, perm=Perm.CASE_SECOND))
    inner = case.form in rules.INNER_FORMS or approver.kind == UnionKind.GROUP
    found.append(Level(f"{approver.name}批准", approver.path, perm=Perm.CASE_SECOND if inner else Perm.CASE_APPROVE))
    return found


def digest(subject: str) -> str:
    """What the approval is for: a change of it afterwards voids the approval."""
    c = Case.objects.get(pk=int(subject))
    units = sorted(c.units.values_list("employer_id", flat=True))
    return canonical(
        [
            c.kind,
            c.form,
            c.name,
            c.employer_id,
            c.parent_id,
            c.mode,
            c.reason,
            c.planned_start,
            c.planned_end,
            c.host_id,
            c.target_id,
            c.parts,
            units,
        ]
    )


def result_digest(subject: str) -> str:
    """The recorded election."""
    c = reads.case_row(subject)
    meeting = reads.meeting_of(c)
    if meeting is None:
        return canonical([c.pk])
    votes = sorted((r.person_id, r.body, r.title, r.votes, r.elected) for r in meeting.results.all())
    return canonical([c.pk, meeting.held_on, meeting.entitled, meeting.present, meeting.seats, meeting.years, votes])


def _live(subject: str) -> Case | None:
    case = reads.case_row(subject)
    return None if case.state in {str(s) for s in ENDED} else common.locked(case)


def _back_to(actor: Actor, case: Case, waiting: str, before: str) -> None:
    """Handed in again from the inbox: the case follows its approval."""
    if case.state == before:
        common.move(actor, case, waiting)


def prepare_approved(actor: Actor, approval: Any) -> None:
    """The union above agrees that it is prepared (同意筹备)."""
    case = _live(approval.subject_id)
    if case is None:
        return
    common.forbid_own(actor, case)
    _back_to(actor, case, CaseState.PENDING, CaseState.APPLICATION)
    reply = papers.issue_reply(actor, case, "organising.reply_prepare")
    changes = {"prepare_no": reply.number, "prepared_on": reply.signed_on}
    common.move(actor, case, CaseState.GROUP, document_no=reply.number, changes=changes)
    common.tell(actor, case, f"同意筹备：{case.name}", f"批复文号 {reply.number}，请成立筹备组、发展会员。")


def change_approved(actor: Actor, approval: Any) -> None:
    """The union above agrees to the change (同意变更)."""
    case = _live(approval.subject_id)
    if case is None:
        return
    common.forbid_own(actor, case)
    _back_to(actor, case, CaseState.PENDING, CaseState.APPLICATION)
    reply = papers.issue_reply(actor, case, "organising.reply_change")
    changes = {"result_no": reply.number, "approved_on": reply.signed_on}
    common.move(actor, case, CaseState.EXECUTE, document_no=reply.number, changes=changes)
    if case.kind == "handover":
        changing.hand_over_matter(actor, case)


def result_approved(actor: Actor, approval: Any) -> None:
    """The result is approved; the union is built (批准选举结果)."""
    case = _live(approval.subject_id)
    if case is None:
        return
    common.forbid_own(actor, case)
    _back_to(actor, case, CaseState.RESULT, CaseState.MEETING)
    building.founded(actor, case)
    common.tell(actor, case, f"{case.name}已经批准成立", f"批复文号 {case.result_no}，请办理法人登记。")


def _opinion(approval: Any) -> str:
    step = approval.steps.exclude(opinion="").order_by("-decided_at").first()
    return step.opinion if step is not None else ""


def returned(actor: Actor, approval: Any) -> None:
    """Back to be mended (退回修改)."""
    case = _live(approval.subject_id)
    if case is None:
        return
    to = CaseState.APPLICATION if case.state == CaseState.PENDING else CaseState.MEETING
    common.move(actor, case, to, outcome=Outcome.RETURNED, reason=_opinion(approval))
    common.tell(actor, case, f"{case.name}退回修改", _opinion(approval))


def refused(actor: Actor, approval: Any) -> None:
    """Not approved: the case ends with the reason (未批准)."""
    case = _live(approval.subject_id)
    if case is not None:
        opening.stop(actor, case, CaseState.REFUSED, _opinion(approval), outcome=Outcome.REFUSED)


def withdrawn(actor: Actor, approval: Any) -> None:
    """Taken back by who handed it in (送审人撤回)."""
    case = _live(approval.subject_id)
    if case is not None and case.state in {CaseState.PENDING, CaseState.RESULT}:
        to = CaseState.APPLICATION if case.state == CaseState.PENDING else CaseState.MEETING
        common.move(actor, case, to, outcome=Outcome.RETURNED, reason="送审人撤回")


PREPARE = Handler("筹备建会", url, levels, digest, prepare_approved, refused, returned, withdrawn, withdrawn, bulk=False)
CHANGE = Handler("工会变更事项", url, levels, digest, change_approved, refused, returned, withdrawn, withdrawn, bulk=False)
RESULT = Handler("选举结果", url, levels, result_digest, result_approved, refused, returned, withdrawn, withdrawn, bulk=False)
