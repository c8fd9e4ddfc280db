"""Invariants of budgets, payments, bank and assets on the live data (资金核验)."""

from __future__ import annotations

from collections.abc import Generator

from django.db.models import Count, F, Q, Sum

from gonghui.finance.enums import VoucherState
from gonghui.treasury.enums import BatchState, BudgetState, FinalState, LineState, Method, PaymentState
from gonghui.treasury.models import Asset, BankEntry, BatchLine, Budget, FinalAccount, Match, Payment, PaymentBatch, Reservation, Wearing
from gonghui.treasury.selectors import common, finals
from gonghui.treasury.services import batches, grounds, payments
from gonghui.treasury.services.common import hands_of

MOST = 1000


def duties_apart() -> Generator[str, None, int]:
    """AID-02: of every payment made, maker, checker and payer are three people, as known today."""
    rows = Payment.objects.filter(
        state__in=[PaymentState.SENT, PaymentState.UNKNOWN, PaymentState.PAID, PaymentState.FAILED], payer__isnull=False
    )
    n = 0
    for row in rows.select_related("approval", "voucher").iterator(chunk_size=500):
        n += 1
        maker, checker = payments.makers(row), payments.checkers(row)
        payer = hands_of([(row.payer_id, row.payer_person_id)])
        if maker.meets(checker) or payer.meets(maker) or payer.meets(checker):
            yield f"付款 {row.pk} 的制单、审核、付款里有同一个人。"
    return n


def digests_equal() -> Generator[str, None, int]:
    """AID-03: what was paid is what was approved, to the digest, then and now."""
    rows = PaymentBatch.objects.filter(state__in=[BatchState.SENT, BatchState.SETTLED])
    n = 0
    for row in rows.iterator(chunk_size=200):
        n += 1
        if row.digest != row.paid_digest or batches.digest_of(row) != row.digest:
            yield f"付款批 {row.number} 的内容与核准时的摘要不符。"
    return n


def sent_once() -> Generator[str, None, int]:
    """AID-04: no payment stands in two live lines; a line and its payment say the same."""
    doubles = BatchLine.objects.filter(live=True).values("payment_id").annotate(n=Count("pk")).filter(n__gt=1)
    for row in doubles[:MOST]:
        yield f"付款 {row['payment_id']} 同时列在 {row['n']} 个付款批里。"
    same = {
        LineState.SENT: PaymentState.SENT,
        LineState.UNKNOWN: PaymentState.UNKNOWN,
        LineState.PAID: PaymentState.PAID,
        LineState.FAILED: PaymentState.FAILED,
    }
    wrong = BatchLine.objects.filter(live=True).exclude(state=LineState.WAITING)
    for line, payment in same.items():
        wrong = wrong.exclude(state=line, payment__state=payment)
    for number in wrong.values_list("transfer_no", flat=True)[:MOST]:
        yield f"转账 {number} 的银行结果与付款状态不一致。"
    return BatchLine.objects.filter(live=True).count()


def answers_add_up() -> Generator[str, None, int]:
    """AID-07: sent = paid + failed + pending, by count and by fen; a settled batch has nothing pending."""
    rows = PaymentBatch.objects.filter(state__in=[BatchState.SENT, BatchState.SETTLED])
    live = Q(lines__live=True)
    found = rows.annotate(
        n=Count("lines", filter=live),
        fen=Sum("lines__payment__amount_fen", filter=live),
        open=Count("lines", filter=live & Q(lines__state__in=[LineState.WAITING, LineState.SENT, LineState.UNKNOWN])),
    )
    for row in found.iterator(chunk_size=200):
        if (row.n, int(row.fen or 0)) != (row.count, row.total_fen):
            yield f"付款批 {row.number} 发出 {row.count} 笔，明细合计 {row.n} 笔，金额不符。"
        if row.state == BatchState.SETTLED and row.open:
            yield f"付款批 {row.number} 已全部有结果，却还有 {row.open} 笔没有结果。"
    return rows.count()


def within_ground() -> Generator[str, None, int]:
    """AID-01: payments on a voucher never add up to more than it pays out, and it is checked or posted."""
    dead = [PaymentState.CANCELLED, PaymentState.FAILED]
    sums = (
        Payment.objects.filter(voucher__isnull=False).exclude(state__in=dead).values("voucher_id").annotate(n=Sum("amount_fen")).order_by()
    )
    model = common.voucher_model()
    n = 0
    for row in sums.iterator(chunk_size=500):
        n += 1
        voucher = model._default_manager.get(pk=row["voucher_id"])
        if voucher.state not in {VoucherState.CHECKED, VoucherState.POSTED}:
            yield f"凭证 {row['voucher_id']} 没有审核，却有付款。"
        if int(row["n"] or 0) > grounds.payable(voucher):
            yield f"凭证 {row['voucher_id']} 的付款合计超过凭证应付金额。"
    return n


def cash_within() -> Generator[str, None, int]:
    """LED-10 for cash: every cash payment made has the slip that allowed it, or a reason beside it."""
    rows = Payment.objects.filter(method=Method.CASH, state=PaymentState.PAID)
    for pk in rows.filter(cash_slip="").values_list("pk", flat=True)[:MOST]:
        yield f"现金付款 {pk} 没有现金限额的决定单。"
    return rows.count()


def one_budget() -> Generator[str, None, int]:
    """One budget governs a year, its sums are those of its items, and it went through the procedure."""
    rows = Budget.objects.filter(state=BudgetState.IN_FORCE)
    for row in rows.values("union_id", "year").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"工会 {row['union_id']} 的 {row['year']} 年有 {row['n']} 份执行中的预算。"
    for pk in rows.filter(Q(examined_on=None) | Q(approved_on=None) | Q(examined_on__gt=F("approved_on"))).values_list("pk", flat=True)[
        :MOST
    ]:
        yield f"预算 {pk} 没有先经审会审查、后委员会批准的日期。"
    sums = Budget.objects.annotate(
        i=Sum("lines__amount_fen", filter=Q(lines__side="income")), s=Sum("lines__amount_fen", filter=Q(lines__side="spending"))
    )
    for pk, i, s, income, spending in sums.values_list("pk", "i", "s", "income_fen", "spending_fen"):
        if (int(i or 0), int(s or 0)) != (income, spending):
            yield f"预算 {pk} 的合计与各项之和不符。"
    return Budget.objects.count()


def holds_settled() -> Generator[str, None, int]:
    """A plan whose voucher is posted holds no budget any more."""
    rows = Reservation.objects.filter(state="open")
    model = common.voucher_model()
    posted = model._default_manager.filter(state=VoucherState.POSTED, reversal=None).exclude(source="").values("source")
    for source in rows.filter(source__in=posted).values_list("source", flat=True)[:MOST]:
        yield f"{source} 的凭证已经记账，预算却还占用着。"
    return Reservation.objects.count()


def matches_equal() -> Generator[str, None, int]:
    """A matched line equals the sum of its ties; an open one has none."""
    rows = BankEntry.objects.annotate(n=Sum("matches__amount_fen"))
    for pk in rows.filter(Q(matched=True) & (Q(n=None) | ~Q(n=F("amount_fen")))).values_list("pk", flat=True)[:MOST]:
        yield f"银行流水 {pk} 标为已核对，金额却对不上。"
    for pk in rows.filter(matched=False, n__isnull=False).values_list("pk", flat=True)[:MOST]:
        yield f"银行流水 {pk} 没有核对，却连着凭证。"
    bad = Match.objects.exclude(voucher__state=VoucherState.POSTED)
    yield from (f"银行核对 {pk} 连着没有记账的凭证。" for pk in bad.values_list("pk", flat=True)[:MOST])
    return BankEntry.objects.count()


def assets_true() -> Generator[str, None, int]:
    """Accumulated depreciation equals its lines (with what came along on transfer); clothing is the union's and has its record."""
    rows = Asset.objects.exclude(source__startswith="treasury.asset:").annotate(n=Sum("depreciation__amount_fen"))
    for pk, n, held in rows.values_list("pk", "n", "depreciated_fen"):
        if int(n or 0) != held:
            yield f"资产 {pk} 的累计折旧与明细之和不符。"
    for number in Asset.objects.filter(state="issued", custodian=None).values_list("number", flat=True)[:MOST]:
        yield f"资产 {number} 记为领用，却没有保管人。"
    wrong = Wearing.objects.exclude(cost_fen=F("asset__cost_fen"))
    yield from (f"服装记录 {pk} 与资产台账不符。" for pk in wrong.values_list("pk", flat=True)[:MOST])
    return Asset.objects.count()


def finals_true() -> Generator[str, None, int]:
    """A final account decided on is the sum of its items and stands on the year as it was sealed."""
    rows = FinalAccount.objects.filter(state__in=[FinalState.PENDING, FinalState.APPROVED, FinalState.REPORTED, FinalState.ACCEPTED])
    n = 0
    for row in rows.select_related("book", "union").iterator(chunk_size=200):
        n += 1
        sums = {s: sum(x.done_fen for x in row.lines.all() if x.side == s) for s in ("income", "spending")}
        if (sums["income"], sums["spending"]) != (row.income_fen, row.spending_fen):
            yield f"{row.union.name} {row.year} 年决算的合计与各项之和不符。"
        if finals.seal_of(row.book, row.year) != row.seal:
            yield f"{row.union.name} {row.year} 年决算以后，账有变动（12 月反结账过）。"
    return n


CHECKS = (
    ("AID-01-PAY", "付款不超过凭证应付金额", within_ground),
    ("AID-02-PAY", "制单、审核、付款三人分开", duties_apart),
    ("AID-03-PAY", "付款内容等于核准内容", digests_equal),
    ("AID-04-PAY", "每笔银行付款只发一次", sent_once),
    ("AID-07-PAY", "银行回执合计相符", answers_add_up),
    ("LED-10-CASH", "现金付款有决定单", cash_within),
    ("LED-11-BUD", "一年一份执行中的预算，合计相符", one_budget),
    ("BUD-FINAL", "决算等于封存的年度账", finals_true),
    ("BUD-HOLD", "已入账的计划不再占用预算", holds_settled),
    ("BANK-MATCH", "银行核对金额相符", matches_equal),
    ("ASSET-SUM", "资产台账与变动相符", assets_true),
)
