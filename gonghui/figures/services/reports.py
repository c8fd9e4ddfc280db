"""Reports: prepare, check, release, correct (报表编制、核对、发布、更正)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.figures import flows
from gonghui.figures.enums import Perm, ReportState
from gonghui.figures.models import Report, StatPeriod
from gonghui.figures.selectors import bridge, values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.selectors.closure import Node


@transaction.atomic
def period_put(*, actor: Actor, name: str, opening: Any, closing: Any, current: bool = False) -> StatPeriod:
    """Declare a statistical period of the federation (设统计期). The current one gives every page its date."""
    actor.require(Perm.REPORT_RELEASE)
    if closing < opening:
        raise RuleViolation("figures.period_dates", f"期末 {closing} 早于期初 {opening}，请核对两个日期。")
    if current:
        StatPeriod.objects.filter(current=True).exclude(name=name).update(current=False)
    period, _made = StatPeriod.objects.update_or_create(name=name, defaults={"opening": opening, "closing": closing, "current": current})
    audit.record(actor, "figures.period.put", period, opening=opening, closing=closing, current=current)
    return period


@transaction.atomic
def report_prepare(*, actor: Actor, union: Node, period: StatPeriod) -> Report:
    """Count a report anew and keep it as draft (编制报表). An open draft of the same period is counted again.

    Raises: NotPermitted; Conflict figures.report_released when the last version is out: correct it instead.
    """
    actor.require(Perm.REPORT_EDIT, union)
    last = Report.objects.select_for_update().filter(union_id=union.pk, period=period).order_by("-version").first()
    if last is not None and last.state == ReportState.RELEASED:
        raise Conflict("figures.report_released", f"{period.name}的报表已经发布（第 {last.version} 版），不能改动。请在报表页办理更正。")
    data = contents(union, period)
    fields = {
        "data": data,
        "digest": digest(data),
        "state": ReportState.DRAFT,
        "checks": [],
        "prepared_by": actor.ref,
        "prepared_at": clock.now(),
    }
    if last is None:
        last = Report.objects.create(union_id=union.pk, period=period, **fields)
    else:
        Report.objects.filter(pk=last.pk).update(**fields)
        last.refresh_from_db()
    audit.record(actor, "figures.report.prepared", last, org_path=union.path, period=period.name, version=last.version, digest=last.digest)
    return last


def contents(union: Node, period: StatPeriod) -> dict[str, Any]:
    """What a report freezes: all figures with definitions, the bridges, who and when."""
    shot = bridge.of_period(union.pk, period.opening, period.closing)
    items = [
        {
            "key": b.key,
            "label": b.label,
            "opening": b.opening,
            "new": b.new,
            "reasons": bridge.reason_rows(b),
            "written_off": b.written_off,
            "moved": b.moved,
            "closing": b.closing,
        }
        for b in bridge.bridges(shot)
    ]
    return {
        "union": union.name,
        "code": union.code,
        "period": {"name": period.name, "opening": period.opening.isoformat(), "closing": period.closing.isoformat()},
        "figures": [row.plain() for row in values.rows_of(shot)],
        "bridges": [{**b, "reasons": [list(r) for r in b["reasons"]]} for b in items],  # type: ignore[attr-defined]
    }


def digest(data: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON: what was released can be proved."""
    return hashlib.sha256(audit.canonical(data).encode()).hexdigest()


@transaction.atomic
def report_check(*, actor: Actor, report: Report, union: Node) -> Report:
    """Check the identities on the live counts and the draft against them (核对报表).

    Raises: Conflict figures.report_stale when records changed after the draft; RuleViolation figures.report_unbalanced with the difference named.
    """
    actor.require(Perm.REPORT_EDIT, union)
    data = contents(union, report.period)
    if digest(data) != report.digest:
        raise Conflict("figures.report_stale", "编制之后记录有变动，报表里的数已经不是现在的数。请重新编制再核对。")
    found = bridge.checks(bridge.of_period(union.pk, report.period.opening, report.period.closing))
    faults = [c.text for c in found if not c.ok]
    if faults:
        raise RuleViolation("figures.report_unbalanced", "核对没有通过：" + " ".join(faults), failed=[c.name for c in found if not c.ok])
    return flows.REPORT.advance(
        report, ReportState.CHECKED, actor=actor, org_path=union.path, changes={"checks": [c.plain() for c in found]}
    )


@transaction.atomic
def report_release(*, actor: Actor, report: Report, union: Node) -> Report:
    """Release a checked report; from then on it is frozen (发布报表, RPT-03). The identities are checked once more."""
    actor.require(Perm.REPORT_RELEASE, union)
    if report.state == ReportState.DRAFT:
        raise Conflict("figures.report_unchecked", "报表还没有核对。请先核对，各项平衡后再发布。")
    shot = bridge.of_period(union.pk, report.period.opening, report.period.closing)
    if faults := [c.text for c in bridge.checks(shot) if not c.ok]:
        raise RuleViolation("figures.report_unbalanced", "不能发布：" + " ".join(faults))
    if digest(contents(union, report.period)) != report.digest:
        raise Conflict("figures.report_stale", "核对之后记录有变动。请重新编制、核对再发布。")
    changes = {"released_by": actor.ref, "released_at": clock.now()}
    return flows.REPORT.advance(report, ReportState.RELEASED, actor=actor, org_path=union.path, changes=changes, digest=report.digest)


@transaction.atomic
def report_correct(*, actor: Actor, report: Report, union: Node, reason: str) -> Report:
    """Open the next version of a released report (更正报表). The released one stays as it was."""
    actor.require(Perm.REPORT_EDIT, union)
    if report.state != ReportState.RELEASED:
        raise Conflict("figures.report_open", "报表还没有发布，直接重新编制就可以。")
    if len(reason.strip()) < 4:
        raise RuleViolation("figures.reason", "更正报表要写明理由，至少 4 个字。")
    version = (Report.objects.filter(union_id=union.pk, period=report.period).aggregate(n=Max("version"))["n"] or 0) + 1
    data = contents(union, report.period)
    fresh = Report.objects.create(
        union_id=union.pk,
        period=report.period,
        version=version,
        data=data,
        digest=digest(data),
        reason=reason.strip()[:200],
        corrects=report,
        prepared_by=actor.ref,
        prepared_at=clock.now(),
    )
    audit.record(actor, "figures.report.corrected", fresh, org_path=union.path, old=report.pk, version=version, reason=reason.strip())
    return fresh
