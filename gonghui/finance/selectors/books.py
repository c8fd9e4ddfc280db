"""Books the actor may see (账套)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from gonghui.core import clock, money
from gonghui.core.errors import NotFound
from gonghui.finance.enums import BookKind, Perm, VoucherState
from gonghui.finance.models import Book, Voucher
from gonghui.finance.selectors import ledger

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def scope(actor: Actor, perm: str = Perm.BOOK_VIEW, prefix: str = "") -> Q:
    """Books of the actor's unions, and books they keep for others."""
    return actor.within(perm, f"{prefix}union") | actor.within(perm, f"{prefix}agent")


def books(actor: Actor, perm: str = Perm.BOOK_VIEW) -> QuerySet[Book]:
    """Books in use, real ones (账套), cut to the actor's scope."""
    found = Book.objects.filter(scope(actor, perm), kind=BookKind.REAL, closed_on=None)
    return found.select_related("union", "agent").order_by("union__path")


def book_of(union: Any) -> Book | None:
    """The union's open real book (正在用的账套), or None."""
    found = Book.objects.filter(union_id=getattr(union, "pk", union), kind=BookKind.REAL, closed_on=None)
    return found.select_related("union", "agent").first()


def book_get(*, actor: Actor, pk: int, perm: str = Perm.BOOK_VIEW) -> Book:
    """One book, or 404; practice books included."""
    found = Book.objects.filter(scope(actor, perm), pk=pk).select_related("union", "agent").first()
    if found is None:
        raise NotFound()
    return found


def before_dissolve(union: Any) -> list[str]:
    """What of the books still stands in the way of dissolving a union (ORG-03): vouchers that wait, money that is left."""
    book = book_of(union)
    if book is None:
        return []
    found = []
    if waiting := Voucher.objects.filter(book=book, state__in=[VoucherState.DRAFT, VoucherState.CHECKED]).count():
        found.append(f"账套里还有 {waiting} 张凭证没有记账")
    if left := sum(ledger.balance(book, account, clock.today()) for account in ("101", "102")):
        found.append(f"账上还有货币资金 {money.show(left)}没有清算")
    return found
