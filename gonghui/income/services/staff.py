"""Off-establishment staff money (非在编人员工会经费, S212): reminder, headcount confirmed by both sides, arrival tracked.

Source: R144, P44; policy income.off_staff_month, income.off_staff_confirm_days, income.off_staff_arrival_days, finance.levy.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.income import flows
from gonghui.income.enums import Channel, Perm, StaffState
from gonghui.income.models import Payer, StaffArrival, StaffCheck
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import law
from gonghui.income.services import posting

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def staff_remind(*, actor: Actor, payer: Payer, year: int) -> StaffCheck:
    """Remind a unit to check its off-establishment headcount for a budget year (提醒核对).

    Raises: NotPermitted; RuleViolation income.not_treasury; Conflict income.reminded.
    """
    actor.require(Perm.STAFF_UNIT, payer.union)
    if payer.channel != Channel.TREASURY:
        raise RuleViolation("income.not_treasury", "只有财政划拨的单位要核对非在编人数。")
    today = clock.today()
    due = today + timedelta(days=law.number("income.off_staff_confirm_days", payer.union, today))
    try:
        with transaction.atomic():
            row = StaffCheck.objects.create(union=payer.union, employer=payer.employer, year=year, reminded_on=today, due_on=due)
    except IntegrityError as fault:
        raise Conflict("income.reminded", f"{payer.employer.name}的 {year} 年度核对已经提醒过。") from fault
    audit.record(actor, "income.staff.reminded", row, org_path=payer.union.path, year=year, due=due)
    return row


@transaction.atomic
def staff_remind_all(*, actor: Actor) -> int:
    """The yearly reminder (每年提醒): from the rule's month on, every treasury-paid unit once for next year's budget. Safe to run twice.

    Raises: NotPermitted. Source: policy income.off_staff_month.
    """
    today, made = clock.today(), 0
    year = today.year + 1
    payers = Payer.objects.filter(actor.within(Perm.STAFF_UNIT, "union"), channel=Channel.TREASURY, until=None)
    for payer in payers.select_related("union", "employer"):
        if today.month < law.number("income.off_staff_month", payer.union, today):
            continue
        if not StaffCheck.objects.filter(employer=payer.employer, year=year).exists():
            staff_remind(actor=actor, payer=payer, year=year)
            made += 1
    return made


def _locked(check: StaffCheck) -> StaffCheck:
    return StaffCheck.objects.select_for_update(of=("self",)).select_related("union", "employer").get(pk=check.pk)


@transaction.atomic
def unit_confirm(*, actor: Actor, check: StaffCheck, count: int, wage_fen: int) -> StaffCheck:
    """The unit's finance says how many and what wages (单位确认). Zero is an answer too.

    Raises: NotPermitted; RuleViolation income.staff_wage, income.same_hand; Conflict core.wrong_state.
    """
    actor.require(Perm.STAFF_UNIT, check.union)
    row = _locked(check)
    if count < 0 or wage_fen < 0 or (count > 0) != (wage_fen > 0):
        raise RuleViolation("income.staff_wage", "有非在编人员就要填年工资总额，没有人就都填 0。")
    _other_hand(actor, row.finance_by)
    changes: dict[str, Any] = {"unit_count": count, "unit_wage_fen": wage_fen, "unit_by": actor.ref, "unit_on": clock.today()}
    if row.state == StaffState.DIFFERS:
        return _compared(actor, row, changes, count, row.finance_count)
    return flows.STAFF.advance(row, StaffState.UNIT, actor=actor, org_path=row.union.path, changes=changes, count=count)


@transaction.atomic
def finance_confirm(*, actor: Actor, check: StaffCheck, count: int, office: str) -> StaffCheck:
    """The finance section's number (财政核对): equal numbers confirm, unequal ones go back to both.

    Raises: NotPermitted; RuleViolation income.no_office, income.same_hand; Conflict core.wrong_state.
    """
    actor.require(Perm.STAFF_FINANCE, check.union)
    row = _locked(check)
    if not office.strip():
        raise RuleViolation("income.no_office", "请填写财政经办科室。")
    _other_hand(actor, row.unit_by)
    changes: dict[str, Any] = {
        "finance_count": count, "finance_office": office.strip()[:60], "finance_by": actor.ref, "finance_on": clock.today(),
    }  # fmt: skip
    return _compared(actor, row, changes, row.unit_count, count)


def _other_hand(actor: Actor, other: str) -> None:
    if other and other == actor.ref:
        raise RuleViolation("income.same_hand", "单位确认和财政核对要由两个人分别登记。")


def _compared(actor: Actor, row: StaffCheck, changes: dict[str, Any], unit: int | None, finance: int | None) -> StaffCheck:
    same = unit is not None and unit == finance
    if same:
        today = clock.today()
        wage = int(changes.get("unit_wage_fen", row.unit_wage_fen) or 0)
        days = law.number("income.off_staff_arrival_days", row.union, today)
        fen, _cited = law.levy(row.union, Period(date(row.year, 1, 1), 12), wage)
        changes |= {"expected_fen": fen, "expected_on": max(today, date(row.year, 1, 1)) + timedelta(days=days)}
    to = StaffState.CONFIRMED if same else StaffState.DIFFERS
    moved = flows.STAFF.advance(row, to, actor=actor, org_path=row.union.path, changes=changes, unit=unit, finance=finance)
    if same and moved.expected_fen == 0:
        raise_none = {"note": "没有非在编人员，不用拨款"}
        StaffCheck.objects.filter(pk=row.pk).update(**raise_none)
        return flows.STAFF.advance(moved, StaffState.ARRIVED, actor=actor, org_path=row.union.path)
    return moved


@transaction.atomic
def staff_arrive(*, actor: Actor, check: StaffCheck, amount_fen: int, on: date, reference: str) -> StaffCheck:
    """Money of the treasury arrived (拨款到账): tracked until the whole is there.

    Raises: NotPermitted; RuleViolation income.no_amount, income.over_paid, income.future, income.no_reference; Conflict income.reference_twice,
    core.wrong_state.
    """
    actor.require(Perm.STAFF_FINANCE, check.union)
    row = _locked(check)
    left = row.expected_fen - row.arrived_fen
    if amount_fen <= 0:
        raise RuleViolation("income.no_amount", "到账金额应大于 0。")
    if amount_fen > left and row.state in (StaffState.CONFIRMED, StaffState.PART):
        raise RuleViolation("income.over_paid", "到账金额多于应拨金额，请核对拨款单。", left=left)
    if on > clock.today():
        raise RuleViolation("income.future", f"到账日期 {on} 还没有到，请核对。")
    if not reference.strip():
        raise RuleViolation("income.no_reference", "请填写拨款单号。")
    to = StaffState.ARRIVED if amount_fen == left else StaffState.PART
    changes = {"arrived_fen": row.arrived_fen + amount_fen, "arrived_on": on}
    flows.STAFF.advance(row, to, actor=actor, org_path=row.union.path, changes=changes, amount=amount_fen)
    try:
        with transaction.atomic():
            arrival = StaffArrival.objects.create(
                check_of=row, on=on, amount_fen=amount_fen, reference=reference.strip()[:40], by=actor.ref
            )
    except IntegrityError as fault:
        raise Conflict("income.reference_twice", f"拨款单 {reference} 已经登记过。") from fault
    posting.post(actor, arrival, "levy_received", words=f"收{row.employer.name}非在编人员经费", union=row.union)
    return row
