"""Dues (会费): bases, collection lists, payments, the desk of unmatched money, receipts, reversals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from gonghui.core import audit, bulk, clock, crypto, money
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.income import flows
from gonghui.income.enums import Free, ListState, PaidBy, PaymentState, Perm, ReceiptKind
from gonghui.income.models import DuesBase, DuesItem, DuesList, Payment, Receipt
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import dues as reads
from gonghui.income.selectors import law
from gonghui.income.services import posting, receipts

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE, FIELD = "income.duesbase", "wage"
REASON_LEAST = 4
"""Characters of a reason for opening a wage, as for identity numbers (assurance R1)."""
FREE = {"retained": Free.RETAINED, "suspended": Free.SUSPENDED}


# -- bases -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def bases_set(*, actor: Actor, union: Any, since: date, wages: Mapping[int, int]) -> int:
    """Monthly basic wages of members, person -> fen (登记会费基数): sealed; the dues follow from the rule.

    Raises: NotPermitted; RuleViolation income.not_members, income.no_amount.
    Source: policy members.dues.
    """
    actor.require(Perm.DUES_EDIT, union)
    if any(w <= 0 for w in wages.values()):
        raise RuleViolation("income.no_amount", "月基本工资应大于 0。")
    here = set(reads.register(union, max(since, clock.today())).values_list("person_id", flat=True))
    here |= set(reads.register(union, since).values_list("person_id", flat=True))
    if strangers := set(wages) - here:
        raise RuleViolation(
            "income.not_members", f"有 {len(strangers)} 人不是{union.name}的会员，请先办理入会或转会。", count=len(strangers)
        )
    DuesBase.objects.filter(person__in=wages, until=None, since__gte=since).delete()
    DuesBase.objects.filter(person__in=wages, until=None).update(until=since)
    ids = bulk.reserve_ids(DuesBase, len(wages))
    seal, known = crypto.sealer(TABLE, FIELD), dict[int, tuple[int, str]]()
    rows = []
    for pk, (person, wage) in zip(ids, wages.items(), strict=True):
        if wage not in known:
            known[wage] = law.dues(union, since, wage)
        due, cited = known[wage]
        rows.append(
            DuesBase(
                id=pk, person_id=person, union=union, wage_sealed=seal(pk, str(wage)), due_fen=due, rule=cited, since=since, by=actor.ref
            )
        )
    DuesBase.objects.bulk_create(rows)
    audit.record(actor, "income.bases.set", org_path=union.path, union=union.pk, count=len(rows), since=since)
    return len(rows)


@transaction.atomic
def wage_reveal(*, actor: Actor, base: DuesBase, reason: str) -> int:
    """Open a member's wage, with a reason that stays in the log (查看工资).

    Raises: NotPermitted; RuleViolation income.no_reason.
    """
    actor.require(Perm.WAGE_REVEAL, base.union)
    if len(reason.strip()) < REASON_LEAST:
        raise RuleViolation("income.no_reason", f"请写明查看工资的用途，至少 {REASON_LEAST} 个字。")
    wage = int(crypto.unseal(TABLE, FIELD, base.pk, base.wage_sealed))
    audit.record(actor, "income.wage.revealed", base, org_path=base.union.path, person=base.person_id, reason=reason.strip())
    return wage


# -- lists -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def list_make(*, actor: Actor, union: Any, period: Period) -> DuesList:
    """Who owes what, from the memberships in force on the period's last day (生成收缴单). Retained members owe nothing.

    Raises: NotPermitted; RuleViolation income.too_early, income.nobody; Conflict income.list_made.
    Source: policy income.dues_due_day, members.dues, members.retained.
    """
    actor.require(Perm.DUES_EDIT, union)
    if period.since > clock.today():
        raise RuleViolation("income.too_early", f"{period.label}还没有开始。")
    day = period.last_month.replace(day=law.number("income.dues_due_day", union, period.since))
    try:
        with transaction.atomic():
            row = DuesList.objects.create(
                union=union, since=period.since, months=period.months, due_on=day, by=actor.ref, made_at=clock.now()
            )
    except IntegrityError as fault:
        raise Conflict("income.list_made", f"{period.label}的收缴单已经生成。") from fault
    items = _items(row, union, period)
    if not items:
        raise RuleViolation("income.nobody", f"{union.name}在{period.label}没有会员。")
    DuesItem.objects.bulk_create(items, batch_size=1000)
    audit.record(
        actor, "income.dues_list.made", row, org_path=union.path, since=period.since, people=len(items), due=sum(i.due_fen for i in items)
    )
    return row


def _items(row: DuesList, union: Any, period: Period) -> list[DuesItem]:
    spells = list(reads.register(union, min(period.last, clock.today())))
    held = defaultdict[int, list[DuesBase]](list)
    for base in DuesBase.objects.filter(person__in=[s.person_id for s in spells], union=union).order_by("since"):
        held[base.person_id].append(base)
    found = []
    for spell in spells:
        free = FREE.get(spell.standing, Free.NONE)
        due, based = reads.due_of(held[spell.person_id], spell.since, period)
        if free or not based:
            due, free = 0, free or Free.NO_BASE
        found.append(
            DuesItem(listing=row, person_id=spell.person_id, standing=spell.standing, joined_on=spell.since, due_fen=due, free=free)
        )
    return found


@transaction.atomic
def list_close(*, actor: Actor, listing: DuesList) -> DuesList:
    """Nothing more is expected (结清收缴单). Raises: NotPermitted; RuleViolation income.desk_open; Conflict."""
    actor.require(Perm.DUES_EDIT, listing.union)
    waiting = listing.payments.filter(state=PaymentState.UNMATCHED).count()
    if waiting:
        raise RuleViolation("income.desk_open", f"还有 {waiting} 笔到账没有认领，请先认领或退回。")
    return flows.LISTING.advance(listing, ListState.CLOSED, actor=actor, org_path=listing.union.path)


# -- money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrived:
    """One row of money, matched or not (到账)."""

    amount_fen: int
    person: int | None
    matched_by: str
    name: str = ""
    id_mask: str = ""
    phone_mask: str = ""
    row_no: int | None = None


@transaction.atomic
def payments_post(
    *, actor: Actor, listing: DuesList, on: date, rows: Iterable[Arrived], how: str = PaidBy.PAYROLL, batch: int | None = None
) -> list[Payment]:
    """Book money on a list (登记会费到账): matched rows to their member, the others to the desk.

    Raises: NotPermitted; RuleViolation income.future, income.no_amount; Conflict income.list_closed, income.rows_twice.
    """
    actor.require(Perm.DUES_EDIT, listing.union)
    row = DuesList.objects.select_for_update(of=("self",)).select_related("union").get(pk=listing.pk)
    if row.state != ListState.OPEN:
        raise Conflict("income.list_closed", "这张收缴单已经结清。要补登，请先重新打开。")
    if on > clock.today():
        raise RuleViolation("income.future", f"到账日期 {on} 还没有到，请核对。")
    data = list(rows)
    if any(r.amount_fen <= 0 for r in data):
        raise RuleViolation("income.no_amount", "到账金额应大于 0。")
    made = [
        Payment(
            listing=row, union=row.union, person_id=r.person, on=on, amount_fen=r.amount_fen, how=how, name=r.name[:60], id_mask=r.id_mask,
            state=PaymentState.MATCHED if r.person else PaymentState.UNMATCHED, matched_by=r.matched_by, phone_mask=r.phone_mask, batch=batch,
            row_no=r.row_no, by=actor.ref, at=clock.now(),
        )
        for r in data
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Payment.objects.bulk_create(made, batch_size=1000)
    except IntegrityError as fault:
        raise Conflict("income.rows_twice", "这批数据已经登记过。") from fault
    _add(row, made)
    audit.record(
        actor, "income.dues.arrived", row, org_path=row.union.path, rows=len(made), waiting=sum(p.person_id is None for p in made),
        amount=sum(p.amount_fen for p in made), batch=batch,
    )  # fmt: skip
    return made


def _add(listing: DuesList, made: Iterable[Payment], sign: int = 1) -> None:
    """Add money to the members' items; someone who is not on the list gets a line without dues."""
    by_person = defaultdict[int, int](int)
    for p in made:
        if p.person_id is not None:
            by_person[p.person_id] += sign * p.amount_fen
    items = {i.person_id: i for i in DuesItem.objects.filter(listing=listing, person__in=by_person)}
    for person, fen in by_person.items():
        if person in items:
            items[person].paid_fen += fen
        else:
            DuesItem.objects.create(
                listing=listing, person_id=person, standing="", joined_on=listing.since, due_fen=0, paid_fen=fen, free=Free.NO_BASE
            )
    DuesItem.objects.bulk_update(items.values(), ["paid_fen"], batch_size=500)


@transaction.atomic
def payment_claim(*, actor: Actor, payment: Payment, item: DuesItem) -> Payment:
    """A person says whose money it is (认领). Raises: NotPermitted; Conflict; RuleViolation income.other_list."""
    actor.require(Perm.DUES_EDIT, payment.union)
    if item.listing_id != payment.listing_id:
        raise RuleViolation("income.other_list", "要认领到同一张收缴单上的会员。")
    row = Payment.objects.select_for_update(of=("self",)).select_related("listing", "union").get(pk=payment.pk)
    changes = {"person_id": item.person_id, "matched_by": "hand"}
    flows.PAYMENT.advance(row, PaymentState.MATCHED, actor=actor, org_path=row.union.path, changes=changes, person=item.person_id)
    _add(row.listing, [row])
    return row


@transaction.atomic
def payment_return(*, actor: Actor, payment: Payment, reason: str) -> Payment:
    """Nobody's money goes back where it came from (退回). Raises: NotPermitted; RuleViolation income.no_reason, income.receipted; Conflict."""
    actor.require(Perm.DUES_EDIT, payment.union)
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明退回的原因。")
    row = Payment.objects.select_for_update(of=("self",)).select_related("union").get(pk=payment.pk)
    if row.receipt_id is not None:
        raise RuleViolation("income.receipted", "这笔到账已开收据，请先冲销收据。")
    return flows.PAYMENT.advance(
        row, PaymentState.RETURNED, actor=actor, org_path=row.union.path, changes={"reason": reason.strip()[:200]}, amount=row.amount_fen
    )


@transaction.atomic
def payment_reverse(*, actor: Actor, payment: Payment, reason: str) -> Payment:
    """Correct or refund a payment by an equal negative one (冲正、退会费). Raises: NotPermitted; RuleViolation income.no_reason; Conflict."""
    actor.require(Perm.DUES_EDIT, payment.union)
    if not reason.strip():
        raise RuleViolation("income.no_reason", "请写明冲正的原因。")
    row = Payment.objects.select_for_update(of=("self",)).select_related("listing", "union").get(pk=payment.pk)
    if row.state != PaymentState.MATCHED:
        raise Conflict("income.not_matched", "只有已认领的到账可以冲正；待认领的请退回。")
    if row.reverses_id is not None or Payment.objects.filter(reverses=row).exists():
        raise Conflict("income.reversed", "这笔到账已经冲正过，或本身就是冲正。")
    red = Payment.objects.create(
        listing=row.listing, union=row.union, person_id=row.person_id, on=clock.today(), amount_fen=-row.amount_fen, how=row.how, matched_by="hand",
        name=row.name, reverses=row, reason=reason.strip()[:200], by=actor.ref, at=clock.now(),
    )  # fmt: skip
    _add(row.listing, [red])
    audit.record(actor, "income.dues.reversed", red, org_path=row.union.path, reverses=row.pk, amount=red.amount_fen, reason=reason)
    return red


@transaction.atomic
def dues_receipt(*, actor: Actor, listing: DuesList, book: bool = True) -> Receipt:
    """One receipt for all money of a list that has none yet (开会费收据), corrections netted. Raises: NotPermitted; RuleViolation income.no_amount."""
    actor.require(Perm.DUES_EDIT, listing.union)
    row = DuesList.objects.select_for_update(of=("self",)).select_related("union").get(pk=listing.pk)
    waiting = Payment.objects.filter(listing=row, receipt=None).exclude(state=PaymentState.RETURNED)
    total = waiting.aggregate(n=Sum("amount_fen"))["n"] or 0
    if total <= 0:
        raise RuleViolation("income.no_amount", f"没有要开收据的会费（未开收据的合计 {money.show(total)}）。")
    last = max(waiting.values_list("on", flat=True))
    period = Period(row.since, row.months)
    receipt = receipts.write(actor, row.union, ReceiptKind.DUES, total, last, f"{row.union.name}会员（{period.label}）", listing=row)
    waiting.update(receipt=receipt)
    posting.post(actor, receipt if book else None, "dues_received", words=f"收{period.label}会员会费")
    audit.record(actor, "income.receipt.dues", receipt, org_path=row.union.path, number=receipt.label, amount=total, listing=row.pk)
    return receipt
