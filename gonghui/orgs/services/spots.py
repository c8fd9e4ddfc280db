"""Blank spots (空白点): opened and closed by coverage and status, worked by organisers. Source: S003, P30."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.orgs import flows
from gonghui.orgs.enums import Perm, SpotState
from gonghui.orgs.models import Employer, Spot
from gonghui.orgs.rules.status import LIVE
from gonghui.orgs.services.common import violate

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def is_blank(employer: Employer) -> bool:
    """Alive, with workers, without any coverage. An unknown headcount counts as workers: it must be looked at."""
    return employer.status in LIVE and employer.written_off_on is None and not employer.organised and employer.headcount != 0


def spot_check(employer: Employer, day: date) -> None:
    """Open or close the spot of an employer by what holds now."""
    live = Spot.objects.filter(employer=employer, until=None).first()
    if is_blank(employer) and live is None:
        Spot.objects.create(employer=employer, since=max(day, employer.listed_on))
    elif live is not None and not is_blank(employer):
        close(live, day, built=employer.organised)


def spot_built(employer: Employer, day: date) -> None:
    """The employer is covered: its spot ends as 已建."""
    live = Spot.objects.filter(employer=employer, until=None).first()
    if live is not None:
        close(live, day, built=True)


def close(spot: Spot, day: date, *, built: bool) -> None:
    """End a spot; one that would end before it began never was."""
    if day <= spot.since and spot.state == SpotState.UNTOUCHED and spot.organiser_id is None:
        Spot.objects.filter(pk=spot.pk).delete()
        return
    values = {"state": SpotState.BUILT} if built else {}
    Spot.objects.filter(pk=spot.pk).update(until=max(day, spot.since), **values)


@transaction.atomic
def spot_assign(*, actor: Actor, spots: Iterable[Spot], organiser_id: int, next_visit: date | None = None) -> int:
    """Give spots to an organiser (指派工建指导员). Returns how many."""
    count = 0
    for spot in Spot.objects.select_for_update().filter(pk__in=[s.pk for s in spots], until=None).select_related("employer__union"):
        actor.require(Perm.SPOT_EDIT, spot.employer.union)
        values: dict[str, object] = {"organiser_id": organiser_id}
        if next_visit is not None:
            values["next_visit"] = next_visit
        Spot.objects.filter(pk=spot.pk).update(**values)
        count += 1
        audit.record(actor, "orgs.spot.assign", spot, org_path=spot.employer.union.path, organiser=organiser_id, next_visit=next_visit)
    return count


@transaction.atomic
def spot_record(
    *,
    actor: Actor,
    spot: Spot,
    state: str,
    reason: str = "",
    planned_form: str = "",
    next_visit: date | None = None,
    next_step: str = "",
) -> Spot:
    """What came of a visit (登记走访结果): state, coded reason, planned form, next visit and step."""
    spot = Spot.objects.select_for_update().select_related("employer__union").get(pk=spot.pk)
    org = spot.employer.union
    actor.require(Perm.SPOT_EDIT, org)
    if spot.until is not None:
        violate("orgs.spot_closed", f"这个空白点已于 {spot.until} 消除，不用再登记。")
    if next_visit is not None and next_visit < clock.today():
        violate("orgs.visit_past", f"下次走访 {next_visit} 已经过去。请写今天或以后的日期。")
    if state == SpotState.NOT_YET and not reason:
        violate("orgs.reason_missing", "“暂不具备”要选明原因。")
    changes = {"reason": reason, "planned_form": planned_form, "next_visit": next_visit, "next_step": next_step[:120]}
    if state != spot.state:
        return flows.SPOT.advance(spot, state, actor=actor, org_path=org.path, changes=changes, reason=reason, next_visit=next_visit)
    Spot.objects.filter(pk=spot.pk).update(**changes)
    spot.refresh_from_db()
    audit.record(actor, "orgs.spot.record", spot, org_path=org.path, state=state, reason=reason, next_visit=next_visit)
    return spot
