"""Invariants of income on the live data (经费收缴核验): LED-07 shares, gapless receipts, money on periods and lists, causes."""

from __future__ import annotations

from collections.abc import Generator

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce

from gonghui.income.enums import DeclarationState, PaymentState, ReceiptKind
from gonghui.income.models import Declaration, DuesItem, Payment, Receipt, Reconciliation, Refund
from gonghui.income.selectors import recon


def shares_whole() -> Generator[str, None, int]:
    """LED-07: the shares of a contribution sum to its receipt; a reversal carries the same shares negative."""
    rows = Receipt.objects.filter(kind=ReceiptKind.LEVY).annotate(parts=Coalesce(Sum("shares__amount_fen"), 0))
    for row in rows.exclude(parts=F("amount_fen")).iterator():
        yield f"收据 {row.pk}（{row.label}）金额 {row.amount_fen} 分，分成合计 {row.parts} 分。"
    return rows.count()


def receipts_gapless() -> Generator[str, None, int]:
    """LED-04 for receipts: numbers of a union and year run from 1 without gap."""
    rows = Receipt.objects.order_by().values("union_id", "year").annotate(n=Count("pk"), top=Max("number"))
    for r in rows:
        if r["n"] != r["top"]:
            yield f"工会 {r['union_id']} 在 {r['year']} 年有 {r['n']} 张收据，最大号 {r['top']}。"
    return len(rows)


def money_on_periods() -> Generator[str, None, int]:
    """Paid of a period equals its receipts; paid in full means paid in full."""
    rows = Declaration.objects.annotate(got=Coalesce(Sum("receipts__amount_fen", filter=~Q(receipts__kind=ReceiptKind.LATE_FEE)), 0))
    for row in rows.exclude(got=F("paid_fen")).iterator():
        yield f"申报 {row.pk} 记已缴 {row.paid_fen} 分，收据合计 {row.got} 分。"
    for row in rows.filter(state=DeclarationState.PAID).exclude(paid_fen=F("levy_fen")).iterator():
        yield f"申报 {row.pk} 标为缴清，应缴 {row.levy_fen} 分，已缴 {row.paid_fen} 分。"
    return rows.count()


def dues_on_lists() -> Generator[str, None, int]:
    """Paid of a member on a list equals the payments booked there."""
    held = {
        (r["listing_id"], r["person_id"]): r["n"]
        for r in Payment.objects.filter(state=PaymentState.MATCHED)
        .order_by()
        .values("listing_id", "person_id")
        .annotate(n=Sum("amount_fen"))
    }
    checked = 0
    for listing, person, paid in (
        DuesItem.objects.order_by("pk").values_list("listing_id", "person_id", "paid_fen").iterator(chunk_size=5000)
    ):
        checked += 1
        if held.pop((listing, person), 0) != paid:
            yield f"收缴单 {listing} 上的会员 {person} 记已缴 {paid} 分，与到账不符。"
    for (listing, person), n in held.items():
        if n:
            yield f"收缴单 {listing} 有会员 {person} 的到账 {n} 分，没有记到名下。"
    return checked


def causes_whole() -> Generator[str, None, int]:
    """The causes of every reconciliation sum to its differences, in persons and fen."""
    rows = Reconciliation.objects.all()
    for row in rows.iterator():
        for side in recon.sides(row):
            if not side.explained:
                yield f"核对 {row.pk} 的“{side.label}”差 {side.count} 人、{side.fen} 分，原因合计不等。"
    return rows.count()


def refunded_once() -> Generator[str, None, int]:
    """Nobody got two refunds for one stretch of time."""
    seen: dict[int, list[Refund]] = {}
    rows = Refund.objects.exclude(state="refused").exclude(kind="preparation").order_by("payer_id", "since")
    for row in rows:
        for other in seen.setdefault(row.payer_id, []):
            if row.since < other.until:
                yield f"拨缴户 {row.payer_id} 的返还 {other.pk} 与 {row.pk} 时间重叠。"
        seen[row.payer_id].append(row)
    return len(rows)


CHECKS = (
    ("LED-07", "拨缴分成合计等于收据", shares_whole),
    ("INC-01", "专用收据连号", receipts_gapless),
    ("INC-02", "每期已缴等于收据合计", money_on_periods),
    ("INC-03", "会费已缴等于到账", dues_on_lists),
    ("INC-04", "三方核对的原因合计等于差额", causes_whole),
    ("INC-05", "返还不重复", refunded_once),
)
