"""The ledger of one account (明细账): opening, every line, running balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from gonghui.finance.models import Book, Posting
from gonghui.finance.rules.charts import chart
from gonghui.finance.selectors import ledger


@dataclass(frozen=True)
class Entry:
    """One line with the balance after it, on the account's usual side."""

    posting: Any
    balance: int


def postings(book: Book, account: str, since: date, until: date) -> QuerySet[Posting]:
    """Lines of an account between two days."""
    rows = Posting.objects.filter(book=book, account__startswith=account, on__gte=since, on__lte=until)
    return rows.select_related("voucher__period").order_by("on", "voucher__number", "pk")


def opening(book: Book, account: str, since: date) -> int:
    """Balance before a day; nothing before the chart began."""
    return ledger.balance(book, account, since - timedelta(days=1)) if since > chart(since).since else 0


def running(rows: Iterable[Posting], start: int, *, credit_side: bool) -> list[Entry]:
    """Each line with the balance after it."""
    found, now = [], start
    for p in rows:
        moved = p.debit_fen - p.credit_fen
        now += -moved if credit_side else moved
        found.append(Entry(p, now))
    return found
