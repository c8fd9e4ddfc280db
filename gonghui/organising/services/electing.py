"""From the preparation group to the result (筹备组、发展会员、选举登记、报批). Source: ELE-6…ELE-26, CON-2, S006."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.approvals import services as approvals
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotPermitted, RuleViolation
from gonghui.members.services import consents
from gonghui.organising.enums import CaseState
from gonghui.organising.models import Applicant, Case, Elected, Meeting, PrepMember
from gonghui.organising.selectors import cases as reads
from gonghui.organising.selectors import election, planning, policy_values
from gonghui.organising.services import papers
from gonghui.organising.services.common import at_step, locked, may_work, move, not_future, violate
from gonghui.organising.services.opening import RESULT
from gonghui.orgs.enums import Body, PostTitle
from gonghui.people import selectors as people_reads
from gonghui.people import services as people
from gonghui.people.enums import IdKind
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gonghui.accounts.actor import Actor


@dataclass(frozen=True)
class Vote:
    """What somebody got at the meeting (得票)."""

    person_id: int
    votes: int
    body: str = Body.COMMITTEE
    title: str = PostTitle.MEMBER
    elected: bool = True
    admin_leader: bool = False
    relative: bool = False


@transaction.atomic
def prep_add(*, actor: Actor, case: Case, name: str, side: str = "职工", duty: str = "成员", phone: str = "") -> PrepMember:
    """Somebody joins the preparation group (筹备组成员). Source: ELE-7-1."""
    may_work(actor, case)
    at_step(case, CaseState.APPLICATION, CaseState.GROUP, CaseState.RECRUITING)
    name = name.strip()
    if not name:
        violate("name", "请填写姓名。")
    person = people_reads.person_of_phone(phone) if phone.strip() else None
    try:
        with transaction.atomic():
            row = case.prep.create(name=name[:60], side=side[:20], duty=duty[:20], person_id=person)
    except IntegrityError:
        raise Conflict("organising.prep_once", f"{name}已在筹备组里。") from None
    audit.record(actor, "organising.case.prep_added", case, org_path=case.org.path, side=side)
    return row


@transaction.atomic
def group_form(*, actor: Actor, case: Case) -> Case:
    """The preparation group stands; recruiting begins (筹备组成立). Source: policy organising.preparation_group."""
    may_work(actor, case)
    case = locked(case)
    at_step(case, CaseState.GROUP)
    rows = list(case.prep.all())
    facts = {
        "members": len(rows),
        "workers_side": any("职工" in r.side for r in rows),
        "party_side": any("党" in r.side for r in rows),
    }
    decision = policy_values.decide("organising.preparation_group", facts, clock.today(), case.org)
    if decision is not None and decision.blocks:
        raise RuleViolation("organising.prep_group", f"{decision.verdict}：请加入职工代表。", slip=decision.as_json())
    return move(actor, case, CaseState.RECRUITING)


# -- recruiting --------------------------------------------------------------------------------------------------


@transaction.atomic
def applicant_add(*, actor: Actor, case: Case, person: Any, employer: Any = None) -> Applicant:
    """Put somebody on the list (列入名单); it counts only once the person has confirmed on the own phone (R019)."""
    may_work(actor, case)
    at_step(case, CaseState.GROUP, CaseState.RECRUITING, CaseState.MEETING)
    return _applicant(actor, case, person, employer)


def _applicant(actor: Actor, case: Case, person: Any, employer: Any) -> Applicant:
    row, made = Applicant.objects.get_or_create(
        case=case,
        person_id=person.pk,
        defaults={"employer": employer or case.employer, "actor": actor.ref[:40], "added_at": clock.now()},
    )
    if not made and row.left_at is not None:
        Applicant.objects.filter(pk=row.pk).update(left_at=None)
        row.left_at = None
    if made:
        audit.record(actor, "organising.applicant.added", case, org_path=case.org.path, person=person.pk)
    return row


@transaction.atomic
def applicant_name(*, actor: Actor, case: Case, name: str, phone: str, id_number: str = "", employer: Any = None) -> Applicant:
    """As `applicant_add` for somebody named on paper: found by document or phone, else registered."""
    may_work(actor, case)
    name = name.strip()
    if not name or not (phone.strip() or id_number.strip()):
        raise BadInput("organising.applicant", "请填写姓名和手机号（或证件号）。本人要用这个手机号登录确认。")
    found = people_reads.person_find(id_number=id_number) if id_number.strip() else people_reads.person_find(phone=phone, name=name)
    if found and found[0].name != name:
        violate("applicant_name", "登记的姓名与填写的不一致，请核对。")
    person = (
        found[0]
        if found
        else people.person_register(
            actor=planning.SYSTEM,
            name=name,
            org_path=case.org.path,
            id_kind=IdKind.RESIDENT if id_number.strip() else IdKind.NONE,
            id_number=id_number,
            phone=phone,
            source="建会入会",
        )
    )
    return applicant_add(actor=actor, case=case, person=person, employer=employer)


@transaction.atomic
def applicant_sign(*, actor: Actor, case: Case, person: Any, signed_name: str, employer: Any = None) -> Applicant:
    """The worker fills in and signs (本人填写、签名), at the phone. Raises: NotPermitted; RuleViolation organising.sign_name."""
    if actor.person_id != person.pk:
        raise NotPermitted("organising.not_yours", "要由本人用自己的手机号登录后确认。")
    at_step(case, CaseState.GROUP, CaseState.RECRUITING, CaseState.MEETING)
    if signed_name.strip() != person.name:
        violate("sign_name", "签名要和您的姓名一致，请再写一遍姓名。")
    if case.union is not None and case.union.memberships.filter(until=None, person_id=person.pk).exists():
        violate("member_already", f"您已经是{case.union.name}的会员，重建时会籍不变，不用再申请。")
    consents.consent_give(actor=actor, person=person, purpose="membership")
    row = _applicant(actor, case, person, employer)
    Applicant.objects.filter(pk=row.pk).update(self_filled=True, signed_name=person.name[:60], signed_at=clock.now())
    row.refresh_from_db()
    audit.record(actor, "organising.applicant.signed", case, org_path=case.org.path, person=person.pk)
    return row


@transaction.atomic
def applicant_leave(*, actor: Actor, applicant: Applicant) -> Applicant:
    """Off the list again (撤回申请): the person himself, or an officer for a wrong entry that was not signed."""
    case = applicant.case
    mine = actor.person_id is not None and actor.person_id == applicant.person_id
    if not mine:
        may_work(actor, case)
        if applicant.signed_at is not None:
            violate("signed", "本人已经确认的，只有本人可以撤回。")
    if applicant.application_id is not None:
        violate("applied", "会籍已在办理，请在“我的会籍”里撤回。")
    Applicant.objects.filter(pk=applicant.pk, left_at=None).update(left_at=clock.now())
    audit.record(actor, "organising.applicant.left", case, org_path=case.org.path, person=applicant.person_id)
    return applicant


@transaction.atomic
def recruiting_done(*, actor: Actor, case: Case) -> Case:
    """Enough have joined; the meeting is called (转入开会选举). Roster and election methods can now be printed."""
    may_work(actor, case)
    case = locked(case)
    at_step(case, CaseState.RECRUITING)
    joined, voters = reads.joined(case).count(), len(reads.voters(case))
    if not voters:
        violate("nobody", "还没有人本人填写并确认入会申请，不能开会选举。请让职工扫入会码申请。")
    old = f"，原有会员 {voters - joined} 人" if voters > joined else ""
    return move(actor, case, CaseState.MEETING, reason=f"本人确认的申请 {joined} 人{old}")


# -- the meeting -------------------------------------------------------------------------------------------------


@transaction.atomic
def meeting_record(
    *, actor: Actor, case: Case, held_on: date, entitled: int, present: int, seats: int, candidates: int, years: int, votes: Iterable[Vote],
    issued: int | None = None, returned: int | None = None, place: str = "", delegates: bool = False, posted_on: date | None = None,
    chair_by: str = "committee",
) -> Meeting:  # fmt: skip
    """Record the election that was held (登记选举结果). May be written again until it is reported.

    Raises: RuleViolation organising.future, .nobody_elected, .vote_stranger, .votes_over. The ballot itself is another module's.
    """
    may_work(actor, case)
    case = locked(case)
    at_step(case, CaseState.MEETING)
    not_future(held_on, "会议日期")
    rows = list(votes)
    _sound(case, rows, present if returned is None else returned, seats)
    Elected.objects.filter(meeting__case=case).delete()
    members = len(reads.voters(case))
    meeting, _made = Meeting.objects.update_or_create(
        case=case,
        defaults={
            "held_on": held_on, "place": place[:120], "delegates": delegates, "posted_on": posted_on, "members": members, "entitled": entitled,
            "present": present, "issued": present if issued is None else issued, "returned": present if returned is None else returned,
            "candidates": candidates, "seats": seats, "years": years, "chair_by": chair_by, "recorded_by": actor.ref[:40], "recorded_at": clock.now(),
        },
    )  # fmt: skip
    for vote in rows:
        Elected.objects.create(
            meeting=meeting, person_id=vote.person_id, body=vote.body, title=vote.title, votes=vote.votes, elected=vote.elected,
            admin_leader=vote.admin_leader, relative=vote.relative,
        )  # fmt: skip
    audit.record(actor, "organising.meeting.recorded", case, org_path=case.org.path, held_on=held_on, present=present, seats=seats)
    return meeting


def _sound(case: Case, rows: Sequence[Vote], returned: int, seats: int) -> None:
    """Everybody elected has joined here, and nobody got more votes than came back."""
    if not rows:
        violate("nobody_elected", "请至少登记一名当选人。")
    known = reads.voters(case)
    for vote in rows:
        if vote.person_id not in known:
            violate("vote_stranger", "候选人要先填写并确认入会申请。请核对名单。")
        if vote.votes > returned:
            violate("votes_over", f"赞成票 {vote.votes} 张，多于收回的选票 {returned} 张，请核对。")


@transaction.atomic
def result_submit(*, actor: Actor, case: Case) -> Case:
    """Report the result to the union above (报批选举结果). Binding rules that are not met stop it; the slip says which. Source: ELE-26-1."""
    may_work(actor, case)
    case = locked(case)
    at_step(case, CaseState.MEETING)
    meeting = reads.meeting_of(case)
    if meeting is None:
        violate("no_meeting", "请先登记选举会议和得票。")
    stops = election.hard(election.checks_of(case, meeting))
    if stops:
        words = "；".join(f"{c.label}：{c.text or (c.slip.verdict if c.slip is not None else '')}" for c in stops)
        slip = next((c.slip for c in stops if c.slip is not None), None)
        number = policy.store(actor, slip, subject=f"case:{case.pk}", org_path=case.org.path) if slip is not None else None
        raise RuleViolation("organising.result", f"选举结果有 {len(stops)} 项不符合规定，不能报批。{words}。", decision=number)
    papers.issue(actor, case, "organising.committee_list")
    papers.issue(actor, case, "organising.supervision_report")
    papers.issue(actor, case, "organising.result_report", signatory=case.chair_name)
    move(actor, case, CaseState.RESULT)
    step = case.steps.get(until=None)
    approvals.approval_submit(
        actor=actor, kind=RESULT, subject_id=case.pk, title=f"{case.name}：选举结果报批", org_path=case.org.path, org_name=case.org.name,
        due_on=step.due_on,
    )  # fmt: skip
    return case
