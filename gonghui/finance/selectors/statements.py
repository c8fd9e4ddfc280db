"""Statements (会计报表): 资产负债表 and 收入支出表 of one book or of all books below, and their recount.

Source: 《工会会计制度》 2021, 工会01表, 工会02表. Figures come from the running balances (LED-11).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, QuerySet, Sum

from gonghui.finance.enums import AccountClass, Stream
from gonghui.finance.models import Balance, Book
from gonghui.finance.rules.charts import Account, chart
from gonghui.finance.rules.digest import month_of
from gonghui.finance.selectors import ledger

SMALL_SHARE = 4
"""Fewer than one book in so many: they are looked up by book."""


@dataclass(frozen=True)
class Item:
    """One row of a statement: fen on the account's usual side."""

    code: str
    name: str
    opening: int = 0
    closing: int = 0
    level: int = 1


@dataclass(frozen=True)
class Sheet:
    """资产负债表."""

    on: date
    assets: list[Item] = field(default_factory=list)
    liabilities: list[Item] = field(default_factory=list)
    net: list[Item] = field(default_factory=list)
    result_opening: int = 0
    result_closing: int = 0

    @staticmethod
    def _sum(rows: list[Item], name: str) -> int:
        return sum(getattr(r, name) for r in rows if r.level == 1)

    @property
    def assets_opening(self) -> int:
        return self._sum(self.assets, "opening")

    @property
    def assets_closing(self) -> int:
        return self._sum(self.assets, "closing")

    @property
    def liabilities_opening(self) -> int:
        return self._sum(self.liabilities, "opening")

    @property
    def liabilities_closing(self) -> int:
        return self._sum(self.liabilities, "closing")

    @property
    def net_opening(self) -> int:
        return self._sum(self.net, "opening") + self.result_opening

    @property
    def net_closing(self) -> int:
        return self._sum(self.net, "closing") + self.result_closing

    @property
    def even(self) -> bool:
        """Assets equal liabilities and net assets, at both ends."""
        return (
            self.assets_opening == self.liabilities_opening + self.net_opening
            and self.assets_closing == self.liabilities_closing + self.net_closing
        )


@dataclass(frozen=True)
class Flow:
    """One row of the statement of income and expenditure: month and year so far, basic and project."""

    code: str
    name: str
    month: int
    year: int
    basic: int
    project: int
    level: int


@dataclass(frozen=True)
class Income:
    """收入支出表."""

    since: date
    on: date
    income: list[Flow]
    expense: list[Flow]

    @staticmethod
    def _sum(rows: list[Flow], name: str) -> int:
        return sum(getattr(r, name) for r in rows if r.level == 1)

    @property
    def income_year(self) -> int:
        return self._sum(self.income, "year")

    @property
    def income_month(self) -> int:
        return self._sum(self.income, "month")

    @property
    def expense_year(self) -> int:
        return self._sum(self.expense, "year")

    @property
    def expense_month(self) -> int:
        return self._sum(self.expense, "month")

    @property
    def surplus_year(self) -> int:
        return self.income_year - self.expense_year

    @property
    def surplus_month(self) -> int:
        return self.income_month - self.expense_month


def balance_sheet(book: Book | int, on: date) -> Sheet:
    """资产负债表 at the end of a day, beside the year's opening."""
    start = date(on.year, 1, 1)
    closing = ledger.sums(book, None, on)
    opening = ledger.merge(
        ledger.sums(book, None, start - timedelta(days=1)) if start > chart(on).since else {}, ledger.sums(book, start, on, streams="o")
    )
    return sheet_of(opening, closing, on)


def sheet_of(opening: ledger.Sums, closing: ledger.Sums, on: date) -> Sheet:
    """A sheet from sums by account. Income less expenditure not yet transferred stands in the net assets as 本年收支差额."""
    rows: dict[str, list[Item]] = {cls: [] for cls in AccountClass.values}
    for account in chart(on).ordered:
        first, last = _net(account, opening), _net(account, closing)
        if first or last:
            rows[account.cls].append(Item(account.code, account.name, first, last, account.level))
    return Sheet(on, rows[AccountClass.ASSET], rows[AccountClass.LIABILITY], rows[AccountClass.NET], _result(opening), _result(closing))


def _net(account: Account, sums: ledger.Sums) -> int:
    """On the usual side of its class; a level-1 account takes its details along. Contra assets are negative."""
    fen = sum(d - c for code, (d, c) in sums.items() if code == account.code or (account.level == 1 and code[:3] == account.code))
    return fen if account.cls in {AccountClass.ASSET, AccountClass.EXPENSE} else -fen


def _result(sums: ledger.Sums) -> int:
    return sum(c - d for code, (d, c) in sums.items() if code[:1] in "45")


def income_statement(book: Book | int, on: date) -> Income:
    """收入支出表 for the month of `on` and the year so far."""
    start, month = date(on.year, 1, 1), on.replace(day=1)
    basic, project = (ledger.sums(book, start, on, streams="n", project=p) for p in (False, True))
    return income_of(ledger.sums(book, month, on, streams="n"), basic, project, on)


def income_of(month: ledger.Sums, basic: ledger.Sums, project: ledger.Sums, on: date) -> Income:
    """The statement from sums by account."""
    found: dict[str, list[Flow]] = {AccountClass.INCOME: [], AccountClass.EXPENSE: []}
    for account in chart(on).ordered:
        if account.cls not in found:
            continue
        now, plain, special = _net(account, month), _net(account, basic), _net(account, project)
        if now or plain or special:
            found[account.cls].append(Flow(account.code, account.name, now, plain + special, plain, special, account.level))
    return Income(date(on.year, 1, 1), on, found[AccountClass.INCOME], found[AccountClass.EXPENSE])


def consolidated(books: QuerySet[Book], on: date) -> tuple[Sheet, Income]:
    """Both statements of many books together (合并), at the end of the month of `on`, straight from the running balances.

    Amounts between the books are not eliminated: 补助 and 上解 stand on both sides, as the statements of each book do.
    """
    last, first, start = month_of(on), on.year * 100 + 1, month_of(chart(on).since)
    rows = Balance.objects.filter(month__gte=start, month__lte=last)
    if books.count() * SMALL_SHARE < Book.objects.count():
        rows = rows.filter(book__in=books.order_by().values("pk"))
    else:  # most books: the sum keeps the engine from looking the books up one by one, it runs along `balance_sums` instead
        rows = rows.annotate(held=F("book_id") + 0).filter(held__in=books.order_by().values("pk"))
    found = rows.order_by("account", "month", "stream", "project").values_list("account", "month", "stream", "project")
    sums: dict[str, ledger.Sums] = {key: {} for key in "ocPBpb"}
    for code, at, stream, project_, d, c in found.annotate(d=Sum("debit_fen"), c=Sum("credit_fen")).values_list(
        "account", "month", "stream", "project", "d", "c"
    ):
        ledger.add(sums[_bucket(at, stream, project_, first, last)], {code: (int(d), int(c))})
    month = ledger.merge(sums["P"], sums["B"])
    basic, project = ledger.merge(sums["b"], sums["B"]), ledger.merge(sums["p"], sums["P"])
    opening = sums["o"]
    closing = ledger.add(ledger.merge(opening, sums["c"]), ledger.merge(basic, project))
    return sheet_of(opening, closing, on), income_of(month, basic, project, on)


def _bucket(month: int, stream: str, project: bool, first: int, last: int) -> str:
    """Where a sum belongs: o opening, c year-end transfer, P and B this month, p and b the months before; project or basic."""
    if stream == Stream.OPENING or month < first:
        return "o"
    if stream == Stream.CLOSING:
        return "c"
    word = "p" if project else "b"
    return word.upper() if month == last else word


def last_day(month: int) -> date:
    """Last day of a month such as 202512."""
    year, n = divmod(month, 100)
    return date(year + n // 12, n % 12 + 1, 1) - timedelta(days=1)
