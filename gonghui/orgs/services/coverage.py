"""Coverage of employers by unions (覆盖): dated, by form, counted once. Source: S012–S014, R014, R015, inventory §4.6."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit
from gonghui.core.errors import Conflict
from gonghui.orgs.enums import CoverageForm, JointForm, Perm, UnionKind
from gonghui.orgs.models import Coverage, Employer, Union
from gonghui.orgs.rules import coverage as rules
from gonghui.orgs.services import places, spots
from gonghui.orgs.services.common import must_be_alive, not_future, violate
from gonghui.orgs.services.track import employers_changing

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def coverage_add(
    *,
    actor: Actor,
    union: Union,
    employer: Employer,
    form: str,
    since: date,
    main: bool | None = None,
    reason: str = "",
    replace: bool = False,
) -> Coverage:
    """A union covers an employer from a day (登记覆盖).

    Args: main None lets the nearest union be the main one; replace ends the coverage it would double.
    Raises: NotPermitted; RuleViolation orgs.reason_missing (joint, R014), orgs.form_kind; Conflict orgs.covered_already.
    """
    actor.require(Perm.COVERAGE_EDIT, union)
    actor.require(Perm.COVERAGE_EDIT, employer.union)
    row = coverage_put(actor=actor, union=union, employer=employer, form=form, since=since, main=main, reason=reason, replace=replace)
    audit.record(
        actor, "orgs.coverage.add", row, org_path=union.path, union=union, employer=employer, form=form, since=since, main=row.main
    )
    return row


def coverage_put(
    *,
    actor: Actor,
    union: Union,
    employer: Employer,
    form: str,
    since: date,
    main: bool | None = None,
    reason: str = "",
    replace: bool = False,
) -> Coverage:
    """As `coverage_add` within another service, which has checked the permission and writes the audit entry."""
    employer = Employer.objects.select_for_update().get(pk=employer.pk)
    _check(union, employer, form, since, reason)
    with employers_changing([employer.pk]):
        live = {c.form: c for c in Coverage.objects.filter(employer=employer, until=None)}
        for other in rules.clashes(form, list(live)):
            if not replace:
                holder = live[other].union.name
                raise Conflict(
                    "orgs.covered_already",
                    f"{employer.name}已由{holder}以“{CoverageForm(other).label}”覆盖。要改由{union.name}覆盖，请用“变更覆盖”。",
                )
            _end(live.pop(other), since)
        row = _open(union, employer, form, since, main, reason, live)
        settle(employer, since)
        spots.spot_built(employer, since)
    return row


def _check(union: Union, employer: Employer, form: str, since: date, reason: str) -> None:
    must_be_alive(union)
    not_future(since, "覆盖日期")
    if employer.written_off_on is not None:
        violate("orgs.employer_gone", f"{employer.name}已于 {employer.written_off_on} 核减（{employer.get_status_display()}），不再覆盖。")
    if since < union.founded_on:
        violate("orgs.before_union", f"覆盖日期 {since} 早于{union.name}成立（{union.founded_on}）。请核对日期。")
    expected = form_of(union)
    if expected is not None and form != expected:
        violate("orgs.form_kind", f"{union.name}是{union.get_kind_display()}，覆盖形式应为“{CoverageForm(expected).label}”。")
    if form in rules.JOINT_FORMS and not reason.strip():
        violate("orgs.reason_missing", "联合形式只用于不宜单独建会的小单位，请写明不单独建会的理由。")


def form_of(union: Union) -> str | None:
    """The form in which this kind of union covers employers; None when several are possible."""
    from_kind: dict[str, str] = {
        UnionKind.REGIONAL: CoverageForm.REGIONAL,
        UnionKind.VILLAGE_FEDERATION: CoverageForm.REGIONAL,
        UnionKind.INDUSTRY: CoverageForm.INDUSTRY,
        UnionKind.CITY_INDUSTRIAL: CoverageForm.SYSTEM,
        UnionKind.ENTERPRISE: CoverageForm.SINGLE,
    }
    if union.kind == UnionKind.JOINT and union.form:
        return str(JointForm(union.form).value)
    return from_kind.get(union.kind)


def _open(union: Union, employer: Employer, form: str, since: date, main: bool | None, reason: str, live: dict[str, Coverage]) -> Coverage:
    leader = next((c for c in live.values() if c.main), None)
    if main is None:
        main = rules.outranks(form, leader.form if leader else None)
    if main and leader is not None:
        _flip(leader, since, main=False)
    return Coverage.objects.create(union=union, employer=employer, form=form, main=main or leader is None, since=since, reason=reason[:200])


def _flip(row: Coverage, day: date, *, main: bool) -> None:
    """The main mark changes from a day on: what was counted before stays."""
    if row.since >= day:
        Coverage.objects.filter(pk=row.pk).update(main=main)
        return
    _end(row, day, "改变主次")
    Coverage.objects.create(union_id=row.union_id, employer_id=row.employer_id, form=row.form, main=main, since=day, reason=row.reason)


def _end(row: Coverage, day: date, why: str = "") -> None:
    """Close a row; one that began on or after that day never was."""
    if row.since >= day:
        Coverage.objects.filter(pk=row.pk).delete()
    else:
        Coverage.objects.filter(pk=row.pk).update(until=day, end_reason=why[:24])


def settle(employer: Employer, day: date) -> None:
    """One main coverage if there is any; place and `organised` in step with it."""
    live = list(Coverage.objects.filter(employer=employer, until=None))
    if live and not any(c.main for c in live):
        _flip(min(live, key=lambda c: (rules.RANK[CoverageForm(c.form)], c.pk)), day, main=True)
    Employer.objects.filter(pk=employer.pk).update(organised=bool(live))
    employer.organised = bool(live)
    places.place_set(employer, places.answerable(employer), day)


@transaction.atomic
def coverage_end(*, actor: Actor, coverage: Coverage, on: date, reason: str) -> Coverage:
    """End a coverage from a day (终止覆盖). An employer left without one becomes a blank spot."""
    coverage = Coverage.objects.select_for_update().select_related("union", "employer").get(pk=coverage.pk)
    actor.require(Perm.COVERAGE_EDIT, coverage.union)
    if coverage.until is not None:
        raise Conflict("orgs.coverage_ended", f"这条覆盖已于 {coverage.until} 终止。")
    not_future(on, "终止日期")
    if on <= coverage.since:
        violate("orgs.before_start", f"终止日期 {on} 应晚于开始日期 {coverage.since}。")
    if not reason.strip():
        violate("orgs.reason_missing", "请写明终止的理由。")
    coverage_close(coverage, on, reason)
    coverage.refresh_from_db()
    audit.record(actor, "orgs.coverage.end", coverage, org_path=coverage.union.path, on=on, reason=reason)
    return coverage


def coverage_close(coverage: Coverage, on: date, reason: str) -> None:
    """As `coverage_end` within another service."""
    employer = coverage.employer
    with employers_changing([employer.pk]):
        _end(coverage, on, reason)
        settle(employer, on)
        spots.spot_check(employer, on)


@transaction.atomic
def coverage_change(*, actor: Actor, coverage: Coverage, union: Union, form: str, on: date, reason: str) -> Coverage:
    """Another union, or another form, covers the employer from a day (变更覆盖)."""
    coverage = Coverage.objects.select_for_update().select_related("union", "employer").get(pk=coverage.pk)
    actor.require(Perm.COVERAGE_EDIT, coverage.union)
    actor.require(Perm.COVERAGE_EDIT, union)
    if coverage.until is not None:
        raise Conflict("orgs.coverage_ended", f"这条覆盖已于 {coverage.until} 终止。")
    if on <= coverage.since:
        violate("orgs.before_start", f"变更日期 {on} 应晚于原覆盖开始日期 {coverage.since}。")
    with employers_changing([coverage.employer_id]):
        _end(coverage, on, "变更覆盖")
        row = coverage_put(
            actor=actor, union=union, employer=coverage.employer, form=form, since=on, main=coverage.main or None, reason=reason
        )
    audit.record(
        actor, "orgs.coverage.change", row, org_path=union.path, old=coverage.union_id, new=union.pk, form=form, on=on, reason=reason
    )
    return row


@transaction.atomic
def coverage_main(*, actor: Actor, coverage: Coverage, on: date) -> Coverage:
    """Make another live coverage the main one from a day (改变主覆盖)."""
    coverage = Coverage.objects.select_for_update().select_related("union", "employer").get(pk=coverage.pk)
    actor.require(Perm.COVERAGE_EDIT, coverage.union)
    not_future(on)
    if coverage.until is not None or coverage.main:
        raise Conflict("orgs.coverage_main", "这条覆盖已经终止，或者已经是主覆盖。")
    with employers_changing([coverage.employer_id]):
        for leader in Coverage.objects.filter(employer_id=coverage.employer_id, until=None, main=True):
            _flip(leader, on, main=False)
        _flip(coverage, on, main=True)
        settle(coverage.employer, on)
    row = Coverage.objects.get(employer_id=coverage.employer_id, form=coverage.form, until=None)
    audit.record(actor, "orgs.coverage.main", row, org_path=coverage.union.path, on=on)
    return row
