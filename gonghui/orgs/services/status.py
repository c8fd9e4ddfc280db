"""Operating status of employers (经营状态): each step with date, evidence and handler. Source: S002, S026, P04, R013."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.orgs import flows
from gonghui.orgs.enums import WRITTEN_OFF, EmployerStatus, MatterKind, Perm
from gonghui.orgs.models import Coverage, Employer, EmployerSpell, Spot, Union
from gonghui.orgs.rules.status import NEEDS_REVIEW
from gonghui.orgs.selectors import policy_values
from gonghui.orgs.services import matters, spots
from gonghui.orgs.services.common import not_future, sign, violate
from gonghui.orgs.services.track import employers_changing

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

WRITE_OFF = "单位核减"


@transaction.atomic
def employer_status(
    *,
    actor: Actor,
    employer: Employer,
    status: str,
    on: date,
    evidence: str,
    review_on: date | None = None,
    file_id: int | None = None,
    merged_into: Employer | None = None,
) -> Employer:
    """Change the operating status from a day (变更经营状态); the seven final ones write the employer off (核减).

    Raises: RuleViolation orgs.evidence_missing, orgs.review_missing, orgs.before_spell; Conflict core.wrong_state.
    """
    employer = Employer.objects.select_for_update().select_related("union").get(pk=employer.pk)
    actor.require(Perm.EMPLOYER_STATUS, employer.union)
    with employers_changing([employer.pk]):
        status_put(actor, employer, status, on=on, evidence=evidence, review_on=review_on, file_id=file_id, merged_into=merged_into)
    return employer


def status_put(
    actor: Actor,
    employer: Employer,
    status: str,
    *,
    on: date,
    evidence: str,
    review_on: date | None = None,
    file_id: int | None = None,
    merged_into: Employer | None = None,
) -> None:
    """The step itself, within another service."""
    _check(employer, status, on, evidence, review_on)
    off = status in WRITTEN_OFF
    changes: dict[str, Any] = {"written_off_on": on, "organised": False, "merged_into": merged_into} if off else {}
    EmployerSpell.objects.filter(employer=employer, until=None).update(until=on)
    EmployerSpell.objects.create(
        employer=employer,
        status=status,
        since=on,
        evidence=evidence.strip()[:200],
        file_id=file_id,
        review_on=review_on,
        actor=sign(actor),
        recorded_at=clock.now(),
    )
    if off:
        _end_coverage(employer, on)
    flows.EMPLOYER.advance(
        employer, status, actor=actor, org_path=employer.union.path, changes=changes, on=on, evidence=evidence, review_on=review_on
    )
    spots.spot_check(employer, on)
    _follow_up(actor, employer, status, on, review_on)


def _check(employer: Employer, status: str, on: date, evidence: str, review_on: date | None) -> None:
    not_future(on, "状态日期")
    if not evidence.strip():
        violate("orgs.evidence_missing", "请写明依据，如注销通知书文号、现场核实情况。")
    if status in NEEDS_REVIEW and review_on is None:
        violate("orgs.review_missing", f"“{EmployerStatus(status).label}”要写明复核日期，到期系统会提醒再去核实。")
    if review_on is not None and review_on <= on:
        violate("orgs.review_missing", f"复核日期 {review_on} 应晚于状态日期 {on}。")
    current = EmployerSpell.objects.filter(employer=employer, until=None).first()
    if current is not None and on < current.since:
        violate("orgs.before_spell", f"状态日期 {on} 早于现在这个状态的开始（{current.since}）。请核对日期。")


def _end_coverage(employer: Employer, on: date) -> None:
    live = Coverage.objects.filter(employer=employer, until=None)
    live.filter(since__gte=on).update(until=on + timedelta(days=1), end_reason=WRITE_OFF)
    live.update(until=on, end_reason=WRITE_OFF)


def _follow_up(actor: Actor, employer: Employer, status: str, on: date, review_on: date | None) -> None:
    """What a status asks of others: the union of a dead or restructured employer, the review of a stopped one."""
    own = Union.objects.filter(employer=employer, ended_on=None).order_by("depth").first()
    if status in WRITTEN_OFF and own is not None:
        matters.open_matter(
            actor,
            MatterKind.EMPLOYER_GONE,
            union=own,
            employer=employer,
            on=on,
            note=f"{employer.name}{EmployerStatus(status).label}，工会应办理撤销或合并",
        )
    if status == EmployerStatus.RESTRUCTURED and own is not None:
        days = policy_values.number("orgs.rebuild_days", on)
        matters.open_matter(
            actor,
            MatterKind.REBUILD,
            union=own,
            employer=employer,
            on=on,
            due_on=on + timedelta(days=days) if days else None,
            note="单位改制重组，工会应重建、改建、合并或撤销",
        )
    if status in NEEDS_REVIEW:
        matters.cancel_silently(MatterKind.STOPPED_REVIEW, employer=employer)
        matters.open_matter(
            actor, MatterKind.STOPPED_REVIEW, employer=employer, on=on, due_on=review_on, note=f"{EmployerStatus(status).label}，到期复核"
        )
    else:
        matters.cancel_silently(MatterKind.STOPPED_REVIEW, employer=employer)


@transaction.atomic
def employer_write_off_undo(*, actor: Actor, employer: Employer, reason: str) -> Employer:
    """Take back a write-off that was wrong (撤销核减): as if it had not been; the audit log keeps both acts."""
    employer = Employer.objects.select_for_update().select_related("union").get(pk=employer.pk)
    actor.require(Perm.EMPLOYER_STATUS, employer.union)
    if employer.written_off_on is None:
        raise Conflict("orgs.not_written_off", f"{employer.name}没有核减，不用撤销。")
    if employer.merged_into_id is not None:
        raise Conflict("orgs.merged", f"{employer.name}是归并减少的，请到“疑似重复”里撤销归并。")
    if not reason.strip():
        violate("orgs.reason_missing", "请写明撤销核减的理由。")
    with employers_changing([employer.pk]):
        old = write_off_revert(employer)
    audit.record(actor, "orgs.employer.write_off_undo", employer, org_path=employer.union.path, old=old, reason=reason)
    return employer


def write_off_revert(employer: Employer) -> dict[str, Any]:
    """Reopen status, coverage and spot as they stood before the write-off. Returns what was taken back."""
    off, off_on = employer.status, employer.written_off_on
    wrong = EmployerSpell.objects.get(employer=employer, until=None)
    before = EmployerSpell.objects.filter(employer=employer).exclude(pk=wrong.pk).order_by("-since", "-pk").first()
    taken = {"status": off, "on": off_on, "evidence": wrong.evidence, "actor": wrong.actor, "recorded_at": wrong.recorded_at}
    wrong.delete()
    if before is not None:
        EmployerSpell.objects.filter(pk=before.pk).update(until=None)
    Coverage.objects.filter(employer=employer, end_reason=WRITE_OFF).update(until=None, end_reason="")
    status = before.status if before is not None else EmployerStatus.NORMAL
    organised = Coverage.objects.filter(employer=employer, until=None).exists()
    moved = Employer.objects.filter(pk=employer.pk, status=off).update(
        status=status, written_off_on=None, merged_into=None, organised=organised
    )
    if not moved:
        raise Conflict("core.state_moved", "这件事刚刚被别人办理过了，您的操作没有生效。请刷新后查看最新状态。")
    employer.refresh_from_db()
    matters.cancel_silently(MatterKind.EMPLOYER_GONE, employer=employer)
    for union in Union.objects.filter(employer=employer, ended_on=None):
        matters.cancel_silently(MatterKind.EMPLOYER_GONE, union=union)
    Spot.objects.filter(employer=employer, until=off_on).exclude(state="built").update(until=None)
    spots.spot_check(employer, clock.today())
    return taken
