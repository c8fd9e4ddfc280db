"""Three-way reconciliation (三方核对): the numbers of all sides, each difference with one cause and its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import RuleViolation
from gonghui.income import flows
from gonghui.income.enums import LineState, Perm
from gonghui.income.models import Reconciliation, ReconLine
from gonghui.income.rules import causes
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import recon as reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def recon_make(*, actor: Actor, union: Any, period: Period) -> Reconciliation:
    """Compare register, dues, contributions and the reported number of a union for a period (核对).

    Nothing is changed on any side. The causes sum to the difference exactly, in persons and in fen.
    Raises: NotPermitted; RuleViolation income.too_early, income.other_cut (the dues were collected by another cut of time).
    """
    actor.require(Perm.RECON_EDIT, union)
    today = clock.today()
    if period.since > today:
        raise RuleViolation("income.too_early", f"{period.label}还没有开始。")
    if (other := reads.listed_otherwise(union, period)) is not None:
        cut = "按季" if other.months > 1 else "按月"
        raise RuleViolation("income.other_cut", f"{period.label}的会费在{other.label}的收缴单里收，请选{cut}、{other.label}核对。")
    day = min(period.last, today)
    register, counted = reads.registered(union, period, day)
    paid, unclaimed = reads.paid(union, period)
    lines = causes.dues_lines(register, paid, first=period.since, was_member=reads.were_members(union, paid), unclaimed_fen=unclaimed)
    units = reads.units(union, period, day)
    lines += causes.levy_lines(units)
    claim = reads.claim(actor, union, day)
    if claim is not None:
        then, joined, left = reads.since_claim(union, claim.on, day)
        lines += causes.reported_lines(claim.number, then, joined, left)
    row = Reconciliation.objects.create(
        union=union, since=period.since, months=period.months, registered=len(register), counted=counted, payers=sum(fen > 0 for fen in paid.values()),
        due_fen=sum(r.due_fen for r in register), received_fen=sum(paid.values()) + unclaimed, workers=sum(u.workers for u in units),
        declared_workers=sum(u.declared_workers or 0 for u in units), levy_fen=sum(u.levy_fen for u in units), levy_paid_fen=sum(u.paid_fen for u in units),
        claimed=claim.number if claim else None, claimed_on=claim.on if claim else None, claimed_source=claim.source[:120] if claim else "",
        by=actor.ref, made_at=clock.now(),
    )  # fmt: skip
    ReconLine.objects.bulk_create(
        (
            ReconLine(recon=row, axis=x.axis, cause=x.cause, count=x.count, fen=x.fen, person_id=x.person, employer_id=x.employer)
            for x in lines
        ),
        batch_size=1000,
    )
    audit.record(actor, "income.recon.made", row, org_path=union.path, since=period.since, lines=len(lines))
    return row


@transaction.atomic
def lines_settle(*, actor: Actor, recon: Reconciliation, lines: list[int], reason: str) -> int:
    """Say what was found out about differences (说明差异): one reason for those chosen. Raises: NotPermitted; RuleViolation income.no_reason."""
    actor.require(Perm.RECON_EDIT, recon.union)
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明核实的情况。")
    done = 0
    for line in ReconLine.objects.select_for_update().filter(recon=recon, pk__in=lines, state=LineState.OPEN):
        changes = {"reason": reason.strip()[:200], "settled_by": actor.ref, "settled_on": clock.today()}
        flows.RECON_LINE.advance(line, LineState.SETTLED, actor=actor, org_path=recon.union.path, changes=changes)
        done += 1
    return done


@transaction.atomic
def line_reopen(*, actor: Actor, line: ReconLine) -> ReconLine:
    """The explanation did not hold (重新打开). Raises: NotPermitted; Conflict core.wrong_state."""
    actor.require(Perm.RECON_EDIT, line.recon.union)
    changes = {"reason": "", "settled_by": "", "settled_on": None}
    return flows.RECON_LINE.advance(line, LineState.OPEN, actor=actor, org_path=line.recon.union.path, changes=changes)
