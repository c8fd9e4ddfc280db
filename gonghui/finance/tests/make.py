"""Named figures and small factories of the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.finance import services
from gonghui.finance.models import Book, Voucher
from gonghui.finance.rules import Line
from gonghui.orgs.models import Union
from gonghui.orgs.tests import make as orgs

DAY = date(2026, 3, 10)
SINCE = date(2026, 1, 1)


def officer(role: Role, union: Union, number: int, **more: Any) -> Actor:
    """An officer with one grant; 90001 makes, 90002 checks, 90003 posts."""
    return Actor(ref=f"user:{number}", name=f"干部{number}", user_id=number, is_officer=True, scopes=(Scope(role, union.path),), **more)


def union(name: str = "青石一厂") -> Union:
    """A grassroots union below a township."""
    town = Union.objects.filter(kind="township").first() or orgs.township()
    return orgs.own_union(orgs.employer(town, name), town)


def book(of: Union | None = None, since: date = SINCE, **more: Any) -> Book:
    return services.book_open(actor=Actor.system("test"), union=of or union(), since=since, **more)


def maker(book: Book, number: int = 90_001) -> Actor:
    return officer(Role.FINANCE, book.union, number)


def checker(book: Book, number: int = 90_002) -> Actor:
    return officer(Role.CHAIR, book.union, number)


def poster(book: Book, number: int = 90_003) -> Actor:
    return officer(Role.CASHIER, book.union, number)


def draft(book: Book, amount: int = 10_000, *, event: str = "hospital", on: date = DAY, **more: Any) -> Voucher:
    more.setdefault("words", "看望住院会员")
    return services.entry(actor=maker(book), book=book, event=event, on=on, amount=amount, **more)


def checked(book: Book, amount: int = 10_000, **more: Any) -> Voucher:
    return services.voucher_check(actor=checker(book), voucher=draft(book, amount, **more))


def posted(book: Book, amount: int = 10_000, **more: Any) -> Voucher:
    return services.voucher_post(actor=poster(book), voucher=checked(book, amount, **more))


def opening(book: Book, amount: int = 1_000_000, on: date = SINCE) -> Voucher:
    """Money in the bank against the balance brought forward."""
    made = services.voucher_draft(
        actor=maker(book), book=book, on=on, words="期初余额", kind="opening", lines=[Line("102", amount), Line("322", credit=amount)]
    )
    services.voucher_check(actor=checker(book), voucher=made)
    return services.voucher_post(actor=poster(book), voucher=made)


def opening_old(book: Book) -> Voucher:
    """Balances of a book under the chart of 2009."""
    lines = [Line("102", 1_000_000), Line("162", 200_000), Line("301", credit=200_000), Line("331", credit=1_000_000)]
    made = services.voucher_draft(actor=maker(book), book=book, on=book.since, words="期初余额", kind="opening", lines=lines)
    services.voucher_check(actor=checker(book), voucher=made)
    return services.voucher_post(actor=poster(book), voucher=made)
