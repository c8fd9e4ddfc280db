"""Balances and turnover (余额与发生额), from the running balances; recounts from the postings.

A code is read with its date: sums start where the chart in force on the day starts, and the transition brings the
balances over (ACC-5, ACC-6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, Sum

from gonghui.finance.enums import AccountClass, Stream, VoucherState
from gonghui.finance.models import Balance, Posting, Voucher
from gonghui.finance.rules.charts import Account, Chart, chart
from gonghui.finance.rules.digest import month_of

if TYPE_CHECKING:
    from gonghui.finance.models import Book

Sums = dict[str, tuple[int, int]]


def _month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _totals(rows: QuerySet[Any]) -> Sums:
    found = rows.order_by().values_list("account").annotate(d=Sum("debit_fen"), c=Sum("credit_fen"))
    return {account: (int(d or 0), int(c or 0)) for account, d, c in found}


def merge(a: Sums, b: Sums) -> Sums:
    """Both together, as a new mapping."""
    return add(dict(a), b)


def add(into: Sums, b: Sums) -> Sums:
    """Add to the first, and give it back."""
    for account, (d, c) in b.items():
        old = into.get(account, (0, 0))
        into[account] = (old[0] + d, old[1] + c)
    return into


def sums(book: Book | int, since: date | None, until: date, *, streams: str = "onc", prefix: str = "", project: bool | None = None) -> Sums:
    """Debit and credit by account between two days inclusive: whole months from the balances, broken ones from the postings.

    Args: since: None for everything since the chart began; streams: o openings, n what happened, c year-end transfers.
    """
    pk = book if isinstance(book, int) else book.pk
    start = chart(until).since if since is None else since
    first, last = month_of(start), month_of(until)
    if start.day != 1:
        return _broken(pk, start, until, streams, prefix, project)
    whole = last if _month_end(until) else last - 1
    rows = Balance.objects.filter(book_id=pk, month__gte=first, month__lte=whole, stream__in=list(streams))
    if prefix:
        rows = rows.filter(account__startswith=prefix)
    if project is not None:
        rows = rows.filter(project=project)
    found = _totals(rows)
    if whole != last:
        found = merge(found, _broken(pk, until.replace(day=1), until, streams, prefix, project))
    return found


def _broken(pk: int, since: date, until: date, streams: str, prefix: str, project: bool | None) -> Sums:
    """Part of a month, or days that do not begin one: counted from the postings."""
    rows = Posting.objects.filter(book_id=pk, on__gte=since, on__lte=until, voucher__state=VoucherState.POSTED)
    if prefix:
        rows = rows.filter(account__startswith=prefix)
    if project is not None:
        rows = rows.filter(~Q(project="") if project else Q(project="")).filter(Q(account__startswith="4") | Q(account__startswith="5"))
    if set(streams) != {"o", "n", "c"}:
        kinds = {Stream.OPENING: ("opening", "transition"), Stream.CLOSING: ("closing",)}
        special = [k for s, ks in kinds.items() for k in ks]
        wanted = Q(pk__in=[])
        for s in streams:
            if s == Stream.NORMAL:
                wanted |= ~Q(voucher__kind__in=special) & ~Q(voucher__reverses__kind__in=special, voucher__kind="reversal")
            else:
                names = kinds[Stream(s)]
                wanted |= Q(voucher__kind__in=names) | Q(voucher__kind="reversal", voucher__reverses__kind__in=names)
        rows = rows.filter(wanted)
    return _totals(rows)


def balance(book: Book | int, account: str, on: date) -> int:
    """Balance of an account at the end of a day, fen, on its usual side (余额). A level-1 code takes its details along."""
    found = sums(book, None, on, prefix=account)
    net = sum(d - c for d, c in found.values())
    known = chart(on).accounts.get(account)
    return -net if known is not None and known.credit_side else net


def turnover(book: Book | int, account_prefix: str, since: date, until: date) -> tuple[int, int]:
    """What happened on accounts beginning so, debit and credit, without openings and year-end transfers (发生额)."""
    found = sums(book, since, until, streams="n", prefix=account_prefix).values()
    return sum(d for d, _c in found), sum(c for _d, c in found)


@dataclass(frozen=True)
class Row:
    """One row of the trial balance (科目余额表): signed sums, debit positive."""

    account: Account
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit

    @property
    def opening_debit(self) -> int:
        return max(self.opening, 0)

    @property
    def opening_credit(self) -> int:
        return max(-self.opening, 0)

    @property
    def closing_debit(self) -> int:
        return max(self.closing, 0)

    @property
    def closing_credit(self) -> int:
        return max(-self.closing, 0)


def trial_balance(book: Book | int, on: date, since: date | None = None) -> list[Row]:
    """Every account with a balance or turnover (科目余额表), from `since` (1 January) to `on`.

    Opening vouchers of the span stand in the opening column.
    """
    table, start = chart(on), since or date(on.year, 1, 1)
    before = sums(book, None, start - timedelta(days=1)) if start > table.since else {}
    opened = sums(book, start, on, streams="o")
    moved = sums(book, start, on, streams="nc")
    return _rows(table, merge(before, opened), moved)


def _rows(table: Chart, before: Sums, moved: Sums) -> list[Row]:
    rows = []
    for code in sorted({*before, *moved}):
        d0, c0 = before.get(code, (0, 0))
        d, c = moved.get(code, (0, 0))
        account = table.accounts.get(code) or Account(code, code, AccountClass.ASSET, False)
        if d0 != c0 or d or c:
            rows.append(Row(account, d0 - c0, d, c))
    return rows


def recount(book: Book | int, on: date) -> Sums:
    """The same from zero, over the postings alone (重算)."""
    table = chart(on)
    return _totals(Posting.objects.filter(book_id=getattr(book, "pk", book), on__gte=table.since, on__lte=on))


def vouchers_of(source: str) -> QuerySet[Voucher]:
    """Vouchers that came from this plan, payment or levy."""
    return Voucher.objects.filter(source=source).exclude(state=VoucherState.DROPPED).order_by("pk")
