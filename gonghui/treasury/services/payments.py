"""Payments are asked for, approved, cancelled, paid by hand (付款办理). Source: AID-01…AID-04, R149; S215."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from gonghui.approvals import services as approvals
from gonghui.approvals.kinds import Level
from gonghui.core import audit, bulk, clock, crypto, mask, money
from gonghui.core.errors import BadInput, Conflict, NotPermitted, RuleViolation
from gonghui.orgs.selectors import law
from gonghui.treasury import flows
from gonghui.treasury.enums import Method, PaymentKind, PaymentState, Perm, Purpose
from gonghui.treasury.models import Payment
from gonghui.treasury.rules import digests
from gonghui.treasury.rules.duties import Hands, facts
from gonghui.treasury.selectors import splits
from gonghui.treasury.services import grounds
from gonghui.treasury.services.budgets import committee
from gonghui.treasury.services.common import hands_of, keep, lock, me, refuse, require_own, spoke_for

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.approvals.models import Approval
    from gonghui.policy.services import Decision

KIND = "treasury.payment"
TABLE, FIELD = "treasury.payment", "account_sealed"


def account_of(payment: Payment) -> str:
    """The payee's full account number; only files to the bank carry it."""
    return crypto.unseal(TABLE, FIELD, payment.pk, payment.account_sealed) if payment.account_sealed else ""


# -- the request -----------------------------------------------------------------------------------------------------


@transaction.atomic
def payment_request(
    *,
    actor: Actor,
    union: Any,
    payee: str,
    amount_fen: int,
    words: str,
    method: str = Method.TRANSFER,
    kind: str = PaymentKind.OTHER,
    purpose: str = Purpose.OTHER,
    account: str = "",
    payee_bank: str = "",
    voucher: Any = None,
    source: str = "",
    note: str = "",
    minutes_no: str = "",
    on: date | None = None,
) -> Payment:
    """Ask for a payment on the ground of a checked voucher or of a plan that holds its budget (提出付款).

    Args: account the payee's number, sealed at once; source `app.model:pk` of the plan.
    Raises: RuleViolation treasury.payment_ground, treasury.payment_over; BadInput treasury.payment_account.
    """
    actor.require(Perm.PAYMENT_EDIT, union)
    lock(union)
    digits = _digits(account, method)
    grounds.ground(union, voucher, source, amount_fen)
    pk = int(bulk.reserve_ids(Payment, 1)[0])
    row = Payment.objects.create(
        pk=pk, union=union, voucher=voucher, source=source[:80], kind=kind, method=method, purpose=purpose, words=words.strip()[:120], payee=payee.strip()[:80],
        payee_bank=payee_bank.strip()[:80], account_sealed=crypto.seal(TABLE, FIELD, pk, digits) if digits else b"", account_mask=mask.card(digits) if digits else "",
        amount_fen=amount_fen, on=on or clock.today(), note=note[:200], minutes_no=minutes_no[:60], maker_id=actor.user_id, maker_person_id=actor.person_id,
        maker_ref=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    audit.record(
        actor,
        "treasury.payment.requested",
        row,
        org_path=union.path,
        amount=amount_fen,
        method=method,
        source=source,
        voucher=getattr(voucher, "pk", None),
    )
    return row


def _digits(account: str, method: str) -> str:
    digits = "".join(c for c in account if c.isdigit())
    if method == Method.CASH:
        return ""
    if method == Method.TRANSFER and not 10 <= len(digits) <= 30:
        raise BadInput("treasury.payment_account", f"银行账号一般 10–30 位数字，这里是 {len(digits)} 位。请核对收款账号。")
    return digits


@transaction.atomic
def payment_edit(*, actor: Actor, payment: Payment, **changes: Any) -> Payment:
    """Change a payment before it is paid (修改付款): an approval already given becomes void (R11), who changes it has made it (AID-02).

    Args: changes any of payee, payee_bank, account, amount_fen, words, method, kind, purpose, note, minutes_no.
    """
    actor.require(Perm.PAYMENT_EDIT, payment.union)
    lock(payment.union)
    row = Payment.objects.select_for_update(of=("self",)).select_related("union", "voucher__book", "approval").get(pk=payment.pk)
    if row.state not in {PaymentState.DRAFT, PaymentState.PENDING, PaymentState.APPROVED}:
        raise Conflict("treasury.payment_fixed", f"现在是“{PaymentState(row.state).label}”，不能修改。")
    account = changes.pop("account", None)
    for name, value in changes.items():
        setattr(row, name, value)
    if account:
        digits = _digits(account, row.method)
        row.account_sealed, row.account_mask = (crypto.seal(TABLE, FIELD, row.pk, digits), mask.card(digits)) if digits else (b"", "")
    if row.method == Method.TRANSFER and not row.account_sealed:
        raise BadInput("treasury.payment_account", "银行转账要填收款账号。")
    grounds.ground(row.union, row.voucher, row.source, row.amount_fen, without=row.pk)
    before = digest(str(row.pk))
    row.save(update_fields=[*changes, "account_sealed", "account_mask"])
    if digest(str(row.pk)) != before:  # a note added does not make him the maker, nor the maker free to check
        Payment.objects.filter(pk=row.pk).update(maker_id=actor.user_id, maker_person_id=actor.person_id, maker_ref=actor.ref)
    approvals.content_changed(actor=actor, kind=KIND, subject_id=row.pk)
    row.refresh_from_db()
    audit.record(
        actor, "treasury.payment.edited", row, org_path=row.union.path, fields=sorted([*changes, *(["account"] if account else [])])
    )
    return row


# -- the rules ---------------------------------------------------------------------------------------------------------


def related_cash(payment: Payment) -> int:
    """Cash that belongs to this payment, itself included: same payee, same purpose, same plan (相关现金付款).

    Source: policy treasury.split_days, treasury.split_ties.
    """
    return payment.amount_fen + sum(row.amount_fen for row, _tie in splits.related(payment))


def cash(payment: Payment) -> Decision:
    """May it be paid in cash (现金限额和拆分)? Source: policy finance.cash_limit."""
    related = related_cash(payment)
    given: dict[str, Any] = {"amount_fen": payment.amount_fen, "purpose": payment.purpose}
    if related > payment.amount_fen:
        given["related_fen"] = related
    return law.decide("finance.cash_limit", payment.union, payment.on, given)


def authority(payment: Payment) -> Decision:
    """By whom must it be approved (审批权限)? Source: policy treasury.payment_approval."""
    return law.decide("treasury.payment_approval", payment.union, payment.on, {"amount_fen": payment.amount_fen, "kind": payment.kind})


# -- approval ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def payment_submit(*, actor: Actor, payment: Payment) -> Payment:
    """Hand a payment in (送审).

    Raises: RuleViolation treasury.cash, treasury.cash_reason, treasury.minutes.
    """
    actor.require(Perm.PAYMENT_EDIT, payment.union)
    lock(payment.union)
    row = Payment.objects.select_for_update(of=("self",)).select_related("union", "approval").get(pk=payment.pk)
    changes: dict[str, Any] = {}
    if row.method == Method.CASH:
        changes["cash_slip"] = _cash_gate(actor, row)
    decision = authority(row)
    if decision.values.get("minutes") and not row.minutes_no and len(row.note.strip()) < 5:
        raise RuleViolation(
            "treasury.minutes", f"{money.show(row.amount_fen)} 按本级的金额线要集体研究，请填会议纪要文号；没有的在说明里写清缘由。"
        )
    changes["approval_slip"] = keep(actor, decision, row.union, f"payment:{row.pk}")
    Payment.objects.filter(pk=row.pk).update(**changes)
    title = f"付款 {money.show(row.amount_fen)}：{row.words}（{row.payee}）"
    if row.approval is not None and row.approval.state in {"returned", "withdrawn", "voided"} and row.approval.maker_ref == actor.ref:
        paper = approvals.approval_resubmit(actor=actor, approval=row.approval)
    else:
        paper = approvals.approval_submit(
            actor=actor, kind=KIND, subject_id=row.pk, title=title, org_path=row.union.path, org_name=row.union.name
        )
    return flows.PAYMENT.advance(
        row, PaymentState.PENDING, actor=actor, org_path=row.union.path, changes={"approval_id": paper.pk, **changes}
    )


def _cash_gate(actor: Actor, row: Payment) -> str:
    decision = cash(row)
    number = keep(actor, decision, row.union, f"payment:{row.pk}")
    refuse(decision, "treasury.cash", "请改用转账、支票或汇款", number)
    if decision.outcome is not True and len(row.note.strip()) < 5:
        raise RuleViolation(
            "treasury.cash_reason",
            f"{decision.verdict}。同一收款人、同一事由或同一计划的现金合计 {money.show(related_cash(row))}，确需分开付的请在说明里写清缘由。",
            decision=number,
        )
    return number


def levels(subject_id: str) -> list[Level]:
    """The union's own chair or head, and for large sums the union above (审批环节). Source: policy treasury.payment_approval."""
    row = Payment.objects.select_related("union", "union__parent").get(pk=subject_id)
    found = [Level("工会主席审批" if committee(row.union) == "chair" else "工会负责人审批", row.union.path, role=committee(row.union))]
    if row.union.parent is not None and authority(row).values.get("upper"):
        found.append(Level("上一级工会审批", row.union.parent.path, perm=Perm.PAYMENT_CHECK))
    return found


def digest(subject_id: str) -> str:
    """What the approver signs: payee, account, amount, purpose, ground and the rule it was weighed by (R10)."""
    row = Payment.objects.get(pk=subject_id)
    account = crypto.blind("treasury.payment.account", account_of(row)).hex()
    return digests.payment(
        [
            row.union_id,
            row.payee,
            row.payee_bank,
            account,
            row.amount_fen,
            row.method,
            row.purpose,
            row.kind,
            row.words,
            row.voucher_id,
            row.source,
            row.approval_slip,
        ]
    )


def on_approved(actor: Actor, approval: Approval) -> None:
    """Approved: the digest is fixed (审批通过)."""
    row = Payment.objects.select_for_update(of=("self",)).select_related("union", "voucher").get(pk=approval.subject_id)
    own = approval.steps.filter(round=approval.round).order_by("level").first()
    if own is None or not spoke_for(actor, row.union, own):
        raise NotPermitted("treasury.own_chain", f"{row.union.name}的付款由本工会自己的负责人审批，上级不能代批。")
    apart(actor, row, maker=makers(row), checker=checkers(row, approval), payer=Hands())
    flows.PAYMENT.advance(row, PaymentState.APPROVED, actor=actor, org_path=row.union.path, changes={"digest": approval.digest})


def on_back(actor: Actor, approval: Approval) -> None:
    """Returned, withdrawn, voided: back to its maker; it leaves a batch that is not approved yet."""
    row = Payment.objects.select_related("union").get(pk=approval.subject_id)
    if row.state in {PaymentState.PENDING, PaymentState.APPROVED, PaymentState.BATCHED}:
        flows.PAYMENT.advance(row, PaymentState.DRAFT, actor=actor, org_path=row.union.path, changes={"digest": ""})


def on_refused(actor: Actor, approval: Approval) -> None:
    """Refused for good."""
    row = Payment.objects.select_related("union").get(pk=approval.subject_id)
    if row.state == PaymentState.PENDING:
        flows.PAYMENT.advance(row, PaymentState.CANCELLED, actor=actor, org_path=row.union.path)


HANDLER = approvals.Handler(
    label="付款",
    url=lambda pk: reverse("treasury:payment", args=[pk]),
    levels=levels,
    digest=digest,
    on_approved=on_approved,
    on_refused=on_refused,
    on_returned=on_back,
    on_withdrawn=on_back,
    on_voided=on_back,
)


@transaction.atomic
def payment_cancel(*, actor: Actor, payment: Payment, reason: str) -> Payment:
    """Give a payment up before it goes out (取消付款)."""
    actor.require(Perm.PAYMENT_EDIT, payment.union)
    row = Payment.objects.select_for_update(of=("self",)).select_related("union").get(pk=payment.pk)
    if not reason.strip():
        raise RuleViolation("treasury.cancel_reason", "请写明取消的原因。")
    if row.state == PaymentState.PENDING:
        raise Conflict("treasury.payment_pending", "这笔付款在审批中，请先在审批里撤回，再取消。")
    return flows.PAYMENT.advance(row, PaymentState.CANCELLED, actor=actor, org_path=row.union.path, reason=reason[:200])


@transaction.atomic
def payment_again(*, actor: Actor, payment: Payment, account: str = "", payee_bank: str = "") -> Payment:
    """A payment the bank sent back is asked for anew, as another payment (退回后重新申请). Never for an unknown outcome (AID-04).

    Raises: Conflict treasury.not_failed.
    """
    actor.require(Perm.PAYMENT_EDIT, payment.union)
    lock(payment.union)
    row = Payment.objects.select_for_update(of=("self",)).select_related("union", "voucher__book").get(pk=payment.pk)
    if row.state != PaymentState.FAILED:
        raise Conflict(
            "treasury.not_failed", f"现在是“{PaymentState(row.state).label}”。只有银行明确退回的才能重新申请；结果不明的先向银行查清。"
        )
    if Payment.objects.filter(replaces=row).exists():
        raise Conflict("treasury.again_once", "这笔退回的付款已经重新申请过。")
    made = payment_request(
        actor=actor, union=row.union, payee=row.payee, amount_fen=row.amount_fen, words=row.words, method=row.method, kind=row.kind, purpose=row.purpose,
        account=account or account_of(row), payee_bank=payee_bank or row.payee_bank, voucher=row.voucher, source=row.source, note=f"银行退回后重新申请（原付款 {row.pk}）",
        minutes_no=row.minutes_no,
    )  # fmt: skip
    Payment.objects.filter(pk=made.pk).update(replaces=row)
    made.replaces = row
    return made


# -- three duties apart ----------------------------------------------------------------------------------------------


def makers(row: Payment) -> Hands:
    """Who made it: the payment as it stands, its voucher, and who handed it in."""
    people = [(row.maker_id, row.maker_person_id)]
    if row.approval is not None:
        people.append((row.approval.maker_id, row.approval.maker_person_id))
    if row.voucher is not None:
        people.append((row.voucher.maker_id, row.voucher.maker_person_id))
    return hands_of(people)


def checkers(row: Payment, approval: Approval | None = None) -> Hands:
    """Who checked it: all who decided, those for whom they decided, and who checked the voucher."""
    people: list[tuple[int | None, int | None]] = []
    paper = approval or row.approval
    if paper is not None:
        for step in paper.steps.filter(round=paper.round).exclude(decision=""):
            people += [(step.decided_by_id, step.decided_person_id), (step.on_behalf_of_id, None)]
    if row.voucher is not None:
        people += [(row.voucher.checker_id, row.voucher.checker_person_id), (row.voucher.checker_for, None)]
    return hands_of(people)


def apart(actor: Actor, row: Payment, *, maker: Hands, checker: Hands, payer: Hands) -> None:
    """Refuse when one person holds two duties. Source: policy finance.three_duties; AID-02."""
    given = facts(maker, checker, payer)
    decision = law.decide("finance.three_duties", row.union, clock.today(), given)
    refuse(decision, "treasury.three_duties", f"{_who(given)}是同一个人，换账号、受委托也不行")


def _who(given: dict[str, str]) -> str:
    if given["checker"] == given["maker"]:
        return "制单人和审核人"
    return "付款人和制单人" if given["payer"] == given["maker"] else "付款人和审核人"


# -- paid by hand ------------------------------------------------------------------------------------------------------


@transaction.atomic
def payment_pay(*, actor: Actor, payment: Payment, reference: str = "", paid_on: date | None = None) -> Payment:
    """The cashier hands over cash or a cheque (出纳付款). Transfers go by batch.

    Raises: NotPermitted treasury.own_chain; RuleViolation treasury.three_duties, treasury.cash; Conflict approvals.not_valid.
    """
    require_own(actor, payment.union, Perm.PAYMENT_PAY)
    lock(payment.union)
    row = Payment.objects.select_for_update(of=("self",)).select_related("union", "approval", "voucher").get(pk=payment.pk)
    if row.method == Method.TRANSFER:
        raise Conflict("treasury.by_batch", "银行转账要列入付款批，一起发往银行。")
    if row.method != Method.CASH and not reference.strip():
        raise RuleViolation("treasury.reference", "支票、汇款要填票号或回单号。")
    if row.state == PaymentState.APPROVED:
        ready(row)
        apart(actor, row, maker=makers(row), checker=checkers(row), payer=me(actor))
        if row.method == Method.CASH:
            _cash_gate(actor, row)
    changes = {
        "payer_id": actor.user_id, "payer_person_id": actor.person_id, "paid_on": paid_on or clock.today(),
        "note": (f"{row.note} 票号 {reference.strip()}" if reference.strip() else row.note)[:200],
    }  # fmt: skip
    return flows.PAYMENT.advance(row, PaymentState.PAID, actor=actor, org_path=row.union.path, changes=changes, reference=reference)


def ready(row: Payment) -> None:
    """The approval is given and for exactly this content (AID-03), and its ground still stands (AID-01).

    Raises: Conflict approvals.not_valid; RuleViolation treasury.payment_ground, treasury.payment_over.
    """
    if row.approval is None:
        raise Conflict("approvals.not_valid", "这笔付款没有审批，不能付款。")
    approvals.require_valid(row.approval)
    if row.digest != approvals.digest_of(KIND, str(row.pk)):
        raise Conflict("approvals.not_valid", "付款内容在审批后改过，不能付款。请重新送审。")
    grounds.ground(row.union, row.voucher, row.source, row.amount_fen, without=row.pk)
