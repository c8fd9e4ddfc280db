"""From a total to its vouchers, papers, people and rules (审计工作台)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from gonghui.core.errors import NotFound
from gonghui.finance.rules import charts
from gonghui.finance.selectors import accounts, ledger, vouchers
from gonghui.spending.enums import PRIVATE
from gonghui.spending.selectors import overrides, plans
from gonghui.treasury.selectors import payments

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

ASIDE = ["opening", "transition", "closing"]


@dataclass(frozen=True)
class Total:
    """One total of the books (总数)."""

    key: str
    label: str
    fen: int
    count: int | None = None


@dataclass
class Board:
    """All totals of a span."""

    income: list[Total] = field(default_factory=list)
    expense: list[Total] = field(default_factory=list)
    other: list[Total] = field(default_factory=list)

    @property
    def income_fen(self) -> int:
        return sum(t.fen for t in self.income)

    @property
    def expense_fen(self) -> int:
        return sum(t.fen for t in self.expense)


def board(actor: Actor, book: Any, since: date, until: date) -> Board:
    """The totals of a book between two days (总数): income and expenditure by item, cash paid, festivals, overrides."""
    table, found = charts.chart(until), Board()
    for code, (d, c) in sorted(ledger.sums(book, since, until, streams="n").items()):
        if code[:1] == "4" and c != d:
            found.income.append(Total(code, table.name(code), c - d))
        elif code[:1] == "5" and c != d:
            found.expense.append(Total(code, table.name(code), d - c))
    cash = _lines(book, "101", since, until)
    found.other.append(Total("cash", "现金付出", sum(p.credit_fen for p in cash), len([p for p in cash if p.credit_fen])))
    for key, label in (("festival", "节日慰问合计"), ("override", "例外办理的凭证")):
        rows = list(listed(actor, book, key, since, until))
        found.other.append(Total(key, label, sum(fen for _v, fen in rows), len(rows)))
    return found


def _lines(book: Any, account: str, since: date, until: date) -> list[Any]:
    rows = accounts.postings(book, account, since, until).exclude(voucher__kind__in=ASIDE)
    return list(rows.exclude(voucher__kind="reversal", voucher__reverses__kind__in=ASIDE))


def listed(actor: Actor, book: Any, key: str, since: date, until: date) -> list[tuple[Any, int]]:
    """The vouchers behind a total, each with its part (总数后面的凭证). Raises NotFound for an unknown total."""
    if key == "festival":
        rows = vouchers.vouchers(book, {"event": "festival"}).filter(state="posted", on__gte=since, on__lte=until)
        return [(v, v.total_fen) for v in rows]
    if key == "override":
        return [(v, v.total_fen) for v in _overridden(actor, book, since, until)]
    account, cash = ("101", True) if key == "cash" else (key, False)
    if account not in charts.chart(until).accounts:
        raise NotFound()
    parts: dict[int, tuple[Any, int]] = {}
    for p in _lines(book, account, since, until):
        fen = p.credit_fen if cash else (p.credit_fen - p.debit_fen) * (1 if account.startswith("4") else -1)
        if fen:
            held = parts.get(p.voucher_id, (p.voucher, 0))
            parts[p.voucher_id] = (held[0], held[1] + fen)
    return list(parts.values())


def _overridden(actor: Actor, book: Any, since: date, until: date) -> QuerySet[Any]:
    mine = vouchers.overrides(actor).filter(voucher__book=book, state="granted").order_by().values("voucher_id")
    planned = overrides.overrides(actor).filter(plan__union=book.union_id, state="granted").order_by().values("plan__voucher_pk")
    rows = vouchers.vouchers(book).filter(state="posted", on__gte=since, on__lte=until)
    return rows.filter(Q(pk__in=mine) | Q(pk__in=planned.exclude(plan__voucher_pk=None)))


@dataclass
class Trail:
    """Everything about one voucher (一张凭证的来龙去脉)."""

    voucher: Any
    lines: list[tuple[Any, str]]
    files: list[Any]
    people: list[tuple[str, str, Any]]
    plan: Any
    participants: list[Any]
    more: int
    slips: list[Any]
    overrides: list[tuple[str, Any]]
    payments: list[Any]
    reversal: Any


MOST = 60


def trail(actor: Actor, pk: int) -> Trail:
    """Postings, papers, people, plan, rule versions, exceptions, payment of one voucher in scope, or 404."""
    row = vouchers.voucher_get(actor=actor, pk=pk)
    table = charts.chart(row.on)
    names = vouchers.names([row])
    people = [
        ("制单", names.get(row.maker_ref, ""), row.created_at),
        ("审核", names.get(row.checker_ref, ""), row.checked_at),
        ("记账", names.get(row.poster_ref, ""), row.posted_at),
    ]
    plan = plans.plan_visible(actor).filter(voucher_pk=row.pk).first()
    private = plan is not None and plan.kind in PRIVATE
    parts = list(plan.participants.select_related("person").order_by("pk")[: MOST + 1]) if plan is not None and not private else []
    more = max(0, plan.participants.count() - MOST) if plan is not None and parts else 0
    found: list[tuple[str, Any]] = [("凭证", o) for o in vouchers.overrides(actor).filter(voucher=row)]
    if plan is not None:
        found += [("计划", o) for o in overrides.overrides(actor).filter(plan=plan)]
    return Trail(
        row, [(x, table.name(x.account)) for x in row.lines], list(row.files.all()), [p for p in people if p[1]], plan, parts[:MOST],
        more, list(plan.slips.order_by("phase", "pk")) if plan is not None else [], found,
        list(payments.payment_list(actor=actor).filter(voucher=row)), getattr(row, "reversal", None),
    )  # fmt: skip


__all__ = ["Board", "Total", "Trail", "board", "listed", "trail"]
