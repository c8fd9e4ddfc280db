"""A new budget begins with what is known (预算预填): last year's items and what was really received and spent, by member numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.core import clock, money
from gonghui.figures.selectors import values as figures
from gonghui.finance.rules import charts
from gonghui.treasury.enums import BudgetState, Side
from gonghui.treasury.models import Budget
from gonghui.treasury.rules.items import Row
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.selectors import common

COMMON_ITEMS = ("402", "40301", "50102", "50105", "50305", "50404", "50405", "50501", "50502", "50504")
COUNTY_ITEMS = ("402", "40301", "502", "50305", "50404", "50405", "50501", "50502", "506", "508")


def rows_of(union: Any, year: int) -> tuple[list[Row], int]:
    """Items for a new budget: last year's items and what was really received and spent, by member numbers (预填).

    Returns the rows and the number of members. Amounts follow last year's figure per member, whole yuan.
    """
    eve = date(year - 1, 12, 31)
    shot = figures.snapshots([union.pk], min(eve, clock.today()), ("members",))[union.pk]
    before = figures.snapshots([union.pk], date(year - 2, 12, 31), ("members",))[union.pk]
    members, earlier = shot.get("members"), before.get("members")
    old = Budget.objects.filter(union=union, year=year - 1, state=BudgetState.IN_FORCE).prefetch_related("lines").first()
    if old is not None:
        uses = reads.execution(old, eve).uses
        rows = [_from_use(u, members, earlier) for u in uses if u.budget or u.done]
    else:
        rows = _from_books(union, year, members, earlier)
    known = {(r.account, r.activity) for r in rows}
    level = charts.level_of(union.kind)
    wanted = COUNTY_ITEMS if level == "county" else COMMON_ITEMS
    rows += [
        Row(side_of(a), a, 0, "", common.account_name(a, date(year, 1, 1)), None, "")
        for a in wanted
        if (a, "") not in known and not any(k[0] == a for k in known)
    ]
    return sorted(rows, key=lambda r: (r.side != Side.INCOME, r.account, r.activity)), members


def side_of(account: str) -> str:
    """Income or spending, by the account."""
    return Side.INCOME if account.startswith("4") else Side.SPENDING


def _scaled(fen: int, members: int, earlier: int) -> tuple[int, str]:
    if not fen:
        return 0, ""
    if members and earlier and members != earlier:
        return fen * members // earlier // 100 * 100, f"上年 {money.show(fen)}，会员由 {earlier} 人变为 {members} 人"
    return fen // 100 * 100, f"按上年 {money.show(fen)}"


def _from_use(use: reads.Use, members: int, earlier: int) -> Row:
    fen, basis = _scaled(use.done or use.budget, members, earlier)
    return Row(use.side, use.item.account, max(fen, 0), use.item.activity, use.name, use.done, basis)


def _from_books(union: Any, year: int, members: int, earlier: int) -> list[Row]:
    sums: dict[str, int] = {}
    for (account, _event, _project), fen in reads.moved_of(union, year - 1).items():
        sums[account] = sums.get(account, 0) + fen
    rows = []
    for account, fen in sums.items():
        if fen > 0:
            planned, basis = _scaled(fen, members, earlier)
            rows.append(Row(side_of(account), account, planned, "", common.account_name(account, date(year, 1, 1)), fen, basis))
    return rows
