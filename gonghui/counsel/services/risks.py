"""Crisis intervention (危机干预): raise, consent or two people, contact, steps, close. Source: policy counsel.disclose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.accounts import selectors as accounts
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.counsel import flows
from gonghui.counsel.enums import Ground, LookKind, Perm, RiskLevel, RiskState
from gonghui.counsel.models import Appointment, Risk, RiskStep, RiskVote
from gonghui.counsel.selectors import common, sessions, vault
from gonghui.counsel.selectors import risks as reads
from gonghui.counsel.services import quiet
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.orgs.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

LEAST = 6


@transaction.atomic
def risk_raise(*, actor: Actor, row: Appointment, level: str, why: str) -> Risk:
    """The counsellor raises a flag (提出危机干预). Two people are called when life is in danger; else the person is asked.

    Raises: NotFound; BadInput counsel.why; RuleViolation counsel.erased; Conflict counsel.risk_twice. Source: policy counsel.risk_hours.
    """
    me = sessions.me_or_404(actor)
    if row.counsellor_id != me.pk:
        raise NotFound()
    if level not in RiskLevel.values or len(why.strip()) < LEAST:
        raise BadInput("counsel.why", f"请选风险程度，并写明看到、听到了什么，至少 {LEAST} 个字。")
    if row.client.erased_on is not None:
        raise RuleViolation("counsel.erased", "来访者已经删除资料，没有联系方式可以启封。")
    Appointment.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.risks.filter(state__in=(RiskState.RAISED, RiskState.OPENED)).exists():
        raise Conflict("counsel.risk_twice", "这次咨询已经有一件危机事项在办。")
    now = clock.now()
    due = now + timedelta(hours=common.number("risk_hours", me.union))
    risk = Risk.objects.create(appointment=row, level=level, raised_at=now, due_at=due)
    Risk.objects.filter(pk=risk.pk).update(why_sealed=vault.seal(risk, why.strip()[:1000]))
    if level == RiskLevel.DANGER:
        deciders = [u for u in accounts.users_holding(Perm.RISK_DECIDE, me.union.path) if u != actor.user_id]
        notices.notice_send(
            actor, kind=NoticeKind.WARNING, title="有一件危机事项等您核准", body=f"编号 {row.code}，请在 {due:%H:%M} 前处理。",
            link=f"/console/counsel/risks/{risk.pk}/", users=deciders,
        )  # fmt: skip
    else:
        quiet.tell(row.client, f"risk{risk.pk}")
    audit.record(actor, "counsel.risk.raised", risk, org_path=me.union.path, level=level)
    return Risk.objects.select_related("appointment__counsellor__union", "appointment__client").get(pk=risk.pk)


def decision(risk: Risk, *, consent: bool, agreed: int) -> Decision:
    """May the contact be opened (能不能启封)? Source: policy counsel.disclose."""
    facts = {"consent": consent, "danger": risk.level == RiskLevel.DANGER, "agreed": agreed}
    return law.decide("counsel.disclose", risk.appointment.counsellor.union, clock.today(), facts)


@transaction.atomic
def consent(*, actor: Actor, risk: Risk) -> Risk:
    """The person lets the counsellor have the contact (本人同意). Raises: NotFound; Conflict core.wrong_state."""
    client = common.client_of(actor)
    if client is None or risk.appointment.client_id != client.pk:
        raise NotFound()
    if decision(risk, consent=True, agreed=0).outcome is not True:
        raise RuleViolation("counsel.disclose", "按现行规则不能启封联系方式。")
    changes = {"ground": Ground.CONSENT, "decided_at": clock.now()}
    return flows.RISK.advance(risk, RiskState.OPENED, actor=quiet.NOBODY, org_path=risk.unit_path, changes=changes)


@transaction.atomic
def vote(*, actor: Actor, risk: Risk, agree: bool, reason: str) -> Risk:
    """One of the two people decides (核准启封), with a reason; the second yes opens, a no refuses.

    Raises: NotFound; NotPermitted counsel.own_risk; BadInput counsel.why; RuleViolation counsel.not_danger; Conflict counsel.voted, core.wrong_state.
    """
    actor.require(Perm.RISK_DECIDE, risk.unit_path)
    counsellor = risk.appointment.counsellor
    if actor.user_id is None or actor.same_person(counsellor.user_id, counsellor.user.person_id):
        raise NotPermitted("counsel.own_risk", "提出危机干预的人不能自己核准，请另外两位核准。")
    if len(reason.strip()) < LEAST:
        raise BadInput("counsel.why", f"请写理由，至少 {LEAST} 个字。")
    risk = (
        Risk.objects.select_for_update(of=("self",)).select_related("appointment__counsellor__union", "appointment__client").get(pk=risk.pk)
    )
    if risk.state != RiskState.RAISED:
        raise Conflict("core.wrong_state", f"这件事已经是“{risk.get_state_display()}”，不用再核准。")
    if risk.level != RiskLevel.DANGER:
        raise RuleViolation("counsel.not_danger", "没有危及生命，只能由本人同意，别人不能核准。")
    try:
        with transaction.atomic():
            row = RiskVote.objects.create(risk=risk, user_id=actor.user_id, agree=agree, at=clock.now())
            sealed = vault.seal(row, reason.strip()[:500])
    except IntegrityError as fault:
        raise Conflict("counsel.voted", "您已经对这件事表过态，请另一位核准。") from fault
    RiskVote.objects.filter(pk=row.pk).update(reason_sealed=sealed)
    if not agree:
        changes: dict[str, Any] = {"decided_at": clock.now()}
        return flows.RISK.advance(risk, RiskState.REFUSED, actor=actor, org_path=risk.unit_path, changes=changes)
    agreed = risk.votes.filter(agree=True).values("user").distinct().count()
    if decision(risk, consent=False, agreed=agreed).outcome is True:
        changes = {"ground": Ground.DANGER, "decided_at": clock.now()}
        return flows.RISK.advance(risk, RiskState.OPENED, actor=actor, org_path=risk.unit_path, changes=changes)
    audit.record(actor, "counsel.risk.agreed", risk, org_path=risk.unit_path, agreed=agreed)
    return risk


@transaction.atomic
def reason_open(*, actor: Actor, risk: Risk) -> dict[str, Any]:
    """Open what was written about the danger, the reasons and the steps (打开危机说明); recorded."""
    _near(actor, risk)
    quiet.look(actor, risk.appointment, LookKind.REASON)
    return {
        "why": vault.unseal(risk),
        "votes": [(v, vault.unseal(v)) for v in risk.votes.select_related("user").order_by("pk")],
        "steps": [(s, vault.unseal(s)) for s in risk.steps.select_related("user")],
    }


@transaction.atomic
def contact_open(*, actor: Actor, risk: Risk) -> dict[str, str]:
    """Open name and phone (启封联系方式): only while the flag is open, only for the counsellor and the two; recorded.

    Raises: NotFound; NotPermitted counsel.sealed.
    """
    _near(actor, risk)
    if not reads.opens(actor, risk):
        raise NotPermitted("counsel.sealed", "联系方式没有对您启封。需要本人同意，或者危及生命时由两人核准。")
    found = vault.contact(risk.appointment.client)
    quiet.look(actor, risk.appointment, LookKind.CONTACT)
    return {"name": str(found.get("name", "")), "phone": str(found.get("phone", ""))}


@transaction.atomic
def step_add(*, actor: Actor, risk: Risk, text: str) -> RiskStep:
    """Put down what was done (记处置经过). Raises: NotFound; BadInput counsel.no_text; RuleViolation counsel.closed."""
    _near(actor, risk)
    if not text.strip():
        raise BadInput("counsel.no_text", "请写做了什么。")
    if risk.state not in (RiskState.RAISED, RiskState.OPENED):
        raise RuleViolation("counsel.closed", "这件事已经结束，不能再记。")
    row = RiskStep.objects.create(risk=risk, user_id=quiet.user_of(actor), at=clock.now())
    RiskStep.objects.filter(pk=row.pk).update(text_sealed=vault.seal(row, text.strip()[:1000]))
    audit.record(actor, "counsel.riskstep.recorded", risk, org_path=risk.unit_path)
    return row


@transaction.atomic
def risk_close(*, actor: Actor, risk: Risk) -> Risk:
    """The counsellor ends it (结束): the contact is sealed again. Raises: NotFound; Conflict core.wrong_state."""
    if not reads.owner(actor, risk):
        raise NotFound()
    return flows.RISK.advance(risk, RiskState.CLOSED, actor=actor, org_path=risk.unit_path, changes={"closed_at": clock.now()})


def _near(actor: Actor, risk: Risk) -> None:
    if not reads.owner(actor, risk):
        actor.require(Perm.RISK_DECIDE, risk.unit_path)
