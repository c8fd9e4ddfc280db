"""The budget guard of vouchers (凭证的预算关): no budget, above budget. Source: policy finance.no_budget; LED-10."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gonghui.accounts.actor import Actor
from gonghui.core import money
from gonghui.finance.enums import BookKind, VoucherKind
from gonghui.finance.rules import Finding
from gonghui.policy import services as policy
from gonghui.treasury.enums import Control
from gonghui.treasury.rules.items import Item
from gonghui.treasury.selectors import budgets
from gonghui.treasury.selectors.budgets import Left
from gonghui.treasury.services import bank, holds
from gonghui.treasury.services.holds import Use

if TYPE_CHECKING:
    from gonghui.policy.services import Decision

Weighed = tuple[str, int, "Decision", Left]
SYSTEM = Actor.system("treasury")
FREE = (VoucherKind.OPENING, VoucherKind.TRANSITION, VoucherKind.CLOSING, VoucherKind.REVERSAL, VoucherKind.DEPRECIATION)


def check(voucher: Any) -> Iterator[Finding]:
    """What the budget says to a voucher; one finding for each item that does not suffice."""
    for item in _weighed(voucher):
        yield from _item(item)


def passed(voucher: Any) -> Iterator[Finding]:
    """The items that suffice, with what is left of them afterwards (够用的预算项目)."""
    for account, fen, decision, left in _weighed(voucher):
        if decision.outcome is True:
            said = f"{holds.words(left, fen)}办完还剩 {money.show(left.left - fen)}。"
            yield Finding("ok", said, decision, f"budget:{left.item or account}")


def _weighed(voucher: Any) -> Iterator[Weighed]:
    """What a voucher takes from each item, all its lines together: account, fen, what the rule says, what is left. The budget is read once."""
    if voucher.book.kind != BookKind.REAL or voucher.kind in FREE or not (uses := _uses(voucher)):
        return
    union, on = voucher.book.union, voucher.on
    stands = budgets.standing(union, on.year, voucher=voucher.pk)
    sums: dict[Item | str, int] = defaultdict(int)
    first: dict[Item | str, Use] = {}
    for use, fen in uses.items():
        key = stands.left(use[0], use[1:]).item or use[0]
        sums[key] += fen
        first.setdefault(key, use)
    for key, (account, *activities) in first.items():
        decision, left = holds.weigh(union, on, account, tuple(activities), sums[key], source=voucher.source, stands=stands)
        yield account, sums[key], decision, left


def clears(vouchers: Sequence[Any]) -> set[int]:
    """Vouchers that come together and whose items suffice for all of them (一并够用): each item is asked once, for the sum.

    What a plan of theirs holds still counts against them here, so one that needs its own reservation is asked by itself.
    """
    wanted: dict[tuple[int, int], list[Any]] = defaultdict(list)
    free = set()
    for voucher in vouchers:
        if voucher.book.kind != BookKind.REAL or voucher.kind in FREE:
            free.add(voucher.pk)
        else:
            wanted[voucher.book.union_id, voucher.on.year].append(voucher)
    for (_union, year), some in wanted.items():
        free |= _clear(some[0].book.union, year, some)
    return free


def _clear(union: Any, year: int, vouchers: list[Any]) -> set[int]:
    sums: dict[Use, int] = defaultdict(int)
    uses = {v.pk: _uses(v) for v in vouchers}
    for found in uses.values():
        for use, fen in found.items():
            sums[use] += fen
    first, last = min(v.on for v in vouchers), max(v.on for v in vouchers)
    good = holds.enough(union, year, sums, policy.changes(holds.RULE, first, last, union.path))
    return {pk for pk, found in uses.items() if good.issuperset(found)}


def _uses(voucher: Any) -> dict[Use, int]:
    return {(account, voucher.event, project): fen for (account, project), fen in _spendings(voucher).items() if fen > 0}


def _spendings(voucher: Any) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for line in voucher.lines:
        if line.account.startswith("5"):
            found[(line.account, line.project)] += line.debit - line.credit
    return found


def _item(weighed: Weighed) -> Iterator[Finding]:
    account, fen, decision, left = weighed
    if decision.outcome is True:
        return
    said, key = holds.words(left, fen) + _way_out(left), f"budget:{left.item or account}"
    if decision.outcome is None:
        yield Finding("unknown", said, decision, key)
    elif holds.stops(decision, left):
        by_own = left.budget is not None and left.budget.control == Control.STOP and not decision.blocks
        yield Finding("block", said + ("本工会委员会批准预算时决定：超预算一律停下。" if by_own else ""), decision, key)
    else:
        yield Finding("warn", said, decision, key)


def _way_out(left: Left) -> str:
    """The nearest plan that passes (可以这样改)."""
    if left.budget is None:
        return "可以这样改：先编制预算，经审会审查、工会委员会批准后再办。"
    if left.item is None:
        return "可以这样改：换成预算里有的项目，或先按程序调整预算，把这一项列进去。"
    less = f"减到 {money.show(left.left)} 以内，或" if left.left > 0 else ""
    return f"可以这样改：{less}先按程序调整预算。"


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


__all__ = ["check", "clears", "done", "passed"]
