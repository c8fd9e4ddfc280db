"""Money in: receipts with their shares, reversals, what goes up (收款、分成、冲销、上解)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.core import audit, clock, money
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.income import flows
from gonghui.income.enums import OPEN_DEMANDS, DeclarationState, DemandState, LevyKind, Perm, ReceiptKind
from gonghui.income.models import Declaration, Demand, Receipt, Remittance, Share
from gonghui.income.rules import shares as rules
from gonghui.income.selectors import law, levy
from gonghui.income.services import numbers, posting

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def receipt_take(
    *, actor: Actor, declaration: Declaration, amount_fen: int, on: date, reference: str = "", channel: str = "", book: bool = True
) -> Receipt:
    """Money for a declared period arrived (收款开票): numbered receipt, shares of the levels to the fen, voucher draft.

    Args: book False when the accountant has booked this money by hand already, so that it is not booked twice.
    Raises: NotPermitted; RuleViolation income.over_paid, income.no_amount, income.future; Conflict income.not_open, income.reference_twice.
    Source: policy finance.levy_split, income.levy_middle.
    """
    actor.require(Perm.LEVY_EDIT, declaration.union)
    row = Declaration.objects.select_for_update().select_related("union", "payer__employer").get(pk=declaration.pk)
    if row.state != DeclarationState.DECLARED:
        raise Conflict("income.not_open", f"这一期现在是“{row.get_state_display()}”，不能收款。请刷新后查看。", state=row.state)
    _amount(amount_fen, on)
    if amount_fen > row.owed_fen:
        raise RuleViolation(
            "income.over_paid", f"这一期还欠 {money.show(row.owed_fen)}，收款 {money.show(amount_fen)} 多了。多出的请记到别的期，或退回单位。",
            owed=row.owed_fen, amount=amount_fen,
        )  # fmt: skip
    kind = ReceiptKind.PREPARATION if row.kind == LevyKind.PREPARATION else ReceiptKind.LEVY
    receipt = write(
        actor, row.union, kind, amount_fen, on, row.payer.employer.name, reference=reference, channel=channel or row.payer.channel, declaration=row
    )  # fmt: skip
    parts = _share(receipt, row.union) if kind == ReceiptKind.LEVY else {}
    _settle(actor, row, amount_fen, on)
    others = sum(fen for level, fen in parts.items() if level != levy.own_level(row.union))
    event = "levy_received" if kind == ReceiptKind.LEVY else "preparation_held"
    posting.post(
        actor,
        receipt if book else None,
        event,
        words=f"收{row.payer.employer.name}{receipt.get_kind_display()}",
        facts={"part": others} if others else {},
    )
    audit.record(
        actor, "income.receipt.taken", receipt, org_path=row.union.path, number=receipt.label, amount=amount_fen, declaration=row.pk
    )
    return receipt


def _amount(amount_fen: int, on: date) -> None:
    if amount_fen <= 0:
        raise RuleViolation("income.no_amount", "收款金额应大于 0。")
    if on > clock.today():
        raise RuleViolation("income.future", f"收款日期 {on} 还没有到，请核对。")


def write(actor: Actor, union: Any, kind: str, amount_fen: int, on: date, name: str, **more: Any) -> Receipt:
    try:
        with transaction.atomic():
            return Receipt.objects.create(
                union=union, year=on.year, number=numbers.take(union, "receipt", on.year), kind=kind, payer_name=name[:120], on=on,
                amount_fen=amount_fen, by=actor.ref, at=clock.now(), **more,
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("income.reference_twice", f"银行流水号 {more.get('reference')} 已经登记过，一笔到账只能开一次收据。") from fault


def _share(receipt: Receipt, union: Any) -> dict[str, int]:
    """The levels' parts (分成), frozen with their source."""
    keep, top, middle, cited = law.split(union, receipt.on, receipt.amount_fen)
    parts = rules.shares(receipt.amount_fen, keep, top, middle)
    Share.objects.bulk_create(
        Share(receipt=receipt, level=level, amount_fen=fen, source=cited[:200]) for level, fen in parts.items() if fen
    )
    return {str(level): fen for level, fen in parts.items()}


def _settle(actor: Actor, row: Declaration, amount_fen: int, on: date) -> None:
    """Add the money to the period; the last fen closes it, and the demand whose periods are all paid."""
    Declaration.objects.filter(pk=row.pk).update(paid_fen=F("paid_fen") + amount_fen)
    row.paid_fen += amount_fen
    if row.paid_fen == row.levy_fen and row.state == DeclarationState.DECLARED:
        flows.DECLARATION.advance(row, DeclarationState.PAID, actor=actor, org_path=row.union.path, changes={"paid_on": on})
        for demand in Demand.objects.filter(lines__declaration=row, state__in=OPEN_DEMANDS).select_related("union"):
            close_paid(actor, demand)


def close_paid(actor: Actor, demand: Demand) -> None:
    """Close a demand when nothing of it is owed any more, late fee included."""
    owed = sum(line.declaration.owed_fen for line in demand.lines.select_related("declaration"))
    fee = demand.fee_fen - demand.fee_waived_fen - fee_paid(demand)
    if owed == 0 and fee <= 0:
        flows.DEMAND.advance(demand, DemandState.PAID, actor=actor, org_path=demand.union.path, changes={"closed_on": clock.today()})


def fee_paid(demand: Demand) -> int:
    """Late fee received on a demand, reversals netted."""
    return sum(r.amount_fen for r in demand.receipts.all())


@transaction.atomic
def fee_take(*, actor: Actor, demand: Demand, amount_fen: int, on: date, reference: str = "") -> Receipt:
    """A late fee arrived (收滞纳金): never more than the rule gives less what was waived.

    Raises: NotPermitted; RuleViolation income.over_paid, income.no_amount, income.future; Conflict income.reference_twice.
    """
    actor.require(Perm.LEVY_EDIT, demand.union)
    row = Demand.objects.select_for_update().select_related("union", "payer__employer").get(pk=demand.pk)
    _amount(amount_fen, on)
    left = row.fee_fen - row.fee_waived_fen - fee_paid(row)
    if amount_fen > left:
        raise RuleViolation("income.over_paid", f"滞纳金还应收 {money.show(max(left, 0))}，收款 {money.show(amount_fen)} 多了。", owed=left)
    receipt = write(actor, row.union, ReceiptKind.LATE_FEE, amount_fen, on, row.payer.employer.name, reference=reference, demand=row)
    if row.state in OPEN_DEMANDS:
        close_paid(actor, row)
    posting.post(actor, receipt, "other_income", words=f"收{row.payer.employer.name}滞纳金")
    audit.record(actor, "income.receipt.fee", receipt, org_path=row.union.path, number=receipt.label, amount=amount_fen, demand=row.pk)
    return receipt


@transaction.atomic
def receipt_reverse(*, actor: Actor, receipt: Receipt, reason: str) -> Receipt:
    """Take a receipt back (冲销收据): a red one with its own number and the same shares negative; the period is owed again.

    Raises: NotPermitted; RuleViolation income.no_reason, income.refunded; Conflict income.reversed.
    """
    actor.require(Perm.LEVY_EDIT, receipt.union)
    row = Receipt.objects.select_for_update(of=("self",)).select_related("union").get(pk=receipt.pk)
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明为什么冲销。")
    if row.reverses_id is not None or Receipt.objects.filter(reverses=row).exists():
        raise Conflict("income.reversed", f"收据 {row.label} 已经冲销过，或本身就是冲销收据。")
    today = clock.today()
    red = write(
        actor, row.union, row.kind, -row.amount_fen, today, row.payer_name, declaration_id=row.declaration_id, demand_id=row.demand_id,
        listing_id=row.listing_id, channel=row.channel, reverses=row, reason=reason[:200],
    )  # fmt: skip
    held = {s.level: s.amount_fen for s in row.shares.all()}
    Share.objects.bulk_create(
        Share(receipt=red, level=level, amount_fen=fen, source=f"冲销 {row.label}") for level, fen in rules.reversed_shares(held).items()
    )
    if row.declaration_id is not None:
        _reopen(actor, row)
    posting.reverse(actor, row)
    audit.record(actor, "income.receipt.reversed", red, org_path=row.union.path, number=red.label, reverses=row.label, reason=reason)
    return red


def _reopen(actor: Actor, row: Receipt) -> None:
    owed = Declaration.objects.select_for_update(of=("self",)).select_related("union").get(receipts=row)
    Declaration.objects.filter(pk=owed.pk).update(paid_fen=F("paid_fen") - row.amount_fen)
    if owed.state == DeclarationState.PAID:
        flows.DECLARATION.advance(owed, DeclarationState.DECLARED, actor=actor, org_path=owed.union.path, changes={"paid_on": None})


@transaction.atomic
def receipts_take(*, actor: Actor, union: Any, rows: Sequence[tuple[Declaration, int, date]]) -> list[Receipt]:
    """Money of many payers from one transfer of the tax bureau or the treasury (批量收款). All or none.

    Raises: NotPermitted; RuleViolation income.over_paid; Conflict income.not_open.
    """
    actor.require(Perm.LEVY_EDIT, union)
    made = []
    for declaration, amount_fen, on in rows:
        actor.require(Perm.LEVY_EDIT, declaration.union)
        if declaration.state != DeclarationState.DECLARED or amount_fen > declaration.owed_fen:
            raise Conflict("income.not_open", "名单里有已缴清或金额超过应缴的单位，请刷新后重试。")
        receipt = write(actor, declaration.union, ReceiptKind.LEVY, amount_fen, on, declaration.payer.employer.name, declaration=declaration,
                         channel=declaration.payer.channel)  # fmt: skip
        _share(receipt, declaration.union)
        full = amount_fen == declaration.owed_fen
        changes = {"paid_fen": declaration.paid_fen + amount_fen, **({"state": DeclarationState.PAID, "paid_on": on} if full else {})}
        if not Declaration.objects.filter(pk=declaration.pk, paid_fen=declaration.paid_fen, state=DeclarationState.DECLARED).update(
            **changes
        ):
            raise Conflict("income.not_open", "名单里有刚刚收过款的单位，请刷新后重试。")
        made.append(receipt)
    audit.record(actor, "income.receipts.taken", org_path=union.path, count=len(made), amount=sum(r.amount_fen for r in made))
    return made


@transaction.atomic
def remit(*, actor: Actor, union: Any, amount_fen: int, on: date, reference: str = "", book: bool = True) -> Remittance:
    """Send the upper levels' part up (上解): never more than is held for them.

    Raises: NotPermitted; RuleViolation income.no_amount, income.future, income.over_held, income.no_upper.
    """
    actor.require(Perm.LEVY_EDIT, union)
    _amount(amount_fen, on)
    if union.parent is None:
        raise RuleViolation("income.no_upper", "最上级工会没有上解对象。")
    numbers.hold(union, "remit")
    left = levy.to_send(union)
    if amount_fen > left:
        raise RuleViolation("income.over_held", f"待上解 {money.show(left)}，不能上解 {money.show(amount_fen)}。", left=left)
    row = Remittance.objects.create(union=union, upper=union.parent, on=on, amount_fen=amount_fen, reference=reference, by=actor.ref)
    posting.post(actor, row if book else None, "levy_to_upper", words=f"向{union.parent.name}上解经费")
    audit.record(actor, "income.remittance.sent", row, org_path=union.path, amount=amount_fen, upper=union.parent.pk)
    return row


@transaction.atomic
def remit_reverse(*, actor: Actor, remittance: Remittance, reason: str) -> Remittance:
    """Take a remittance back (冲销上解). Raises: NotPermitted; RuleViolation income.no_reason; Conflict income.reversed."""
    actor.require(Perm.LEVY_EDIT, remittance.union)
    row = Remittance.objects.select_for_update(of=("self",)).select_related("union", "upper").get(pk=remittance.pk)
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明为什么冲销。")
    if row.reverses_id is not None or Remittance.objects.filter(reverses=row).exists():
        raise Conflict("income.reversed", "这笔上解已经冲销过，或本身就是冲销。")
    red = Remittance.objects.create(
        union=row.union, upper=row.upper, on=clock.today(), amount_fen=-row.amount_fen, reference=row.reference, reverses=row, by=actor.ref
    )
    posting.reverse(actor, row)
    audit.record(actor, "income.remittance.reversed", red, org_path=row.union.path, reverses=row.pk, reason=reason)
    return red
