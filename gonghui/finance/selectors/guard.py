"""The books' own guard (账务提示): what a careful accountant would ask before signing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from gonghui.core import clock, money
from gonghui.finance.enums import VoucherKind, VoucherState
from gonghui.finance.models import Voucher
from gonghui.finance.rules import EVENTS, Finding, Level, chart
from gonghui.orgs.selectors import law

NEAR = timedelta(days=7)
LEVY, CLAIMS = "402", ("131", "132")


def guard(voucher: Voucher) -> Iterator[Finding]:
    """Paper missing, twice the same, income not yet received, an account of the county chart, an event booked by an unverified reading."""
    if voucher.kind != VoucherKind.NORMAL:
        return
    lines = voucher.lines
    spent = any(x.account.startswith("5") for x in lines)
    if spent and not voucher.files.exists():
        yield Finding("warn", "这是支出凭证，还没有附件。请补发票、签收单等原始凭证的照片或扫描件。", key="no_files")
    if twin := _twin(voucher):
        yield Finding(
            "warn", f"{twin.on:%m月%d日}有一张金额同为 {money.show(twin.total_fen)} 的“{twin.words}”，请确认不是重复报销。", key="twin"
        )
    table = chart(voucher.on)
    if voucher.book.level == Level.BASIC and (extra := [a for x in lines if (a := table.accounts[x.account]).extra]):
        yield Finding("warn", f"{extra[0]} 是县级以上工会的科目，基层工会确需时才用。", key="extra")
    if early := _not_received(voucher):
        yield early
    what = EVENTS.get(voucher.event)
    if what is not None and what.confidence == "U":
        yield Finding("unknown", f"“{what.label}”记哪个科目，制度没有写明。{what.hint}", key="event")


def _not_received(voucher: Voucher) -> Finding | None:
    """Contributions booked as income against a claim: only at the end of the year. Source: policy finance.levy_accrual (ACC-1)."""
    lines = voucher.lines
    if not (any(x.account[:3] == LEVY and x.credit for x in lines) and any(x.account[:3] in CLAIMS and x.debit for x in lines)):
        return None
    last = clock.add_months(voucher.on.replace(day=1), 1).year != voucher.on.year
    slip = law.decided("finance.levy_accrual", voucher.book.union, voucher.on, {"received": False, "year_end": last})
    if slip is None or slip.outcome is not False:
        return None
    return Finding("block" if slip.blocks else "warn", f"{slip.verdict}。{slip.rule.advice}", slip, key="levy_accrual")


def _twin(voucher: Voucher) -> Voucher | None:
    """The same amount for the same event within a week."""
    if not voucher.event or voucher.total_fen <= 0:
        return None
    near = Voucher.objects.filter(
        book_id=voucher.book_id, on__gte=voucher.on - NEAR, on__lte=voucher.on, total_fen=voucher.total_fen, event=voucher.event
    )
    return near.exclude(pk=voucher.pk).exclude(state=VoucherState.DROPPED).filter(reversal__isnull=True).first()
