"""Notes to the statements (附注): what stands behind the totals. Source: 《工会会计制度》 2021, notes belong to the statements of every union."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Sum, Value, When

from gonghui.finance.enums import AccountClass, OverrideState, VoucherKind, VoucherState
from gonghui.finance.models import Balance, Override, Period, Posting, Voucher
from gonghui.finance.rules.charts import chart
from gonghui.finance.rules.digest import month_of
from gonghui.finance.selectors import ledger

if TYPE_CHECKING:
    from gonghui.finance.models import Book

DEALINGS = ("131", "132", "135", "211", "212", "215", "221")
"""Accounts whose balance somebody owes or is owed."""
THINGS = ("141", "162", "163", "171", "172")
"""Goods, fixed assets, intangibles and what was written off them."""


@dataclass(frozen=True)
class Notes:
    """Tables of the notes: counterparts, assets, projects; and sentences."""

    dealings: list[tuple[str, str, int]]
    things: list[tuple[str, int, int, int, int]]
    projects: list[tuple[str, int, int, int]]
    words: list[str]


def notes(book: Book, day: date) -> Notes:
    """All notes of one book at the end of a day, from posted vouchers."""
    return Notes(_dealings(book, day), _things(book, day), _projects(book, day), _words(book, day))


def _dealings(book: Book, day: date) -> list[tuple[str, str, int]]:
    """Who owes and is owed how much (往来款项): account, counterpart, fen on the account's usual side."""
    table = chart(day)
    rows = (
        Posting.objects.filter(book=book, on__gte=table.since, on__lte=day).order_by("account", "detail").values_list("account", "detail")
    )
    found = []
    for code, detail, fen in rows.annotate(n=Sum(F("debit_fen") - F("credit_fen"))):
        if fen and code[:3] in DEALINGS:
            account = table.accounts.get(code)
            found.append((f"{code} {table.name(code)}", detail, -fen if account is not None and account.credit_side else fen))
    return found


def _things(book: Book, day: date) -> list[tuple[str, int, int, int, int]]:
    """Goods and assets: name, opening, more, less, closing, fen on the debit side; contra accounts are negative."""
    table, start = chart(day), date(day.year, 1, 1)
    before = ledger.sums(book, None, start - timedelta(days=1)) if start > table.since else {}
    before = ledger.merge(before, ledger.sums(book, start, day, streams="o"))
    moved = ledger.sums(book, start, day, streams="nc")
    found = []
    for code in sorted({c for c in (*before, *moved) if c[:3] in THINGS}):
        (d0, c0), (d, c) = before.get(code, (0, 0)), moved.get(code, (0, 0))
        found.append((f"{code} {table.name(code)}", d0 - c0, d, c, d0 - c0 + d - c))
    return found


def _projects(book: Book, day: date) -> list[tuple[str, int, int, int]]:
    """Money for a purpose, this year: project, received, spent, the difference."""
    flows = Posting.objects.filter(book=book, on__gte=date(day.year, 1, 1), on__lte=day).exclude(project="")
    flows = flows.exclude(voucher__kind__in=[VoucherKind.CLOSING, VoucherKind.OPENING, VoucherKind.TRANSITION])
    side = Case(When(account__startswith="4", then=Value("in")), When(account__startswith="5", then=Value("out")), default=Value(""))
    sums: dict[str, dict[str, int]] = {}
    rows = flows.annotate(side=side).exclude(side="").order_by("project", "side").values_list("project", "side")
    for project, way, fen in rows.annotate(n=Sum(F("debit_fen") - F("credit_fen"))):
        sums.setdefault(project, {"in": 0, "out": 0})[way] = -int(fen) if way == "in" else int(fen)
    return [(name, s["in"], s["out"], s["in"] - s["out"]) for name, s in sums.items()]


def _words(book: Book, day: date) -> list[str]:
    """Sentences: reversals, reopened months, exceptions, what is not yet in, who keeps the book."""
    back = Voucher.objects.filter(book=book, kind=VoucherKind.REVERSAL, state=VoucherState.POSTED, on__year=day.year).count()
    waiting = Voucher.objects.filter(book=book, state__in=[VoucherState.DRAFT, VoucherState.CHECKED], on__lte=day).count()
    reopened = Period.objects.filter(book=book, reopened__gt=0, month__gte=day.year * 100).count()
    granted = Override.objects.filter(voucher__book=book, state=OverrideState.GRANTED, voucher__on__year=day.year).count()
    said = [f"账套自 {book.since:%Y年%m月%d日} 启用。本年冲销凭证 {back} 张，反结账的月份 {reopened} 个，批准的例外 {granted} 件。"]
    if waiting:
        said.append(f"还有 {waiting} 张凭证没有记账，没有列入本表。")
    if book.agent is not None:
        said.append(f"由{book.agent.name}代理记账；报表的真实、完整由本单位工会法定代表人负责。")
    return said


def shares(books: Any, code: str, day: date) -> list[tuple[Any, int]]:
    """What each of many books contributes to an account of the consolidated statements, the largest first (合计的构成)."""
    table = chart(day)
    account = table.accounts[code]
    flow = account.cls in {AccountClass.INCOME, AccountClass.EXPENSE}
    first = day.year * 100 + 1 if flow else month_of(table.since)
    cells = Balance.objects.filter(
        account__startswith=code, month__gte=first, month__lte=month_of(day), book__in=books.order_by().values("pk")
    )
    if flow:
        cells = cells.filter(stream="n")
    sums = dict(cells.order_by().values_list("book").annotate(n=Sum(F("debit_fen") - F("credit_fen"))))
    sign = 1 if account.cls in {AccountClass.ASSET, AccountClass.EXPENSE} else -1
    found = [(b, sign * int(sums[b.pk])) for b in books if sums.get(b.pk)]
    return sorted(found, key=lambda x: -abs(x[1]))
