"""Declaring the wage base of a period (申报工资总额), correcting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.income import flows
from gonghui.income.enums import LIVE_DECLARATIONS, DeclarationState, Perm
from gonghui.income.models import Component, Declaration, Payer
from gonghui.income.rules.periods import Period, period_of
from gonghui.income.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision


@dataclass
class Base:
    """A wage base worked out item by item (工资总额核定)."""

    total_fen: int = 0
    items: list[tuple[str, int, bool, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    slips: list[Decision] = field(default_factory=list)


def base_of(union: Any, period: Period, amounts: Mapping[str, int], local_in: Mapping[str, bool] | None = None) -> Base:
    """Which items count and what they come to. Items the law leaves to the place need `local_in`. Source: policy finance.levy_component."""
    found = Base()
    for item, fen in amounts.items():
        if fen < 0:
            raise BadInput("income.negative", "工资项目的金额不能是负数。")
        if fen == 0:
            continue
        slip = law.component(union, period, item, (local_in or {}).get(item))
        found.slips.append(slip)
        if slip.outcome is None:
            found.unknown.append(item)
            continue
        found.items.append((item, fen, slip.outcome, law.cite_clause(slip)))
        found.total_fen += fen if slip.outcome else 0
    return found


@transaction.atomic
def declaration_make(
    *,
    actor: Actor,
    payer: Payer,
    since: date,
    amounts: Mapping[str, int],
    workers: int,
    local_in: Mapping[str, bool] | None = None,
    note: str = "",
) -> Declaration:
    """Declare a period (申报): base by the statutory components, 2 %, due day, all frozen with their sources.

    Raises: NotPermitted; BadInput income.negative, income.component_unknown; RuleViolation income.not_over, income.no_workers,
    income.before_payer; Conflict income.declared.
    Source: policy finance.levy_component, finance.levy, finance.levy_due.
    """
    actor.require(Perm.LEVY_EDIT, payer.union)
    payer = Payer.objects.select_for_update().select_related("union", "employer").get(pk=payer.pk)
    period = period_of(since, payer.cycle)
    _may_declare(payer, period, workers)
    base = base_of(payer.union, period, amounts, local_in)
    if base.unknown:
        names = "、".join(_item_labels(base)[i] for i in base.unknown)
        raise BadInput("income.component_unknown", f"{names}是否计入工资总额由当地口径定，请选定后再申报。", items=base.unknown)
    levy_fen, cited = law.levy(payer.union, period, base.total_fen)
    due, due_cited = law.due_on(payer.union, period)
    row = _open(payer, period, due)
    basis = {"levy": cited, "due": due_cited}
    values = {
        "workers": workers, "base_fen": base.total_fen, "levy_fen": levy_fen, "due_on": due, "declared_on": clock.today(), "by": actor.ref,
        "basis": basis, "note": note[:200],
    }  # fmt: skip
    to = DeclarationState.DECLARED if levy_fen else DeclarationState.PAID
    flows.DECLARATION.advance(row, to, actor=actor, org_path=payer.union.path, changes=values, base=base.total_fen, levy=levy_fen)
    Component.objects.bulk_create(
        Component(declaration=row, item=item, amount_fen=fen, counts=counts, why=why[:120]) for item, fen, counts, why in base.items
    )
    return row


def _item_labels(base: Base) -> dict[str, str]:
    return {k: v for slip in base.slips for f in slip.rule.facts if f.name == "item" for k, v in f.choices.items()}


def _may_declare(payer: Payer, period: Period, workers: int) -> None:
    if period.last >= clock.today():
        raise RuleViolation("income.not_over", f"{period.label}还没有结束，请在 {period.last} 以后申报。")
    if period.last < payer.since:
        raise RuleViolation("income.before_payer", f"这个单位从 {payer.since} 起缴，{period.label}不用申报。")
    if workers <= 0:
        raise RuleViolation("income.no_workers", "请填写发工资的职工人数，核对时要用。")


def _open(payer: Payer, period: Period, due: date) -> Declaration:
    """The expected row of the period, made when the calendar has not laid it out. Raises: Conflict income.declared."""
    row = Declaration.objects.filter(payer=payer, since=period.since, state__in=[s.value for s in LIVE_DECLARATIONS]).first()
    if row is None:
        return Declaration.objects.create(
            payer=payer, union=payer.union, kind=payer.kind, since=period.since, months=period.months, due_on=due
        )
    if row.state != DeclarationState.EXPECTED:
        raise Conflict("income.declared", f"{period.label}已经申报过，要改请办理更正。")
    return row


@transaction.atomic
def declaration_correct(
    *,
    actor: Actor,
    declaration: Declaration,
    amounts: Mapping[str, int],
    workers: int,
    reason: str,
    local_in: Mapping[str, bool] | None = None,
) -> Declaration:
    """Correct a declaration (更正申报): the old one stays readable as void, a new one takes its place. Money must be reversed first.

    Raises: NotPermitted; RuleViolation income.has_money, income.no_reason; Conflict; as `declaration_make`.
    """
    actor.require(Perm.LEVY_EDIT, declaration.union)
    row = Declaration.objects.select_for_update().select_related("payer__union", "union").get(pk=declaration.pk)
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明为什么更正。")
    if row.paid_fen:
        raise RuleViolation("income.has_money", f"这一期已经收款 {money.show(row.paid_fen)}，请先冲销收据再更正。", paid=row.paid_fen)
    flows.DECLARATION.advance(
        row, DeclarationState.VOID, actor=actor, org_path=row.union.path, changes={"note": reason[:200]}, reason=reason
    )
    fresh = declaration_make(
        actor=actor, payer=row.payer, since=row.since, amounts=amounts, workers=workers, local_in=local_in, note=reason
    )
    Declaration.objects.filter(pk=fresh.pk).update(replaces=row)
    fresh.replaces = row
    return fresh


@transaction.atomic
def declarations_take(*, actor: Actor, union: Any, since: date, months: int, rows: Mapping[int, tuple[int, int]]) -> list[Declaration]:
    """A list of bases from the tax bureau or the treasury (代收名单): payer -> (workers, base fen). Periods already declared are left alone.

    Raises: NotPermitted; RuleViolation income.not_over; BadInput income.negative.
    Source: policy finance.levy, finance.levy_due.
    """
    actor.require(Perm.LEVY_EDIT, union)
    period = Period(since, months)
    if period.last >= clock.today():
        raise RuleViolation("income.not_over", f"{period.label}还没有结束，请在 {period.last} 以后申报。")
    if any(base < 0 for _workers, base in rows.values()):
        raise BadInput("income.negative", "工资总额不能是负数。")
    payers = Payer.objects.filter(actor.within(Perm.LEVY_EDIT, "union"), pk__in=rows).select_related("union")
    taken = set(
        Declaration.objects.filter(payer__in=rows, since=since, state__in=[s.value for s in LIVE_DECLARATIONS])
        .exclude(state=DeclarationState.EXPECTED)
        .values_list("payer_id", flat=True)
    )
    Declaration.objects.filter(payer__in=rows, since=since, state=DeclarationState.EXPECTED).delete()
    dues = dict[int, tuple[date, str]]()
    made = []
    for payer in payers:
        if payer.pk in taken:
            continue
        if payer.union_id not in dues:
            dues[payer.union_id] = law.due_on(payer.union, period)
        workers, base = rows[payer.pk]
        levy_fen, cited = law.levy(payer.union, period, base)
        due, due_cited = dues[payer.union_id]
        made.append(
            Declaration(
                payer=payer, union_id=payer.union_id, kind=payer.kind, since=since, months=months,
                state=DeclarationState.DECLARED if levy_fen else DeclarationState.PAID, workers=workers, base_fen=base, levy_fen=levy_fen, due_on=due,
                declared_on=clock.today(), by=actor.ref, basis={"levy": cited, "due": due_cited}, note="代收名单",
            )
        )  # fmt: skip
    Declaration.objects.bulk_create(made)
    audit.record(
        actor,
        "income.declarations.taken",
        org_path=union.path,
        since=since,
        months=months,
        count=len(made),
        levy=sum(d.levy_fen for d in made),
    )
    return made
