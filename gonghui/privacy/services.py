"""Impact assessments and incidents (影响评估、安全事件). Source: PIPL 55–57."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.policy import services as policy
from gonghui.privacy import flows, selectors
from gonghui.privacy.enums import AssessmentState, IncidentState, Perm
from gonghui.privacy.models import Affected, Assessment, Incident

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TEXT = ("title", "trigger", "basis", "kinds", "necessity", "effect", "measures", "conclusion")
FACTS = ("kind", "title", "found_at", "kinds", "cause", "harm", "remedy", "advice", "contact")
LEAST = 4
"""Characters of a reason somebody can understand."""


@transaction.atomic
def assessment_write(*, actor: Actor, values: Mapping[str, Any], assessment: Assessment | None = None) -> Assessment:
    """Draft, or change a draft (起草、修改影响评估).

    Raises: Conflict privacy.signed for one that was signed: it is replaced by a new version, never changed.
    """
    actor.require(Perm.EDIT)
    fields = {name: values[name] for name in TEXT}
    if assessment is None:
        row = Assessment.objects.create(**fields, made_by=actor.ref, made_name=actor.name[:60], made_at=clock.now())
        audit.record(actor, "privacy.assessment.created", row)
        return row
    changed = Assessment.objects.filter(pk=assessment.pk, state=AssessmentState.DRAFT).update(**fields)
    if not changed:
        raise Conflict("privacy.signed", "这份评估已经签发，不能再改。要改的，请起草新版。")
    assessment.refresh_from_db()
    audit.record(actor, "privacy.assessment.edited", assessment)
    return assessment


@transaction.atomic
def assessment_revise(*, actor: Actor, assessment: Assessment) -> Assessment:
    """Start the next version from a signed one (起草新版)."""
    actor.require(Perm.EDIT)
    if assessment.state != AssessmentState.SIGNED:
        raise Conflict("privacy.not_signed", "只有签发了的评估才起草新版，起草中的直接改。")
    row = Assessment.objects.create(
        **{name: getattr(assessment, name) for name in TEXT}, version=assessment.version + 1, replaces=assessment,
        made_by=actor.ref, made_name=actor.name[:60], made_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "privacy.assessment.created", row, replaces=assessment.pk)
    return row


@transaction.atomic
def assessment_sign(*, actor: Actor, assessment: Assessment) -> Assessment:
    """Sign (签发): by another person than the drafter; kept at least as long as the law says (PIPL 56).

    Raises: RuleViolation privacy.maker_signs; Conflict core.wrong_state.
    """
    actor.require(Perm.EDIT)
    if actor.ref == assessment.made_by:
        raise RuleViolation("privacy.maker_signs", "起草人不能签发自己的评估。请另一位负责人签发。")
    today = clock.today()
    months = int(policy.value("privacy.assessment_keep_months", on=today, at="000000").value)
    changes = {
        "signed_by": actor.ref, "signed_name": actor.name[:60], "signed_on": today, "digest": digest(assessment),
        "keep_until": clock.add_months(today, months),
    }  # fmt: skip
    row = flows.ASSESSMENT.advance(assessment, AssessmentState.SIGNED, actor=actor, changes=changes)
    if row.replaces is not None:
        flows.ASSESSMENT.advance(row.replaces, AssessmentState.REPLACED, actor=actor)
    return row


def digest(assessment: Assessment) -> str:
    """SHA-256 of the text as signed (文本校验值)."""
    return hashlib.sha256("|".join(str(getattr(assessment, name)) for name in TEXT).encode()).hexdigest()


@transaction.atomic
def incident_open(*, actor: Actor, values: Mapping[str, Any]) -> Incident:
    """Record an incident (登记安全事件)."""
    actor.require(Perm.EDIT)
    row = Incident.objects.create(**{name: values[name] for name in FACTS}, opened_by=actor.ref)
    audit.record(actor, "privacy.incident.opened", row, kind=row.kind)
    return row


@transaction.atomic
def incident_edit(*, actor: Actor, incident: Incident, values: Mapping[str, Any]) -> Incident:
    """Put down what has become known since (补充情况)."""
    actor.require(Perm.EDIT)
    if incident.state == IncidentState.CLOSED:
        raise Conflict("privacy.closed", "事件已经办结，不能再改。")
    Incident.objects.filter(pk=incident.pk).update(**{name: values[name] for name in FACTS})
    incident.refresh_from_db()
    audit.record(actor, "privacy.incident.edited", incident)
    return incident


def affected_by_account(*, actor: Actor, incident: Incident, ref: str, since: datetime, until: datetime) -> int:
    """Everybody whose numbers an account opened in a span (按账号圈定). Returns how many are new."""
    return _add(actor, incident, selectors.looked_at_by(ref, since, until), f"账号 {ref} 查看过")


def affected_by_union(*, actor: Actor, incident: Incident, union: Any, on: date) -> int:
    """All members of a union and below it on a day (按工会圈定). Returns how many are new."""
    return _add(actor, incident, selectors.on_the_roll(union.path, on), f"{union.name} {on} 会员名册")


@transaction.atomic
def _add(actor: Actor, incident: Incident, persons: Iterable[int], origin: str) -> int:
    actor.require(Perm.EDIT)
    if incident.state == IncidentState.CLOSED:
        raise Conflict("privacy.closed", "事件已经办结，不能再圈定人员。")
    known = set(incident.affected.values_list("person_id", flat=True))
    fresh = [Affected(incident=incident, person_id=p, origin=origin[:80]) for p in persons if p not in known]
    Affected.objects.bulk_create(fresh, batch_size=500)
    audit.record(actor, "privacy.incident.scoped", incident, origin=origin, people=len(fresh))
    return len(fresh)


@transaction.atomic
def incident_report(*, actor: Actor, incident: Incident, to: str, on: date) -> Incident:
    """Put down that the authority was told (报告主管部门)."""
    actor.require(Perm.EDIT)
    if not to.strip():
        raise RuleViolation("privacy.reported_to", "请写明报告了哪个部门。")
    Incident.objects.filter(pk=incident.pk).update(reported_to=to.strip()[:80], reported_on=on)
    incident.refresh_from_db()
    audit.record(actor, "privacy.incident.reported", incident, to=to.strip())
    return incident


def notice_of(incident: Incident) -> str:
    """What each person is told (告知书), with all that article 57 lists."""
    return (
        f"{incident.found_at:%Y年%-m月%-d日}发现个人信息{incident.get_kind_display()}：{incident.title}。"
        f"涉及{incident.kinds}。可能的危害：{incident.harm}。我们已经：{incident.remedy}。您可以：{incident.advice}。联系：{incident.contact}。"
    )


@transaction.atomic
def incident_notify(*, actor: Actor, incident: Incident) -> int:
    """Tell everybody affected (通知本人); whoever was told already is not told twice. Returns how many were told now.

    Raises: RuleViolation privacy.nobody when nobody is listed yet.
    """
    actor.require(Perm.EDIT)
    waiting = list(incident.affected.filter(told_at=None).values_list("person_id", flat=True))
    if not waiting:
        raise RuleViolation("privacy.nobody", "还没有圈定受影响的人，或者都已通知。请先按账号或按工会圈定。")
    notices.notice_send(
        actor,
        kind=NoticeKind.RESULT,
        title="个人信息安全事件告知",
        body=notice_of(incident),
        persons=waiting,
        once=f"privacy:{incident.pk}",
    )
    incident.affected.filter(told_at=None).update(told_at=clock.now())
    if incident.state == IncidentState.OPEN:
        flows.INCIDENT.advance(incident, IncidentState.NOTIFIED, actor=actor, changes={"notified_at": clock.now()}, people=len(waiting))
    else:
        audit.record(actor, "privacy.incident.notified", incident, people=len(waiting))
    return len(waiting)


@transaction.atomic
def incident_close(*, actor: Actor, incident: Incident, lesson: str, no_notice_reason: str = "") -> Incident:
    """Close (办结): with what was put right; without notice only for a stated reason (PIPL 57 second paragraph).

    Raises: RuleViolation privacy.lesson, privacy.not_notified.
    """
    actor.require(Perm.EDIT)
    if len(lesson.strip()) < LEAST:
        raise RuleViolation("privacy.lesson", f"请写明整改情况，至少 {LEAST} 个字。")
    if incident.state == IncidentState.OPEN and len(no_notice_reason.strip()) < LEAST:
        raise RuleViolation(
            "privacy.not_notified",
            "还没有通知本人。采取的措施能有效避免危害的可以不通知，但要写明理由（个人信息保护法第五十七条第二款）。",
        )
    changes = {"closed_at": clock.now(), "lesson": lesson.strip()[:1000], "no_notice_reason": no_notice_reason.strip()[:300]}
    return flows.INCIDENT.advance(incident, IncidentState.CLOSED, actor=actor, changes=changes)


def pack_taken(*, actor: Actor, incident: Incident, people: int) -> None:
    """Put down that the material was taken out (导出材料包)."""
    audit.record(actor, "privacy.incident.exported", incident, people=people)
