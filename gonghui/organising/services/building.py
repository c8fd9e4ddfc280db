"""The union stands (建成): built in the register with coverage, terms, posts, members; filed; seal, account, plate. Source: S006, S036, LPR, TUL-15."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.accounts.actor import Actor as Person
from gonghui.core import audit, clock
from gonghui.core.errors import Refusal
from gonghui.documents import selectors as archive
from gonghui.files import services as files
from gonghui.members.services import joining
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.organising import rules
from gonghui.organising.enums import CaseKind, CaseState, Form, Outcome, Perm
from gonghui.organising.models import Applicant, Case
from gonghui.organising.selectors import cases as reads
from gonghui.organising.services import changing, papers
from gonghui.organising.services.common import at_step, locked, may_work, move, not_future, signed, the, violate
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import Body, PostTitle, UnionKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FORM_SYSTEM = Person.system("organising.form")
"""Hands the signed applications in: who approved the union then decides on them, so that maker and decider differ."""
NEXT_TERM = 1


def founded(actor: Actor, case: Case) -> Case:
    """The result is approved: build or rebuild the union in this transaction (批准后落户登记)."""
    meeting = reads.meeting_of(case)
    reply = papers.issue_reply(actor, case, "organising.reply_result")
    today = clock.today()
    hand = signed(actor)
    before = changing.persons_of(case) if case.kind == CaseKind.REBUILD else set[int]()
    union: Any = _build(hand, case, reply.number) if case.kind == CaseKind.BUILD else _renamed(hand, case, reply.number)
    Case.objects.filter(pk=case.pk).update(union=union, result_no=reply.number, approved_on=today)
    case.union, case.result_no, case.approved_on = union, reply.number, today
    _cover(hand, case, union)
    _committee(hand, case, union, meeting, reply.number)
    left = _members(hand, case, union, reply.number)
    if case.second is not None and case.kind == CaseKind.BUILD and not union.path.startswith(case.second.path):
        orgs.lead_add(actor=hand, lower=union, upper=case.second, since=today, decision_no=case.prepare_no, layer=case.layer)
    changing.nobody_lost(before)
    move(actor, case, CaseState.FILING, document_no=reply.number, reason="；".join(left))
    return case


def _renamed(hand: Actor, case: Case, document_no: str) -> Any:
    """A union that is rebuilt stays the same union, with its members, money and papers; it may take the unit's new name. Source: S026."""
    union = the(case.union)
    if case.name != union.name:
        return orgs.union_rename(actor=hand, union=union, name=case.name, on=clock.today(), document_no=document_no)
    return union


def _build(hand: Actor, case: Case, document_no: str) -> Any:
    details: dict[str, Any] = {}
    firm = case.employer
    kind = rules.kind_of(case.form)
    if kind == UnionKind.JOINT:
        details["form"] = case.form
        details["association"] = case.association
    if kind == UnionKind.INDUSTRY:
        details |= {"industry": case.industry or (firm.industry if firm is not None else ""), "association": case.association}
    if case.form in rules.INNER_FORMS:
        details |= {"planned_start": case.planned_start, "planned_end": case.planned_end}
    if case.form == Form.AFFILIATED:
        details["host"] = case.host
    if case.form == Form.TRANSITIONAL:
        details |= {"target_mode": case.target_mode, "review_on": case.review_on}
    if firm is not None:
        details |= {
            "area": firm.area or case.org.area,
            "address": firm.address[:160],
            "latitude": firm.latitude,
            "longitude": firm.longitude,
        }
    own = kind == UnionKind.ENTERPRISE
    return orgs.union_build(
        actor=hand, parent=case.parent, kind=kind, name=case.name, founded_on=clock.today(), mode=case.mode,
        employer=firm if own else None, document_no=document_no, note=f"建会事项 {case.number}", **details,
    )  # fmt: skip


def _cover(hand: Actor, case: Case, union: Any) -> None:
    """A joint union or federation covers the employer and all units that take part; `union_build` did it for an own union."""
    form = rules.coverage_of(case.form)
    if case.kind != CaseKind.BUILD or case.form in rules.INNER_FORMS or form == "single":
        return
    firms = [(case.employer, case.reason)] if case.employer is not None else []
    firms += [(u.employer, u.reason or case.reason) for u in case.units.select_related("employer")]
    for firm, reason in firms:
        if firm.coverages.filter(union=union, until=None).exists():
            continue
        orgs.coverage_add(
            actor=hand,
            union=union,
            employer=firm,
            form=form,
            since=clock.today(),
            reason=(reason or "人数少，不宜单独建会")[:200],
            replace=True,
        )


def _committee(hand: Actor, case: Case, union: Any, meeting: Any, document_no: str) -> None:
    """Terms of the bodies elected together, and who holds which post."""
    rows = [r for r in meeting.results.all() if r.elected]
    bodies = [b for b in (Body.COMMITTEE, Body.AUDIT, Body.WOMEN) if any(r.body == b for r in rows)]
    last = union.terms.order_by("-number").first()
    number = last.number + 1 if last is not None else NEXT_TERM
    since = max(meeting.held_on, union.founded_on)
    orgs.term_open(
        actor=hand, union=union, number=number, since=since, years=meeting.years, bodies=tuple(str(b) for b in bodies),
        approval_no=document_no, approved_on=clock.today(),
    )  # fmt: skip
    for row in rows:
        orgs.post_add(
            actor=hand, union=union, person_id=row.person_id, title=row.title, since=since, body=row.body, admin_leader=row.admin_leader
        )


def _members(hand: Actor, case: Case, union: Any, document_no: str) -> list[str]:
    """The applicants become members; who cannot is named, never dropped."""
    rows = list(reads.applicants(case).select_related("employer", "person"))
    if not rows:
        return []
    batch = joining.batch_open(actor=hand, union=union, name=f"建会入会 {case.number}", campaign=True)
    _dossier(hand, case, batch)
    left = []
    for row in rows:
        try:
            with transaction.atomic():
                _join(hand, row, union, batch, document_no)
        except Refusal as fault:
            left.append(f"{row.person.name}：{fault.message}"[:80])
            notices.notice_send(
                hand,
                kind=NoticeKind.RESULT,
                title=f"{union.name}成立，您的会籍要另办",
                body=fault.message,
                link="/m/members/",
                persons=[row.person_id],
            )
    return left


def _join(hand: Actor, row: Applicant, union: Any, batch: Any, document_no: str) -> None:
    own = row.signed_at is not None
    application = joining.application_submit(
        actor=FORM_SYSTEM, person=row.person, union=union, step="own", channel="source", employer=row.employer, self_filled=own,
        signed=joining.Signed(row.signed_name) if own else None, batch=batch,
    )  # fmt: skip
    if own:
        joining.application_approve(actor=hand, application=application, approval_no=document_no)
    Applicant.objects.filter(pk=row.pk).update(application=application)


def _dossier(hand: Actor, case: Case, batch: Any) -> None:
    """The three papers of S036 go into the batch from what was issued."""
    wanted = {"organising.roster": "roster_electronic", "organising.reply_result": "approval"}
    held = {d.kind: d for d in archive.documents_of(papers.subject_of(case))}
    for kind, place in wanted.items():
        if kind == "organising.roster" and kind not in held:
            held[kind] = papers.issue(hand, case, kind)
        data = archive.word_of(held[kind])
        file = files.file_make(hand, name=f"{held[kind].title[:60]}.docx", data=data, purpose="organising", org_path=batch.union.path)
        count = reads.joined(case).count() if place.startswith("roster") else None
        joining.batch_document_add(actor=hand, batch=batch, kind=place, file=file, people=count)


# -- filing, seal, account, plate --------------------------------------------------------------------------------


@transaction.atomic
def filing_done(
    *, actor: Actor, case: Case, number: str = "", issued_on: date | None = None, credit_code: str = "", without: str = ""
) -> Case:
    """Filed and registered as a legal person (备案、登记法人资格). Args: without why no certificate is applied for (joint unions, organisers).

    Raises: NotPermitted; RuleViolation organising.certificate. Source: LPR-3-1, LPR-20-1, R007.
    """
    case = locked(case)
    at_step(case, CaseState.FILING)
    inner = case.form in rules.INNER_FORMS
    actor.require(Perm.CASE_REVIEW if inner else Perm.CASE_APPROVE, case.parent if inner else reads.registrar_of(case))
    if inner:
        return move(actor, case, CaseState.DONE, reason="选举结果已报公司工会备案")
    day = issued_on or clock.today()
    not_future(day, "发证日期")
    if number.strip():
        _certificate(signed(actor), case, number.strip(), day, credit_code.strip())
    elif len(without.strip()) < 4:
        violate("certificate", "请填写法人资格证编号；不登记的写明理由。")
    papers.issue(actor, case, "organising.filing_form")
    to = CaseState.DONE if case.kind == CaseKind.REBUILD else CaseState.SETUP
    return move(actor, case, to, document_no=number.strip(), reason=without.strip())


def _certificate(hand: Actor, case: Case, number: str, day: date, credit_code: str) -> None:
    union = the(case.union)
    term = union.terms.filter(body=Body.COMMITTEE).order_by("-number").first()
    chair = union.posts.filter(until=None, body=Body.COMMITTEE, title=PostTitle.CHAIR).first()
    orgs.certificate_add(
        actor=hand, union=union, number=number, issued_on=day, valid_until=term.until, credit_code=credit_code,
        representative_id=chair.person_id if chair is not None else None,
    )  # fmt: skip


@transaction.atomic
def setup_done(
    *,
    actor: Actor,
    case: Case,
    seal_on: date | None = None,
    plate_on: date | None = None,
    bank: str = "",
    account: str = "",
    later: str = "",
) -> Case:
    """Seal cut, account opened, plate hung (刻章、开户、挂牌): the case is closed. Args: later why the account is opened later.

    Raises: RuleViolation organising.setup naming what is missing, organising.three_have.
    """
    may_work(actor, case)
    case = locked(case)
    at_step(case, CaseState.SETUP)
    for day, what in ((seal_on, "刻章日期"), (plate_on, "挂牌日期")):
        if day is None:
            violate("setup", f"请填写{what}。")
        not_future(day, what)
    if bank.strip() and account.strip():
        orgs.account_set(actor=signed(actor), union=the(case.union), bank=bank.strip(), number=account, since=clock.today())
    elif len(later.strip()) < 4:
        violate("setup", "请填写开户行和账号；暂不开户的写明理由。")
    if left := three_have(case):
        violate("three_have", f"三有材料还缺{'、'.join(left)}，请先补齐再办结。", left=left)
    changes = {"seal_on": seal_on, "plate_on": plate_on}
    case = move(actor, case, CaseState.DONE, changes=changes, reason=later.strip())
    audit.record(actor, "organising.case.done", case, org_path=case.org.path, union=case.union_id)
    return case


def three_have(case: Case) -> list[str]:
    """Of application, roster and approval, what is missing (三有). Source: S036, R022; policy members.three_documents."""
    issued = {d.kind for d in archive.documents_of(papers.subject_of(case))}
    kept = set(case.papers.values_list("kind", flat=True))
    signed_forms = case.applicants.filter(signed_at__isnull=False).exists()
    have = {
        "入会申请书": signed_forms or "applications" in kept,
        "职工花名册": "organising.roster" in issued or "roster" in kept,
        "批文": "organising.reply_result" in issued or "approval" in kept,
    }
    return [name for name, there in have.items() if not there]


def returned(actor: Actor, case: Case, reason: str) -> None:
    """The result comes back to be mended, or a new election to be held (退回)."""
    move(actor, case, CaseState.MEETING, outcome=Outcome.RETURNED, reason=reason)
