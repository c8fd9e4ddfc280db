"""Payment batches (付款批): made, approved with a digest, paid after comparing it, answered by the bank. Source: AID-02…AID-04, AID-07."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.approvals import services as approvals
from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.files import services as files
from gonghui.files.export import export_table
from gonghui.files.imports import headers, reading
from gonghui.files.imports.protocol import Column
from gonghui.orgs.selectors import law
from gonghui.treasury import flows
from gonghui.treasury.enums import BatchState, LineState, Method, PaymentState, Perm
from gonghui.treasury.models import BatchAnswer, BatchLine, Payment, PaymentBatch
from gonghui.treasury.rules import banking, digests
from gonghui.treasury.services import payments
from gonghui.treasury.services.common import hands_of, lock, me, require_own

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 500
DONE = (LineState.PAID, LineState.FAILED)


@transaction.atomic
def batch_make(*, actor: Actor, union: Any, account: Any, payments_: Sequence[Payment], format: str = "general") -> PaymentBatch:
    """Put approved transfers together (组成付款批).

    Raises: BadInput treasury.batch_*; Conflict treasury.batch_state for a payment that is not ready.
    """
    actor.require(Perm.PAYMENT_EDIT, union)
    lock(union)
    if format not in banking.formats():
        raise BadInput("treasury.batch_format", "没有这种银行文件格式，请从列表里选。")
    if account.union_id != union.pk or account.until is not None:
        raise BadInput("treasury.batch_account", "请选本工会现在使用的账户。")
    rows = list(
        Payment.objects.select_for_update(of=("self",))
        .select_related("approval")
        .filter(pk__in=[p.pk for p in payments_], union=union)
        .order_by("pk")
    )
    if not 1 <= len(rows) <= MOST:
        raise BadInput("treasury.batch_count", f"一批要有 1 至 {MOST} 笔，现在是 {len(rows)} 笔。")
    for row in rows:
        if row.state != PaymentState.APPROVED or row.method != Method.TRANSFER:
            raise Conflict(
                "treasury.batch_state", f"“{row.words}”现在是“{PaymentState(row.state).label}”，只有审批通过的银行转账能列入付款批。"
            )
        payments.ready(row)
    made = PaymentBatch.objects.create(
        union=union, account=account, number=_number(union), format=format, count=len(rows), total_fen=sum(r.amount_fen for r in rows),
        maker_id=actor.user_id, maker_person_id=actor.person_id, created_at=clock.now(),
    )  # fmt: skip
    BatchLine.objects.bulk_create(BatchLine(batch=made, payment=row, transfer_no=f"{made.number}{n:04d}") for n, row in enumerate(rows, 1))
    for row in rows:
        flows.PAYMENT.advance(row, PaymentState.BATCHED, actor=actor, org_path=union.path, batch=made.number)
    audit.record(actor, "treasury.batch.made", made, org_path=union.path, count=made.count, total=made.total_fen)
    return made


def _number(union: Any) -> str:
    head = f"P{clock.today():%y%m%d}{union.pk:07d}"
    return f"{head}{PaymentBatch.objects.filter(number__startswith=head).count() + 1:02d}"


def digest_of(batch: PaymentBatch) -> str:
    """Digest of the batch from the payments as they stand in the table now."""
    lines = batch.lines.filter(live=True).select_related("payment")
    return digests.batch(
        batch.account_id,
        [(x.transfer_no, x.payment.amount_fen, approvals.digest_of(payments.KIND, str(x.payment_id))) for x in lines],
    )


def _lines(batch: PaymentBatch) -> list[BatchLine]:
    found = batch.lines.filter(live=True).select_related("payment__approval", "payment__voucher", "payment__union")
    return list(found.order_by("transfer_no"))


@transaction.atomic
def batch_approve(*, actor: Actor, batch: PaymentBatch) -> PaymentBatch:
    """Somebody else looks it over; its digest is fixed here (核准付款批). Raises as `payments.apart`."""
    require_own(actor, batch.union, Perm.PAYMENT_CHECK)
    lock(batch.union)
    row = PaymentBatch.objects.select_for_update(of=("self",)).select_related("union").get(pk=batch.pk)
    mine, maker = me(actor), hands_of([(row.maker_id, row.maker_person_id)])
    for line in _lines(row):
        payments.ready(line.payment)
        payments.apart(actor, line.payment, maker=maker | payments.makers(line.payment), checker=mine, payer=hands_of([]))
    changes = {
        "digest": digest_of(row), "checker_id": actor.user_id, "checker_person_id": actor.person_id, "approved_at": clock.now(),
    }  # fmt: skip
    return flows.BATCH.advance(row, BatchState.APPROVED, actor=actor, org_path=row.union.path, changes=changes, digest=changes["digest"])


@transaction.atomic
def batch_drop(*, actor: Actor, batch: PaymentBatch) -> PaymentBatch:
    """Take a batch apart before it goes out (撤销付款批)."""
    actor.require(Perm.PAYMENT_EDIT, batch.union)
    lock(batch.union)
    row = PaymentBatch.objects.select_for_update(of=("self",)).select_related("union").get(pk=batch.pk)
    flows.BATCH.advance(row, BatchState.DROPPED, actor=actor, org_path=row.union.path)
    for line in _lines(row):
        BatchLine.objects.filter(pk=line.pk).update(live=False)
        if line.payment.state == PaymentState.BATCHED:
            flows.PAYMENT.advance(line.payment, PaymentState.APPROVED, actor=actor, org_path=row.union.path)
    return row


@transaction.atomic
def batch_pay(*, actor: Actor, batch: PaymentBatch) -> PaymentBatch:
    """The cashier sends it: content compared with the approval, three people, the file made once (付款).

    Raises: Conflict treasury.digest_changed; RuleViolation treasury.three_duties; NotPermitted treasury.own_chain.
    """
    require_own(actor, batch.union, Perm.PAYMENT_PAY)
    lock(batch.union)
    row = PaymentBatch.objects.select_for_update(of=("self",)).select_related("union", "account").get(pk=batch.pk)
    lines, now = _lines(row), clock.now()
    if row.state == BatchState.APPROVED:
        compare(row, lines)
        maker, checker = hands_of([(row.maker_id, row.maker_person_id)]), hands_of([(row.checker_id, row.checker_person_id)])
        for line in lines:
            payments.apart(
                actor,
                line.payment,
                maker=maker | payments.makers(line.payment),
                checker=checker | payments.checkers(line.payment),
                payer=me(actor),
            )
    changes = {"payer_id": actor.user_id, "payer_person_id": actor.person_id, "sent_at": now, "paid_digest": row.digest}
    flows.BATCH.advance(row, BatchState.SENT, actor=actor, org_path=row.union.path, changes=changes, digest=row.digest)
    for line in lines:
        flows.LINE.advance(line, LineState.SENT, actor=actor, org_path=row.union.path)
        payer = {"payer_id": actor.user_id, "payer_person_id": actor.person_id}
        flows.PAYMENT.advance(line.payment, PaymentState.SENT, actor=actor, org_path=row.union.path, changes=payer)
    name, data = bank_file(actor, row, lines)
    file = files.file_make(
        actor, name=name, data=data, purpose="treasury.batch", org_path=row.union.path, restricted=True, expires_at=now + timedelta(days=30)
    )
    PaymentBatch.objects.filter(pk=row.pk).update(file=file)
    row.file = file
    return row


def compare(row: PaymentBatch, lines: Sequence[BatchLine]) -> None:
    """Every approval still holds and the whole is what was approved (AID-03). Raises Conflict treasury.digest_changed."""
    total = sum(line.payment.amount_fen for line in lines)
    if not row.digest or row.digest != digest_of(row) or (len(lines), total) != (row.count, row.total_fen):
        raise Conflict(
            "treasury.digest_changed", "付款批的内容和核准时不一样，可能被改动过，已停住。请撤销这一批，核对收款人、账号和金额后重新组批。"
        )
    for line in lines:
        payments.ready(line.payment)


def bank_file(actor: Actor, batch: PaymentBatch, lines: Sequence[BatchLine]) -> tuple[str, bytes]:
    """The file in the bank's own format (银行文件)."""
    chosen = banking.formats()[batch.format]
    rows = banking.values(
        chosen,
        [
            {
                "transfer_no": x.transfer_no,
                "payee": x.payment.payee,
                "account": payments.account_of(x.payment),
                "bank": x.payment.payee_bank,
                "amount": money.plain(x.payment.amount_fen),
                "words": x.payment.words,
            }
            for x in lines
        ],
    )
    if chosen.kind == "csv":
        return f"{batch.number}.csv", banking.csv_bytes(chosen, rows)
    return f"{batch.number}.xlsx", export_table(chosen.labels, rows, title=batch.number, actor=actor, marked=False)


# -- the bank's answer -----------------------------------------------------------------------------------------------


@transaction.atomic
def answer_take(*, actor: Actor, batch: PaymentBatch, content: bytes, name: str) -> BatchAnswer:
    """Read a return file (读银行回执). Order does not matter: a settled line stays, whatever comes later.

    Raises: BadInput imports.*, treasury.answer_columns; Conflict treasury.answer_twice.
    """
    actor.require(Perm.PAYMENT_EDIT, batch.union)
    lock(batch.union)
    row = PaymentBatch.objects.select_for_update(of=("self",)).select_related("union").get(pk=batch.pk)
    if row.state not in {BatchState.SENT, BatchState.SETTLED}:
        raise Conflict("treasury.answer_early", "这一批还没有发往银行，读不了回执。")
    sha = hashlib.sha256(content).hexdigest()
    if BatchAnswer.objects.filter(batch=row, sha256=sha).exists():
        raise Conflict("treasury.answer_twice", "这份回执已经读过，没有重复处理。")
    counts: Counter[str] = Counter()
    held = {x.transfer_no: x for x in _lines(row)}
    for said in read_answer(row.format, content):
        line = held.get(said["transfer_no"])
        counts[_apply(actor, row, line, said) if line is not None else "stranger"] += 1
    made = BatchAnswer.objects.create(batch=row, sha256=sha, counts=dict(counts), actor=actor.ref, at=clock.now())
    _settle(actor, row)
    audit.record(actor, "treasury.batch.answered", row, org_path=row.union.path, file=name[:80], counts=dict(counts))
    return made


def read_answer(format: str, content: bytes) -> list[dict[str, str]]:
    """Lines of a return file: transfer_no, outcome (paid, failed, unknown), reference, fault."""
    chosen, table = banking.formats()[format], reading.read(content)
    columns = [Column(name, words[0], tuple(words[1:])) for name, words in chosen.answer.items()]
    found = headers.find(table.frame, columns)
    missing = [c.label for c in columns if c.key in {"transfer_no", "outcome"} and c.key not in found.mapping]
    if missing:
        raise BadInput("treasury.answer_columns", f"回执里没有找到这些列：{'、'.join(missing)}。请核对文件，或在格式里加上银行用的列名。")
    where = found.mapping
    rows = []
    for raw in table.frame.iter_rows(named=True):
        if int(raw[reading.ROW]) <= found.row:
            continue
        said = {key: str(raw[where[key]] or "").strip() if key in where else "" for key in chosen.answer}
        if said["transfer_no"]:
            said["outcome"] = chosen.outcomes.get(said["outcome"], "unknown")  # a word nobody listed settles nothing
            rows.append(said)
    return rows


def _apply(actor: Actor, batch: PaymentBatch, line: BatchLine, said: dict[str, str]) -> str:
    """One answer to one line; gives the word it is counted under."""
    to = LineState(said["outcome"])
    if line.state in DONE:
        return "repeated" if line.state == to or to == LineState.UNKNOWN else "conflict"
    if line.state == to:
        return "repeated"
    settle(actor, batch, line, to, reference=said.get("reference", ""), fault=said.get("fault", ""))
    return str(to)


def settle(actor: Actor, batch: PaymentBatch, line: BatchLine, to: LineState, *, reference: str = "", fault: str = "") -> None:
    """Move the line and its payment together."""
    path = batch.union.path
    changes = {"bank_ref": reference[:60], "fault": fault[:120], "answered_at": clock.now()}
    flows.LINE.advance(line, to, actor=actor, org_path=path, changes=changes)
    done = {"paid_on": clock.today()} if to == LineState.PAID else {}
    flows.PAYMENT.advance(line.payment, PaymentState(str(to)), actor=actor, org_path=path, changes=done, reference=reference)


def _settle(actor: Actor, row: PaymentBatch) -> None:
    if row.state == BatchState.SENT and not row.lines.filter(live=True).exclude(state__in=DONE).exists():
        flows.BATCH.advance(row, BatchState.SETTLED, actor=actor, org_path=row.union.path, changes={"settled_at": clock.now()})


@transaction.atomic
def line_settle(*, actor: Actor, line: BatchLine, outcome: str, reference: str, reason: str) -> BatchLine:
    """An unknown outcome is settled by what the bank answered in writing (查清结果), by somebody other than the payer.

    Raises: RuleViolation treasury.settle_proof, treasury.settle_self; Conflict.
    """
    require_own(actor, line.batch.union, Perm.PAYMENT_CHECK)
    lock(line.batch.union)
    row = BatchLine.objects.select_for_update(of=("self",)).select_related("batch__union", "payment").get(pk=line.pk)
    to = LineState(outcome) if outcome in {"paid", "failed"} else None
    if to is None or not reference.strip() or not reason.strip():
        raise RuleViolation("treasury.settle_proof", "请选银行答复的结果，并写明银行流水号（或回函号）和依据。")
    if me(actor).meets(hands_of([(row.batch.payer_id, row.batch.payer_person_id)])):
        raise RuleViolation("treasury.settle_self", "付款人不能自己认定结果，请由审核的人办理。")
    if row.state not in {LineState.SENT, LineState.UNKNOWN}:
        raise Conflict("treasury.settled", f"这一笔已经是“{LineState(row.state).label}”。")
    settle(actor, row.batch, row, to, reference=reference.strip(), fault=reason.strip() if to == LineState.FAILED else "")
    _settle(actor, row.batch)
    audit.record(
        actor, "treasury.line.settled", row, org_path=row.batch.union.path, outcome=outcome, reference=reference, reason=reason[:200]
    )
    return row


@transaction.atomic
def mark_silent(*, actor: Actor, line: BatchLine) -> bool:
    """No answer in time: the outcome is unknown, and nothing is sent again (结果不明). Source: policy treasury.answer_days; AID-04."""
    row = BatchLine.objects.select_for_update(of=("self",)).select_related("batch__union", "payment").get(pk=line.pk)
    if row.state != LineState.SENT:
        return False
    settle(actor, row.batch, row, LineState.UNKNOWN)
    return True


def silent_lines() -> Iterable[BatchLine]:
    """Lines sent longer ago than the rule allows, without an answer."""
    rows = BatchLine.objects.filter(state=LineState.SENT, live=True, batch__sent_at__isnull=False).select_related("batch__union", "payment")
    for row in rows.order_by("pk")[:2000]:
        days = law.number("treasury.answer_days", row.batch.union, clock.today(), 1)
        if row.batch.sent_at is not None and row.batch.sent_at <= clock.now() - timedelta(days=days):
            yield row


def line_get(*, actor: Actor, pk: int) -> BatchLine:
    """One bank line the actor may see."""
    row = BatchLine.objects.filter(actor.within(Perm.PAYMENT_VIEW, "batch__union"), pk=pk).select_related("batch__union", "payment").first()
    if row is None:
        raise NotFound()
    return row
