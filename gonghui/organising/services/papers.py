"""Documents of a case (建会文书): prefilled from the register, issued, kept with the case. Source: S007, S036."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.approvals import services as approvals
from gonghui.core import audit, clock
from gonghui.documents import kinds
from gonghui.documents import selectors as archive
from gonghui.documents import services as documents
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.organising import rules
from gonghui.organising.enums import CaseState, PaperKind
from gonghui.organising.models import Case, Issued, Paper
from gonghui.organising.selectors import facts as reads
from gonghui.organising.services.common import may_work, signed, violate

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE = "organising.case"
BY_STEP: dict[str, tuple[str, ...]] = {
    CaseState.APPLICATION: ("request", "change_request"),
    CaseState.GROUP: ("join_form", "notice"),
    CaseState.RECRUITING: ("join_form", "roster", "method_committee", "method_audit", "method_women", "notice"),
    CaseState.MEETING: ("roster", "method_committee", "method_audit", "method_women", "notice", "committee_list", "supervision_report"),
    CaseState.RESULT: ("roster", "committee_list", "result_report", "supervision_report"),
    CaseState.FILING: ("filing_form", "committee_list", "roster"),
    CaseState.SETUP: ("filing_form", "committee_list"),
}
"""What can be made at which step; requests and replies are issued by the step itself."""


def subject_of(case: Case) -> str:
    return f"{TABLE}:{case.pk}"


def offered(case: Case) -> list[Any]:
    """Kinds that make sense at this step, for the page."""
    wanted = BY_STEP.get(case.state, ())
    electing = case.kind in rules.ELECTING
    return [kinds.get(f"organising.{k}") for k in wanted if k not in ({"change_request"} if electing else {"request"})]


@transaction.atomic
def paper_issue(*, actor: Actor, case: Case, kind: str) -> Any:
    """Issue one of the documents of this step (出具文书). Raises: NotPermitted; RuleViolation organising.not_now, documents.field_missing."""
    may_work(actor, case)
    if kind not in {k.key for k in offered(case)}:
        violate("not_now", f"现在是“{case.get_state_display()}”，不出这份文书。")
    return issue(actor, case, kind)


def issue(actor: Actor, case: Case, kind: str, *, number: str = "", signatory: str = "", org_name: str = "") -> Any:
    """As `paper_issue` within another service."""
    row = documents.document_issue(
        actor=actor, kind=kind, subject=subject_of(case), org_path=case.org.path, facts=reads.facts_for(kind, case), number=number,
        org_name=org_name or _maker(case), signatory=signatory,
    )  # fmt: skip
    Issued.objects.create(case=case, document=row, step=case.state)
    return row


def _maker(case: Case) -> str:
    """Who the paper comes from."""
    if case.kind in rules.ELECTING:
        return case.employer.name if case.employer is not None else f"{case.name}筹备组"
    return case.union.name if case.union is not None else case.name


def request_draft(case: Case) -> Any:
    """The request as it would be handed in now, to be read first (先看一遍请示)."""
    kind = "organising.request" if case.kind in rules.ELECTING else "organising.change_request"
    return archive.draft(kind, reads.facts_for(kind, case), org=_maker(case))


def issue_request(actor: Actor, case: Case, *, signatory: str) -> Any:
    """The request that is handed in."""
    kind = "organising.request" if case.kind in rules.ELECTING else "organising.change_request"
    return issue(actor, case, kind, signatory=signatory)


def issue_reply(actor: Actor, case: Case, kind: str) -> Any:
    """The answer of the approving union, with number, signatory and date (批复)."""
    approver = case.approver or case.org
    number = documents.number_take(actor=actor, org_path=approver.path, word=_word(approver, kind))
    return issue(actor, case, kind, number=number, signatory=actor.name, org_name=approver.name)


def _word(union: Any, kind: str) -> str:
    """The issuing office's word, e.g. 江州工建 (机关代字)."""
    name = union.short_name or union.name
    for tail in ("总工会", "工会委员会", "工会联合会", "工会"):
        name = name.removesuffix(tail)
    return f"{name.removesuffix('市')[:8]}{kinds.get(kind).word}"


@transaction.atomic
def paper_add(*, actor: Actor, case: Case, kind: str, file: Any, note: str = "") -> Paper:
    """Keep a paper that came in (收存外来材料)."""
    may_work(actor, case)
    row = Paper.objects.create(case=case, kind=PaperKind(kind), file=file, note=note[:80], actor=actor.ref[:40], added_at=clock.now())
    audit.record(actor, "organising.case.paper_added", case, org_path=case.org.path, kind=kind, file=file.pk)
    return row


def drop_approval(actor: Actor, case: Case) -> None:
    """The case stopped while it waited: the approval goes too."""
    from gonghui.approvals import selectors as waiting

    for kind in ("organising.prepare", "organising.change", "organising.result"):
        for row in waiting.approval_list(actor=signed(actor), kind=kind, state="pending").filter(subject_id=str(case.pk)):
            approvals.approval_withdraw(actor=signed(actor), approval=row, reason=case.end_reason)


def tell_person(actor: Actor, person: int, words: str) -> None:
    notices.notice_send(actor, kind=NoticeKind.RESULT, title="建会事项有变化", body=words, link="/m/organising/", persons=[person])
