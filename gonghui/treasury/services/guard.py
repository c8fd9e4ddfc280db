"""The budget guard of vouchers (凭证的预算关): no budget, above budget. Source: policy finance.no_budget; LED-10."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.finance.enums import BookKind, VoucherKind
from gonghui.finance.rules import Finding
from gonghui.treasury.enums import Control
from gonghui.treasury.services import bank, holds

SYSTEM = Actor.system("treasury")
FREE = (VoucherKind.OPENING, VoucherKind.TRANSITION, VoucherKind.CLOSING, VoucherKind.REVERSAL, VoucherKind.DEPRECIATION)


def check(voucher: Any) -> Iterator[Finding]:
    """What the budget says to a voucher; one finding for each item that does not suffice."""
    if voucher.book.kind != BookKind.REAL or voucher.kind in FREE:
        return
    for (account, project), fen in _spendings(voucher).items():
        if fen > 0:
            yield from _item(voucher, account, project, fen)


def _spendings(voucher: Any) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for line in voucher.lines:
        if line.account.startswith("5"):
            found[(line.account, line.project)] += line.debit - line.credit
    return found


def _item(voucher: Any, account: str, project: str, fen: int) -> Iterator[Finding]:
    decision, left = holds.weigh(
        voucher.book.union, voucher.on, account, (voucher.event, project), fen, source=voucher.source, voucher=voucher.pk
    )
    if decision.outcome is True:
        return
    said, key = holds.words(left, fen), f"budget:{left.item or account}"
    if decision.outcome is None:
        yield Finding("unknown", said, decision, key)
    elif holds.stops(decision, left):
        by_own = left.budget is not None and left.budget.control == Control.STOP and not decision.blocks
        yield Finding("block", said + ("本工会委员会批准预算时决定：超预算一律停下。" if by_own else ""), decision, key)
    else:
        yield Finding("warn", said, decision, key)


def done(voucher: Any, *, reversed: bool = False) -> None:
    """After posting, and of the original after its reversal: plans that held the budget are settled, or hold it again."""
    if reversed:
        bank.voucher_reversed(actor=SYSTEM, voucher=voucher)
    if not voucher.source:
        return
    if reversed:
        holds.unspend(voucher.source)
    else:
        holds.spend(voucher.source)


__all__ = ["check", "done"]
