"""From income to the books (记账): what happened becomes a voucher draft, found again by its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gonghui.accounts.actor import Actor as Someone
from gonghui.finance import services as finance
from gonghui.finance.enums import Perm, VoucherState
from gonghui.finance.selectors import books
from gonghui.finance.services import duties

if TYPE_CHECKING:
    from django.db import models

    from gonghui.accounts.actor import Actor

ROBOT = Someone.system("income")


def source_of(row: models.Model) -> str:
    """`income.receipt:12`."""
    return f"{row._meta.label_lower}:{row.pk}"


def post(
    actor: Actor, row: Any, event: str, *, words: str, facts: Mapping[str, Any] | None = None, union: Any = None, amount_fen: int = 0
) -> Any:
    """Draft the voucher of an amount in the union's book; nothing for no row, nor when the union keeps no book yet, or kept none on that day.

    The draft is made by who took the money; checking and posting stay with the other two hands (三分离).
    """
    if row is None:
        return None
    book = books.book_of(union or row.union)
    day = getattr(row, "on", None) or row.paid_on
    if book is None or day < book.since:
        return None
    maker = actor if duties.own(actor, Perm.VOUCHER_MAKE, book) else ROBOT
    amount = amount_fen or row.amount_fen
    return finance.entry(
        actor=maker, book=book, event=event, on=day, amount=amount, words=words[:80], source=source_of(row), facts=facts or {}
    )


def vouchers(row: models.Model) -> list[Any]:
    """All live vouchers of a row, in whichever book."""
    found = books.books(ROBOT).model._meta.get_field("vouchers").related_model._default_manager  # finance.Voucher
    return list(found.filter(source=source_of(row)).exclude(state=VoucherState.DROPPED).select_related("book__union", "book__agent"))


def reverse(actor: Actor, row: models.Model) -> None:
    """Take the vouchers of a row back: a draft is dropped, a checked one returned and dropped, a posted one reversed once."""
    for voucher in vouchers(row):
        if voucher.state == VoucherState.POSTED:
            maker = actor if duties.own(actor, Perm.VOUCHER_REVERSE, voucher.book) else ROBOT
            finance.voucher_reverse(actor=maker, voucher=voucher, reason="收款已冲销")
            continue
        if voucher.state == VoucherState.CHECKED:
            voucher = finance.voucher_return(actor=ROBOT, voucher=voucher, note="收款已冲销")
        finance.voucher_drop(actor=ROBOT, voucher=voucher, reason="收款已冲销")
