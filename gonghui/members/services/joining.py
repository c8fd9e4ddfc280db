"""Joining (入会办理): apply, complete, withdraw, decide; batches and their three gates. Source: CON-2-1, MEM-5-1…7-1, R019–R022, R028."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock, crypto
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.members import flows
from gonghui.members.enums import ApplicationState, BatchState, CardState, Channel, ConsentPurpose, EmploymentKind, Perm
from gonghui.members.models import Application, Batch, Membership
from gonghui.members.selectors import places
from gonghui.members.services import cards, consents, slips, spells
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE = "members.application"
MOST_SIGNATURE = 60_000
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Signed:
    """The applicant's own confirmation (本人签名): a name typed, and if consented to, a drawing as PNG."""

    name: str
    drawing: bytes = b""


@transaction.atomic
def application_submit(
    *,
    actor: Actor,
    person: Any,
    union: Any,
    step: str = "chosen",
    channel: str = Channel.PERSONAL,
    employer: Any = None,
    employer_name: str = "",
    employment_kind: str = EmploymentKind.REGULAR,
    private: bool = False,
    self_filled: bool = True,
    signed: Signed | None = None,
    batch: Batch | None = None,
    agency: Any = None,
    agency_name: str = "",
) -> Application:
    """File an application (提交入会申请).

    Args: actor the worker, or an officer who files a form for the worker; step how the union was found (places.STEPS);
    private the employer's level is not told.
    Raises: NotPermitted; RuleViolation members.not_eligible, members.no_consent, members.not_self_signed, members.private_route;
    Conflict members.already_member, members.applied_already.
    """
    _may_file(actor, person, union)
    on = clock.today()
    if private and places.employer_level(union):
        raise RuleViolation("members.private_route", "选择不告诉单位的，申请由上一级工会受理。请改选上级工会。")
    if not places.alive(union, on):
        raise RuleViolation("members.union_ended", f"{union.name}已经终止，请选择别的工会。")
    if Membership.objects.filter(person_id=person.pk, until=None).exclude(standing="retained").exists():
        raise Conflict("members.already_member", "您现在已有会籍。换了单位请办理转会，不用重新入会。")
    if self_filled:
        consents.require(person.pk, ConsentPurpose.MEMBERSHIP)
    eligible = _eligible(union, person, employer or employer_name, employment_kind, signed)
    batch = _batch(union, batch)
    row = Application(
        person_id=person.pk, union=union, batch=batch, employer=employer, employer_name=employer_name[:120], channel=channel,
        employment_kind=employment_kind, private=private, self_filled=self_filled, filed_by=actor.ref, submitted_at=clock.now(),
        route_slip=step, eligible_slip=eligible, agency=agency, agency_name=agency_name[:120],
    )  # fmt: skip
    if signed is not None and signed.name.strip():
        row.signed_name, row.signed_at = signed.name.strip()[:60], clock.now()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise Conflict("members.applied_already", "您已有一份正在办理的入会申请，不用重复提交。") from fault
    if signed is not None and signed.drawing:
        _keep_drawing(row, signed.drawing)
    audit.record(actor, "members.application.submitted", row, org_path=union.path, person=person.pk, channel=channel, private=private)
    return row


def _may_file(actor: Actor, person: Any, union: Any) -> None:
    if actor.person_id == person.pk or actor.is_system:
        return
    actor.require(Perm.APPLICATION_FILE, union)


def _eligible(union: Any, person: Any, workplace: Any, kind: str, signed: Signed | None) -> str:
    gig = kind == EmploymentKind.GIG or bool(person.group)
    facts: dict[str, Any] = {"labour_relation": bool(workplace), "new_form": gig, "applies": True}
    facts["wage_earner"] = True if kind != EmploymentKind.NONE else None
    decision = slips.ask("members.eligible", facts, on=clock.today(), union=union)
    if decision.blocks:
        raise RuleViolation("members.not_eligible", slips.sentence(decision))
    return decision.key


def _batch(union: Any, batch: Batch | None) -> Batch:
    """The named batch, or the union's batch of the month for people who come one by one."""
    if batch is not None:
        if batch.union_id != union.pk:
            raise RuleViolation("members.batch_union", f"批次“{batch.name}”不属于{union.name}，请在本工会的批次里办理。")
        if batch.state != BatchState.OPEN:
            raise Conflict("members.batch_closed", f"批次“{batch.name}”已经办结，请新建批次。")
        return batch
    today = clock.today()
    name = f"零星入会 {today:%Y-%m}"
    row = Batch.objects.filter(union=union, name=name).first()
    if row is None:
        row = Batch.objects.get_or_create(union=union, name=name, defaults={"opened_on": today})[0]
    if row.state == BatchState.CLOSED:
        row = Batch.objects.get_or_create(union=union, name=f"零星入会 {today:%Y-%m-%d}", state="open", defaults={"opened_on": today})[0]
    return row


def _keep_drawing(row: Application, drawing: bytes) -> None:
    """A handwritten signature is kept sealed, and only with a consent of its own (PIPL 29)."""
    if not drawing.startswith(PNG) or len(drawing) > MOST_SIGNATURE:
        raise BadInput("members.bad_signature", "签名图像读不出来。请重新手写一次，或改用输入姓名确认。")
    consents.require(row.person_id, ConsentPurpose.SIGNATURE)
    sealed = crypto.seal(TABLE, "signature", row.pk, base64.b64encode(drawing).decode())
    Application.objects.filter(pk=row.pk).update(signature_sealed=sealed)


def drawing_of(application: Application) -> bytes:
    """The signature as PNG, for the printed form; empty when none is kept."""
    if application.signature_sealed is None:
        return b""
    return base64.b64decode(crypto.unseal(TABLE, "signature", application.pk, application.signature_sealed))


@transaction.atomic
def application_sign(*, actor: Actor, application: Application, signed: Signed) -> Application:
    """The applicant confirms what an officer filed (本人确认). Raises: NotPermitted; RuleViolation members.no_consent, members.sign_name."""
    if actor.person_id != application.person_id:
        raise NotPermitted("members.not_yours", "要由申请人本人确认。请本人用自己的手机号登录后确认。")
    row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    _open(row)
    if signed.name.strip() != row.person.name:
        raise RuleViolation("members.sign_name", "确认的姓名与申请人不一致，请填写您的真实姓名。")
    consents.require(row.person_id, ConsentPurpose.MEMBERSHIP)
    row.self_filled, row.signed_name, row.signed_at = True, signed.name.strip(), clock.now()
    row.save(update_fields=["self_filled", "signed_name", "signed_at"])
    if signed.drawing:
        _keep_drawing(row, signed.drawing)
    audit.record(actor, "members.application.signed", row, org_path=row.union.path)
    return row


def _open(row: Application) -> None:
    if row.state not in (ApplicationState.SUBMITTED, ApplicationState.RETURNED, ApplicationState.APPROVED):
        raise Conflict("core.wrong_state", f"这份申请现在是“{row.get_state_display()}”，不能再改。")


@transaction.atomic
def application_resume(*, actor: Actor, application: Application, employer_name: str | None = None) -> Application:
    """Hand a returned application in again (补正后重新提交)."""
    if actor.person_id != application.person_id:
        actor.require(Perm.APPLICATION_FILE, application.union)
    changes: dict[str, Any] = {"reason": ""}
    if employer_name is not None:
        changes["employer_name"] = employer_name[:120]
    return flows.APPLICATION.advance(application, ApplicationState.SUBMITTED, actor=actor, org_path=application.union.path, changes=changes)


@transaction.atomic
def application_withdraw(*, actor: Actor, application: Application) -> Application:
    """The applicant withdraws (撤回申请), until the card is handed over. An approved one gives its membership back as never begun."""
    if actor.person_id != application.person_id:
        raise NotPermitted("members.not_yours", "只有申请人本人可以撤回。")
    changes: dict[str, Any] = {"decided_at": application.decided_at or clock.now(), "signature_sealed": None}
    approved = application.state == ApplicationState.APPROVED
    row = flows.APPLICATION.advance(application, ApplicationState.WITHDRAWN, actor=actor, org_path=application.union.path, changes=changes)
    if approved and (spell := Membership.objects.filter(person_id=row.person_id, until=None).select_related("union").first()):
        spells.end_spell(actor=actor, spell=spell, on=max(clock.today(), spell.since), ended="left")
        cards.cancel_live(actor=actor, person_id=row.person_id, why="撤回入会申请")
    return row


@transaction.atomic
def application_return(*, actor: Actor, application: Application, reason: str) -> Application:
    """Ask for a correction (退回补正). Raises: NotPermitted; RuleViolation members.reason; Conflict."""
    actor.require(Perm.APPLICATION_DECIDE, application.union)
    text = _reason(reason)
    row = flows.APPLICATION.advance(
        application, ApplicationState.RETURNED, actor=actor, org_path=application.union.path, changes={"reason": text}
    )
    _tell(actor, row, "入会申请要补正", text)
    return row


@transaction.atomic
def application_refuse(*, actor: Actor, application: Application, reason: str) -> Application:
    """Not approved, with the reason (未批准). Nobody is excluded for origin or form of employment (R024, R026)."""
    actor.require(Perm.APPLICATION_DECIDE, application.union)
    _not_the_maker(actor, application)
    text = _reason(reason)
    changes = {"reason": text, "decided_at": clock.now(), "decided_by": actor.ref}
    row = flows.APPLICATION.advance(application, ApplicationState.REFUSED, actor=actor, org_path=application.union.path, changes=changes)
    _tell(actor, row, "入会申请没有批准", text + " 您可以向上一级工会反映。")
    return row


@transaction.atomic
def application_approve(*, actor: Actor, application: Application, group: Any = None, approval_no: str = "") -> Application:
    """The committee approves (批准入会): membership begins, a card is numbered, the days to the card begin to run.

    Raises: NotPermitted; RuleViolation members.not_self_signed, members.maker_decides, members.no_consent; Conflict.
    """
    actor.require(Perm.APPLICATION_DECIDE, application.union)
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("union", "person", "batch", "employer__union")
        .get(pk=application.pk)
    )
    _not_the_maker(actor, row)
    decision = slips.ask(
        "members.application_self_filled", {"self_filled": row.self_filled and row.signed_at is not None}, on=clock.today(), union=row.union
    )
    if decision.blocks:
        raise RuleViolation("members.not_self_signed", "这份申请还没有本人填写和签名确认，不能批准。" + slips.sentence(decision))
    consents.require(row.person_id, ConsentPurpose.MEMBERSHIP)
    today = clock.today()
    flows.APPLICATION.advance(
        row,
        ApplicationState.APPROVED,
        actor=actor,
        org_path=row.union.path,
        changes={"decided_at": clock.now(), "decided_by": actor.ref, "reason": ""},
    )
    _employ(actor, row)
    card = cards.allocate(actor=actor, person_id=row.person_id, union=row.union)
    _begin(actor, row, card.number, group)
    if approval_no and not row.batch.approval_no:
        Batch.objects.filter(pk=row.batch_id, approval_no="").update(approval_no=approval_no[:60])
    _tell(actor, row, "入会申请已批准", f"{row.union.name} {today} 批准您入会。领到会员证后请在手机上确认。")
    return row


def _begin(actor: Actor, row: Application, number: str, group: Any) -> Membership:
    """A new spell; somebody with a retained membership comes back through it."""
    held = Membership.objects.filter(person_id=row.person_id, until=None).select_related("union").first()
    values: dict[str, Any] = {"channel": row.channel, "card_no": number, "private": row.private}
    if held is None:
        return spells.open_spell(actor=actor, person=row.person, union=row.union, on=clock.today(), group=group, **values)
    return spells.change_spell(
        actor=actor, spell=held, on=clock.today(), ended="resumed", union=row.union, standing="active", group=group, **values
    )


def _employ(actor: Actor, row: Application) -> None:
    """The labour relation the applicant named, unless it is kept from the employer's level or is on record already."""
    if row.private or row.employer is None or row.person.employments.filter(employer=row.employer, until=None).exists():
        return
    spells.open_employment(
        actor=actor,
        person=row.person,
        employer=row.employer,
        on=clock.today(),
        kind=row.employment_kind,
        source=f"入会申请 {row.pk}",
        agency=row.agency,
    )


def _not_the_maker(actor: Actor, application: Application) -> None:
    """Who filed the form does not decide on it; nobody decides on the own application."""
    if actor.ref == application.filed_by or (actor.person_id is not None and actor.person_id == application.person_id):
        raise RuleViolation("members.maker_decides", "录入申请的人和申请人本人不能作决定。请由另一位负责人办理。")


def _reason(text: str) -> str:
    if len(text.strip()) < 4:
        raise RuleViolation("members.reason", "请写明理由，至少 4 个字，本人会看到。")
    return text.strip()[:200]


def _tell(actor: Actor, row: Application, title: str, body: str) -> None:
    notices.notice_send(actor, kind=NoticeKind.RESULT, title=title, body=body, link="/m/members/join/", persons=[row.person_id])


@transaction.atomic
def application_disclose(*, actor: Actor, membership: Membership) -> Membership:
    """The member lets the workplace know (告诉单位): the private mark goes; only the member can do this."""
    if actor.person_id != membership.person_id:
        raise NotPermitted("members.not_yours", "只有会员本人可以决定是否告诉单位。")
    held = spells.lock(membership)
    Membership.objects.filter(pk=held.pk).update(private=False)
    row = (
        Application.objects.filter(person_id=held.person_id, private=True, employer__isnull=False)
        .select_related("person", "employer__union")
        .order_by("-pk")
        .first()
    )
    Application.objects.filter(person_id=held.person_id, private=True).update(private=False)
    if row is not None:
        row.private = False
        _employ(actor, row)
    held.private = False
    audit.record(actor, "members.membership.disclosed", held, org_path=held.union.path)
    return held


# -- batches -----------------------------------------------------------------------------------------------------


@transaction.atomic
def batch_open(*, actor: Actor, union: Any, name: str, campaign: bool = True) -> Batch:
    """Begin a batch (新建入会批次). Raises: NotPermitted; Conflict members.batch_once."""
    actor.require(Perm.BATCH_EDIT, union)
    if not name.strip():
        raise BadInput("members.batch_name", "请填写批次名称，例如“春季集中入会”。")
    if Batch.objects.filter(union=union, name=name.strip()).exists():
        raise Conflict("members.batch_once", f"{union.name}已有批次“{name.strip()}”，请换一个名称。")
    row = Batch.objects.create(union=union, name=name.strip()[:60], campaign=campaign, opened_on=clock.today())
    audit.record(actor, "members.batch.opened", row, org_path=union.path, name=row.name)
    return row


@transaction.atomic
def batch_document_add(*, actor: Actor, batch: Batch, kind: str, file: Any, people: int | None = None) -> Any:
    """Attach a paper of the dossier (上传三有材料). `people`: how many it lists, for rosters."""
    actor.require(Perm.BATCH_EDIT, batch.union)
    if batch.state != BatchState.OPEN:
        raise Conflict("members.batch_closed", "这个批次已经办结，材料不能再改。")
    row = batch.documents.create(kind=kind, file=file, people=people, actor=actor.ref, added_at=clock.now())
    Batch.objects.filter(pk=batch.pk).update(reconciled_on=None, reconciled_by="")
    audit.record(actor, "members.batch.document_added", batch, org_path=batch.union.path, kind=kind, file=file.pk)
    return row


@transaction.atomic
def batch_reconcile(*, actor: Actor, batch: Batch, paper: int, electronic: int) -> Batch:
    """Confirm that paper and electronic roster agree (核对两种名册), R020. Raises: RuleViolation members.rosters_differ."""
    actor.require(Perm.BATCH_EDIT, batch.union)
    decision = slips.ask("members.roster_forms", {"paper_rows": paper, "digital_rows": electronic}, on=clock.today(), union=batch.union)
    if decision.outcome is not True:
        raise RuleViolation("members.rosters_differ", f"纸质名册 {paper} 人，电子名册 {electronic} 人。" + slips.sentence(decision) + "。")
    Batch.objects.filter(pk=batch.pk).update(reconciled_on=clock.today(), reconciled_by=actor.ref)
    batch.refresh_from_db()
    audit.record(actor, "members.batch.reconciled", batch, org_path=batch.union.path, paper=paper, electronic=electronic)
    return batch


@transaction.atomic
def batch_close(*, actor: Actor, batch: Batch) -> Batch:
    """Close a batch (批次办结): only when all three gates are passed. Raises: RuleViolation members.gates with what is missing."""
    from gonghui.members.selectors import joining as reads

    actor.require(Perm.BATCH_EDIT, batch.union)
    missing = [f"{gate.label}：{item}" for gate in reads.gates_of(batch) for item in gate.missing]
    if missing:
        raise RuleViolation("members.gates", f"三关还有 {len(missing)} 项没有过：{'；'.join(missing)}。", missing=missing)
    moved = Batch.objects.filter(pk=batch.pk, state=BatchState.OPEN).update(state=BatchState.CLOSED, closed_on=clock.today())
    if not moved:
        raise Conflict("members.batch_closed", "这个批次已经办结。")
    batch.refresh_from_db()
    audit.record(actor, "members.batch.closed", batch, org_path=batch.union.path)
    return batch


@transaction.atomic
def gate_three(*, actor: Actor, application: Application, how: str) -> Application:
    """Card received (领到会员证): the third gate. Called by the receipt of the card, by the ceremony, by an officer."""
    row = Application.objects.select_for_update(of=("self",)).select_related("union").filter(pk=application.pk).first()
    if row is None:
        raise NotFound()
    card = row.person.cards.filter(state=CardState.ALLOCATED).first()
    if card is not None:
        cards.receive(actor=actor, card=card, how=how)
    if row.state != ApplicationState.APPROVED:
        return row
    today = clock.today()
    return flows.APPLICATION.advance(
        row,
        ApplicationState.DONE,
        actor=actor,
        org_path=row.union.path,
        changes={"issued_on": today, "archive_on": row.archive_on or today},
    )
