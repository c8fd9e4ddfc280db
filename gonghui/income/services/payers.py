"""Payers and the periods they owe (拨缴户、申报期)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.income.enums import LIVE_DECLARATIONS, Channel, Cycle, LevyKind, Perm, UnitKind
from gonghui.income.models import Declaration, Payer
from gonghui.income.rules import periods
from gonghui.income.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def payer_open(
    *,
    actor: Actor,
    employer: Any,
    union: Any,
    since: date,
    kind: str = LevyKind.CONTRIBUTION,
    channel: str = Channel.OWN,
    cycle: str = Cycle.MONTHLY,
    unit_kind: str = UnitKind.PRIVATE,
    helped_since: date | None = None,
) -> Payer:
    """Register an employer as payer (登记拨缴户). Preparation money is for employers without a union of their own.

    Raises: NotPermitted; RuleViolation income.has_union; Conflict income.payer_known.
    """
    actor.require(Perm.LEVY_EDIT, union)
    if kind == LevyKind.PREPARATION and employer.organised:
        raise RuleViolation("income.has_union", f"{employer.name}已经建会，按工资总额拨缴经费，不缴筹备金。")
    try:
        with transaction.atomic():
            row = Payer.objects.create(
                employer=employer, union=union, kind=kind, channel=channel, cycle=cycle, unit_kind=unit_kind, since=since, helped_since=helped_since
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("income.payer_known", f"{employer.name}已经登记为拨缴户，一个单位只向一处缴。") from fault
    audit.record(actor, "income.payer.opened", row, org_path=union.path, employer=employer.pk, kind=kind, channel=channel, since=since)
    return row


@transaction.atomic
def payers_open(*, actor: Actor, union: Any, rows: Iterable[tuple[Any, Any, str, str]], since: date) -> int:
    """Many payers at once below a union (批量登记拨缴户): (employer, collecting union, channel, nature). Known ones are left alone.

    Raises: NotPermitted.
    """
    actor.require(Perm.LEVY_EDIT, union)
    held, made = set(Payer.objects.filter(until=None).values_list("employer_id", flat=True)), []
    for employer, collecting, channel, nature in rows:
        actor.require(Perm.LEVY_EDIT, collecting)
        if employer.pk not in held:
            held.add(employer.pk)
            made.append(Payer(employer=employer, union=collecting, channel=channel, cycle=Cycle.QUARTERLY, unit_kind=nature, since=since))
    Payer.objects.bulk_create(made)
    audit.record(actor, "income.payer.many", org_path=union.path, count=len(made), since=since)
    return len(made)


@transaction.atomic
def payer_end(*, actor: Actor, payer: Payer, until: date, reason: str) -> Payer:
    """The employer pays here no more (停缴). What is owed stays owed.

    Raises: NotPermitted; Conflict income.payer_ended; RuleViolation income.payer_dates, income.no_reason.
    """
    actor.require(Perm.LEVY_EDIT, payer.union)
    if until < payer.since:
        raise RuleViolation("income.payer_dates", f"停缴日期 {until} 早于起缴日期 {payer.since}，请核对。")
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明停缴的原因，如“单位注销”。")
    if not Payer.objects.filter(pk=payer.pk, until=None).update(until=until):
        raise Conflict("income.payer_ended", "这个拨缴户已经停缴。")
    payer.until = until
    audit.record(actor, "income.payer.ended", payer, org_path=payer.union.path, until=until, reason=reason)
    return payer


def expect(payers: Iterable[Payer], today: date) -> list[Declaration]:
    """The periods that are over and have no declaration yet (待申报): not saved."""
    found, days = [], dict[tuple[int, date, int], date]()
    for payer in payers:
        live = Declaration.objects.filter(payer=payer, state__in=[s.value for s in LIVE_DECLARATIONS])
        known = set(live.values_list("since", flat=True))
        last = payer.until or today
        for period in periods.ended(payer.since, payer.cycle, min(last, today)):
            if period.since in known:
                continue
            key = (payer.union_id, period.since, period.months)
            if key not in days:
                days[key] = law.due_on(payer.union, period)[0]
            found.append(
                Declaration(
                    payer=payer, union_id=payer.union_id, kind=payer.kind, since=period.since, months=period.months, due_on=days[key]
                )
            )
    return found


@transaction.atomic
def periods_open(*, actor: Actor, union: Any = None) -> int:
    """Lay out the periods that every payer has yet to declare (生成申报期): the calendar of what is due. Safe to run twice.

    Raises: NotPermitted.
    """
    actor.require(Perm.LEVY_EDIT, union)
    rows = Payer.objects.filter(actor.within(Perm.LEVY_EDIT, "union")).select_related("union")
    rows = rows.filter(union__path__startswith=union.path) if union is not None else rows
    made = expect(rows.filter(until=None), clock.today())
    Declaration.objects.bulk_create(made, ignore_conflicts=True)
    if made:
        audit.record(actor, "income.periods.opened", org_path=union.path if union is not None else "", count=len(made))
    return len(made)
