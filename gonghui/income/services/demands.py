"""Arrears followed up (催缴): letter, dispute, payment order, enforcement; late fees and their waiver."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.approvals import services as approvals
from gonghui.core import audit, clock, money
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.income import flows
from gonghui.income.enums import OPEN_DEMANDS, CaseState, DemandState, Perm
from gonghui.income.models import Demand, DemandLine, Payer, Waiver
from gonghui.income.selectors import law, levy
from gonghui.income.services import numbers, receipts
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

WAIVER = "income.waiver"


@transaction.atomic
def demand_issue(*, actor: Actor, payer: Payer) -> Demand:
    """Send a demand letter for all that is overdue (发催缴通知书): number, deadline, arrears and late fee frozen.

    Raises: NotPermitted; RuleViolation income.no_arrears; Conflict income.demand_open.
    Source: policy income.demand_days, finance.late_fee; TUL-44-1.
    """
    actor.require(Perm.DEMAND_EDIT, payer.union)
    payer = Payer.objects.select_for_update().select_related("union", "employer").get(pk=payer.pk)
    today, union = clock.today(), payer.union
    rows = [d for d in levy.arrears(actor, union) if d.payer_id == payer.pk]
    if not rows:
        raise RuleViolation("income.no_arrears", f"{payer.employer.name}没有到期未缴的经费，不用催缴。")
    deadline = today + timedelta(days=law.number("income.demand_days", union, today))
    fees = [law.fee_of(law.late_fee(union, today, d.owed_fen, d.due_on, None)) for d in rows]
    try:
        with transaction.atomic():
            row = Demand.objects.create(
                payer=payer, union=union, year=today.year, number=numbers.take(union, "demand", today.year), issued_on=today, deadline_on=deadline,
                due_on=min(d.due_on for d in rows), claimed_fen=sum(d.owed_fen for d in rows), fee_fen=sum(fees), by=actor.ref,
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("income.demand_open", "这个单位已有一件催缴在办，请接着办那一件。") from fault
    DemandLine.objects.bulk_create(
        DemandLine(demand=row, declaration=d, arrears_fen=d.owed_fen, days=(today - d.due_on).days, fee_fen=fee)
        for d, fee in zip(rows, fees, strict=True)
    )
    audit.record(actor, "income.demand.issued", row, org_path=union.path, number=row.label, claimed=row.claimed_fen, fee=row.fee_fen)
    return row


def owed_now(demand: Demand) -> int:
    """Principal of the demand still to come."""
    return sum(line.declaration.owed_fen for line in demand.lines.select_related("declaration"))


def fee_slips(demand: Demand, on: date) -> list[tuple[DemandLine, Decision]]:
    """The late fee of each period to a day, with its slip."""
    lines = demand.lines.select_related("declaration").order_by("declaration__since")
    return [
        (line, law.late_fee(demand.union, on, line.declaration.owed_fen, line.declaration.due_on, demand.deadline_on)) for line in lines
    ]


@transaction.atomic
def fee_refresh(*, actor: Actor, demand: Demand) -> Demand:
    """Work the late fee out to today (重算滞纳金): the days run on, the cap of the place holds.

    Raises: NotPermitted; Conflict income.demand_closed. Source: policy finance.late_fee.
    """
    actor.require(Perm.DEMAND_EDIT, demand.union)
    row = _open(demand)
    fees = {line.pk: law.fee_of(slip) for line, slip in fee_slips(row, clock.today())}
    for pk, fee in fees.items():
        DemandLine.objects.filter(pk=pk).update(fee_fen=fee)
    total = max(sum(fees.values()), row.fee_waived_fen + receipts.fee_paid(row))
    Demand.objects.filter(pk=row.pk).update(fee_fen=total)
    audit.record(actor, "income.demand.fee", row, org_path=row.union.path, old=row.fee_fen, new=total)
    row.fee_fen = total
    return row


def _open(demand: Demand) -> Demand:
    row = Demand.objects.select_for_update(of=("self",)).select_related("union", "payer__employer").get(pk=demand.pk)
    if row.state not in OPEN_DEMANDS:
        raise Conflict("income.demand_closed", f"这件催缴已经“{row.get_state_display()}”，不能再办。", state=row.state)
    return row


@transaction.atomic
def demand_dispute(*, actor: Actor, demand: Demand, disputed_fen: int, words: str) -> Demand:
    """The employer disputes a part (登记异议): the rest stays undisputed.

    Raises: NotPermitted; RuleViolation income.disputed_range, income.no_reason; Conflict.
    """
    actor.require(Perm.DEMAND_EDIT, demand.union)
    row = _open(demand)
    if not 0 < disputed_fen <= row.claimed_fen:
        raise RuleViolation("income.disputed_range", f"有异议的金额应大于 0，不多于催缴的 {money.show(row.claimed_fen)}。")
    if not words.strip():
        raise RuleViolation("income.no_reason", "请写明单位的异议内容。")
    changes = {"disputed_fen": disputed_fen, "disputed_words": words.strip()[:200]}
    return flows.DEMAND.advance(row, DemandState.DISPUTED, actor=actor, org_path=row.union.path, changes=changes, disputed=disputed_fen)


def order_slip(demand: Demand, on: date, *, no_reason: bool = True) -> Decision:
    """May the union ask the court for a payment order? Source: policy finance.payment_order; SPC-3, -4, -7."""
    claimed = owed_now(demand)
    facts = {
        "claimed_fen": policy.Fact(claimed, source="申报与收款", record=f"demand:{demand.pk}", as_of=on),
        "disputed_fen": policy.Fact(min(demand.disputed_fen, claimed), source="单位异议", record=f"demand:{demand.pk}"),
        "no_reason": policy.Fact(no_reason, source="经办人认定"),
        "demanded": policy.Fact(on > demand.deadline_on, source="催缴通知书期限", record=demand.label),
        "due_on": policy.Fact(demand.due_on, source="应缴日期"),
    }
    return law.ask("finance.payment_order", demand.union, on, facts)


@transaction.atomic
def order_apply(*, actor: Actor, demand: Demand, court: str, no_reason: bool = True, reason: str = "") -> Demand:
    """Apply for a payment order over the undisputed part (申请支付令).

    Raises: NotPermitted; RuleViolation income.order_nothing, income.order_not_ready, income.no_court; Conflict.
    Source: policy finance.payment_order.
    """
    actor.require(Perm.DEMAND_EDIT, demand.union)
    row = _open(demand)
    slip = order_slip(row, clock.today(), no_reason=no_reason)
    undisputed = int(slip.values.get("undisputed") or 0)
    if undisputed <= 0:
        raise RuleViolation("income.order_nothing", "催缴的金额全部有异议或已经缴清，没有可以申请支付令的部分。请与单位协商或提起诉讼。")
    if slip.outcome is not True and not reason.strip():
        raise RuleViolation("income.order_not_ready", f"{slip.verdict}。确需申请的，请写明理由。", missing=list(slip.missing))
    if not court.strip():
        raise RuleViolation("income.no_court", "请填写受理法院，应是单位所在地的基层人民法院。")
    number = policy.store(actor, slip, subject=f"demand:{row.pk}", org_path=row.union.path, perm=str(Perm.LEVY_VIEW))
    changes = {"order_fen": undisputed, "court": court.strip()[:80], "slip": number}
    return flows.DEMAND.advance(
        row, DemandState.APPLIED, actor=actor, org_path=row.union.path, changes=changes, order=undisputed, reason=reason
    )


@transaction.atomic
def demand_move(*, actor: Actor, demand: Demand, to: str, order_no: str = "", order_on: date | None = None, words: str = "") -> Demand:
    """Further steps: the court's order, an upheld objection, enforcement, withdrawal (支付令后续).

    Raises: NotPermitted; RuleViolation income.no_order_no, income.no_reason; Conflict core.wrong_state.
    """
    actor.require(Perm.DEMAND_EDIT, demand.union)
    row = _open(demand)
    changes: dict[str, Any] = {}
    if to == DemandState.ORDERED:
        if not order_no.strip() or order_on is None:
            raise RuleViolation("income.no_order_no", "请填写支付令的案号和日期。")
        changes = {"order_no": order_no.strip()[:60], "order_on": order_on}
    elif not words.strip():
        raise RuleViolation("income.no_reason", "请写明情况，案卷里要留存。")
    if to == DemandState.PAID:
        raise RuleViolation("income.paid_by_money", "缴清由收款自动办结，不用手工登记。")
    if to == DemandState.WITHDRAWN:
        changes = {"closed_on": clock.today()}
    return flows.DEMAND.advance(row, to, actor=actor, org_path=row.union.path, changes=changes, words=words)


# -- waiver of late fees ---------------------------------------------------------------------------------------------


@transaction.atomic
def waiver_ask(*, actor: Actor, demand: Demand, amount_fen: int, reason: str) -> Waiver:
    """Ask that a late fee be given up (申请减免滞纳金). The principal is fixed by law and cannot be waived.

    Raises: NotPermitted; RuleViolation income.waiver_range, income.no_reason; Conflict income.waiver_open.
    """
    actor.require(Perm.DEMAND_EDIT, demand.union)
    row = _open(demand)
    left = row.fee_fen - row.fee_waived_fen - receipts.fee_paid(row)
    if not 0 < amount_fen <= left:
        raise RuleViolation(
            "income.waiver_range", f"可以减免的滞纳金最多 {money.show(max(left, 0))}。拨缴本金由法律规定，不能减免。", left=left
        )
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明减免的理由，审批人要看。")
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(demand=row, amount_fen=amount_fen, reason=reason.strip()[:200], by=actor.ref)
    except IntegrityError as fault:
        raise Conflict("income.waiver_open", "这件催缴已有一份减免在审批。") from fault
    title = f"减免{row.payer.employer.name}滞纳金 {money.show(amount_fen)}"
    approval = approvals.approval_submit(
        actor=actor, kind=WAIVER, subject_id=waiver.pk, title=title, org_path=row.union.path, org_name=row.union.name, note=waiver.reason
    )
    Waiver.objects.filter(pk=waiver.pk).update(approval=approval)
    waiver.approval = approval
    audit.record(actor, "income.waiver.asked", waiver, org_path=row.union.path, amount=amount_fen, reason=reason)
    return waiver


def waiver_approved(actor: Actor, approval: Any) -> None:
    """The approval's word: the fee is given up."""
    waiver = levy.waiver_get(approval.subject_id)
    flows.WAIVER.advance(waiver, CaseState.DONE, actor=actor, org_path=waiver.demand.union.path, amount=waiver.amount_fen)
    Demand.objects.filter(pk=waiver.demand_id).update(fee_waived_fen=F("fee_waived_fen") + waiver.amount_fen)
    waiver.demand.refresh_from_db()
    if waiver.demand.state in OPEN_DEMANDS:
        receipts.close_paid(actor, waiver.demand)


def waiver_refused(actor: Actor, approval: Any) -> None:
    """The approval's word: it stays owed."""
    waiver = levy.waiver_get(approval.subject_id)
    flows.WAIVER.advance(waiver, CaseState.REFUSED, actor=actor, org_path=waiver.demand.union.path)


def waiver_digest(pk: str) -> str:
    """What the approver agrees to."""
    waiver = levy.waiver_get(pk)
    return f"{waiver.demand_id}|{waiver.amount_fen}|{waiver.reason}"
