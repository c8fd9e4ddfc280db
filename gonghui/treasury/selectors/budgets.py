"""Reads of budgets (预算查询): in force, executed, left, consolidated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.finance.enums import BookKind, VoucherKind, VoucherState
from gonghui.finance.rules import EVENTS
from gonghui.treasury.enums import BudgetState, HoldState, Perm, Side
from gonghui.treasury.models import Budget, BudgetLine, Reservation
from gonghui.treasury.rules import items
from gonghui.treasury.rules.items import Item
from gonghui.treasury.selectors import common

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

APART = (VoucherKind.OPENING, VoucherKind.TRANSITION, VoucherKind.CLOSING)
Moved = dict[tuple[str, str, str], int]
"""(account, event, project) -> fen: income as credit less debit, spending as debit less credit."""
CHUNK = 800


def budget_list(*, actor: Actor, year: int | None = None, state: str = "", q: str = "") -> QuerySet[Budget]:
    """Budgets in scope, the latest first (预算列表)."""
    rows = Budget.objects.filter(actor.within(Perm.BUDGET_VIEW, "union")).select_related("union")
    if year:
        rows = rows.filter(year=year)
    if state:
        rows = rows.filter(state=state)
    for word in q.split()[:4]:
        rows = rows.filter(Q(union__name__icontains=word) | Q(union__code__istartswith=word))
    return rows.order_by("-year", "union__path", "-version")


def budget_get(*, actor: Actor, pk: int) -> Budget:
    """One budget the actor may see, or 404."""
    seen = Budget.objects.filter(actor.within(Perm.BUDGET_VIEW, "union"))
    return get_object_or_404(seen.select_related("union", "approval", "base"), pk=pk)


def budget_in_force(union: Any, year: int) -> Budget | None:
    """The budget that governs a union's year, if any (执行中的预算)."""
    return Budget.objects.filter(union=union, year=year, state=BudgetState.IN_FORCE).first()


def unreported(*, actor: Actor) -> QuerySet[Budget]:
    """Budgets in force that the union above has not been told of (待报备)."""
    return Budget.objects.filter(actor.within(Perm.BUDGET_EDIT, "union"), state=BudgetState.IN_FORCE, reported_on=None)


def to_receive(*, actor: Actor) -> QuerySet[Budget]:
    """Budgets reported upward and not looked at yet (待签收的备案)."""
    rows = Budget.objects.filter(state=BudgetState.IN_FORCE, reported_on__isnull=False, received_on=None)
    return rows.filter(actor.within(Perm.BUDGET_RECORD, "union__parent"))


# -- what has happened -------------------------------------------------------------------------------------------


def moved(union_ids: Iterable[int], year: int, until: date | None = None) -> dict[int, Moved]:
    """What was posted on income and spending accounts in a year, without openings and year-end transfers (执行数)."""
    found: dict[int, Moved] = defaultdict(lambda: defaultdict(int))
    last = min(until or date(year, 12, 31), date(year, 12, 31))
    wanted = sorted(set(union_ids))
    for start in range(0, len(wanted), CHUNK):
        rows = common.posting_model()._default_manager.filter(
            Q(account__startswith="4") | Q(account__startswith="5"),
            book__union_id__in=wanted[start : start + CHUNK],
            book__kind=BookKind.REAL,
            on__gte=date(year, 1, 1),
            on__lte=last,
        )
        rows = rows.exclude(voucher__kind__in=APART).exclude(voucher__reverses__kind__in=APART)
        rows = rows.values("book__union_id", "account", "voucher__event", "voucher__reverses__event", "project")
        for row in rows.annotate(d=Sum("debit_fen"), c=Sum("credit_fen")).order_by():
            account, fen = row["account"], int(row["d"] or 0) - int(row["c"] or 0)
            event = row["voucher__reverses__event"] or row["voucher__event"]
            found[row["book__union_id"]][(account, event, row["project"])] += -fen if account.startswith("4") else fen
    return found


def moved_of(union: Any, year: int, until: date | None = None) -> Moved:
    """As `moved`, for one union."""
    return moved([union.pk], year, until).get(union.pk, {})


def checked_not_posted(union: Any, year: int, *, without: int | None = None) -> Moved:
    """What checked vouchers will take once they are posted (已审核未记账).

    What they will give back does not count before: a checked reversal may still be returned (LED-10).
    """
    rows = common.voucher_model()._default_manager.filter(
        book__union=union, book__kind=BookKind.REAL, state=VoucherState.CHECKED, on__year=year
    )
    found: Moved = defaultdict(int)
    for voucher in rows.exclude(pk=without or 0)[:2000]:
        own: Moved = defaultdict(int)
        for line in voucher.lines:
            if line.account.startswith("5"):
                own[(line.account, voucher.event, line.project)] += line.debit - line.credit
        for key, fen in own.items():
            found[key] += max(fen, 0)
    return found


@dataclass
class Use:
    """How one item stands (项目执行情况)."""

    line: BudgetLine | None
    item: Item
    name: str
    side: str
    budget: int = 0
    done: int = 0
    waiting: int = 0
    held: int = 0

    @property
    def left(self) -> int:
        """What may still be spent (预算余额)."""
        return self.budget - self.done - self.waiting - self.held

    @property
    def over(self) -> bool:
        return self.side == Side.SPENDING and self.left < 0

    @property
    def used_percent(self) -> int:
        """Executed share in percent, rounded down."""
        return self.done * 100 // self.budget if self.budget else 0


def word_of(activity: str) -> str:
    """The Chinese word of an activity: an event of the books, or the project's own name."""
    return EVENTS[activity].label if activity in EVENTS else activity


@dataclass
class Execution:
    """A budget beside what happened (预算执行)."""

    budget: Budget
    uses: list[Use] = field(default_factory=list)

    def of(self, side: str) -> list[Use]:
        return [u for u in self.uses if u.side == side]

    def total(self, side: str, name: str) -> int:
        return sum(getattr(u, name) for u in self.of(side))

    def use(self, item: Item) -> Use | None:
        """The item's standing."""
        return next((u for u in self.uses if u.item == item and u.line is not None), None)


def execution(budget: Budget, until: date | None = None, known: Moved | None = None) -> Execution:
    """Budget, executed, waiting, held and left of every item; what has no item stands in rows of its own."""
    lines = list(budget.lines.all())
    uses = {
        (line.side, Item(line.account, line.activity)): Use(line, Item(line.account, line.activity), line.name, line.side, line.amount_fen)
        for line in lines
    }
    live = budget.state == BudgetState.IN_FORCE and until is None
    _spread(uses, known if known is not None else moved_of(budget.union, budget.year, until), "done", budget.year)
    if live:
        _spread(uses, checked_not_posted(budget.union, budget.year), "waiting", budget.year)
        holds: Moved = defaultdict(int)
        for hold in holds_open(budget.union, budget.year):
            holds[(hold.account, hold.activity, hold.activity)] += hold.amount_fen
        _spread(uses, holds, "held", budget.year)
    ordered = sorted(uses.values(), key=lambda u: (u.side, u.item.account, u.item.activity))
    return Execution(budget, ordered)


def _spread(uses: dict[tuple[str, Item], Use], amounts: Moved, name: str, year: int) -> None:
    for (account, event, project), fen in amounts.items():
        side = Side.INCOME if account.startswith("4") else Side.SPENDING
        held = [item for s, item in uses if s == side]
        item = items.find(held, account, (event, project))
        if item is None:
            item = Item(account)
            uses.setdefault((side, item), Use(None, item, common.account_name(account, date(year, 12, 31)), side))
        use = uses[(side, item)]
        setattr(use, name, getattr(use, name) + fen)


def holds_open(union: Any, year: int) -> QuerySet[Reservation]:
    """Plans that hold something of the year's budget."""
    return Reservation.objects.filter(union=union, year=year, state=HoldState.OPEN)


@dataclass(frozen=True)
class Left:
    """What is left of an item for one more spending (项目余额)."""

    budget: Budget | None
    item: Item | None
    name: str
    amount: int
    done: int
    held: int

    @property
    def left(self) -> int:
        return self.amount - self.done - self.held


@dataclass(frozen=True)
class Standing:
    """How one year's budget of a union stands (预算执行现状), read once, asked for any item."""

    budget: Budget | None
    year: int
    lines: Mapping[Item, BudgetLine]
    moved: Moved
    waiting: Moved
    held: Sequence[Reservation]

    def left(self, account: str, activities: Sequence[str] = (), *, source: str = "") -> Left:
        """Balance of the item a spending would fall on; `source`: whose own reservation does not count against it."""
        item = items.find(self.lines, account, activities)
        if item is None:
            return Left(self.budget, None, common.account_name(account, date(self.year, 12, 31)), 0, 0, 0)
        done = _on(self.lines, item, self.moved) + _on(self.lines, item, self.waiting)
        held = sum(h.amount_fen for h in self.held if h.source != source and items.find(self.lines, h.account, (h.activity,)) == item)
        return Left(self.budget, item, self.lines[item].name, self.lines[item].amount_fen, done, held)


def standing(union: Any, year: int, *, voucher: int | None = None) -> Standing:
    """Budget, what was posted, what is checked and waits, what plans hold; `voucher`: whose own draft does not count."""
    budget = budget_in_force(union, year)
    if budget is None:
        return Standing(None, year, {}, {}, {}, ())
    lines = {Item(x.account, x.activity): x for x in budget.lines.filter(side=Side.SPENDING)}
    waiting = checked_not_posted(union, year, without=voucher)
    return Standing(budget, year, lines, moved_of(union, year), waiting, list(holds_open(union, year)))


def item_left(union: Any, year: int, account: str, activities: Sequence[str] = (), *, source: str = "", voucher: int | None = None) -> Left:
    """Balance of one item (查预算余额); arguments as in `standing` and `Standing.left`."""
    return standing(union, year, voucher=voucher).left(account, activities, source=source)


def _on(lines: Iterable[Item], item: Item, amounts: Moved) -> int:
    return sum(fen for (account, event, project), fen in amounts.items() if items.find(lines, account, (event, project)) == item)


# -- many unions ------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """One account of a consolidated budget (汇总行)."""

    account: str
    name: str
    side: str
    budget: int = 0
    done: int = 0

    @property
    def percent(self) -> int:
        return self.done * 100 // self.budget if self.budget else 0


@dataclass
class Consolidated:
    """Budgets of a subtree together (汇总预算)."""

    union: Any
    year: int
    rows: list[Row]
    unions: list[tuple[Any, int, int, int, int]]
    without: list[Any]

    def total(self, side: str, name: str) -> int:
        return sum(getattr(r, name) for r in self.rows if r.side == side)


def consolidated(*, actor: Actor, union: Any, year: int, until: date | None = None) -> Consolidated:
    """All budgets in force at and below a union, by level-1 account, with each union's execution, exceptions first.

    Money that one level gives another appears in both: 补助下级 here and 上级补助 there; the page says so.
    """
    seen = actor.within(Perm.BUDGET_VIEW, "union")
    budgets = {
        b.union_id: b
        for b in Budget.objects.filter(seen, subtree(union.path, "union__path"), year=year, state=BudgetState.IN_FORCE).select_related(
            "union"
        )
    }
    lines = BudgetLine.objects.filter(budget__in=[b.pk for b in budgets.values()]).values_list(
        "budget__union_id", "side", "account", "amount_fen"
    )
    rows: dict[tuple[str, str], Row] = {}
    planned: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    spent: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    day = min(until or clock.today(), date(year, 12, 31))

    def row(side: str, account: str) -> Row:
        code = account[:3]
        return rows.setdefault((side, code), Row(code, common.account_name(code, date(year, 12, 31)), side))

    for union_id, side, account, fen in lines:
        row(side, account).budget += fen
        planned[union_id][side] += fen
    for union_id, amounts in moved(budgets, year, day).items():
        for (account, _event, _project), fen in amounts.items():
            side = Side.INCOME if account.startswith("4") else Side.SPENDING
            row(side, account).done += fen
            spent[union_id][side] += fen
    listed = [
        (b, planned[u][Side.INCOME], planned[u][Side.SPENDING], spent[u][Side.INCOME], spent[u][Side.SPENDING]) for u, b in budgets.items()
    ]
    listed.sort(key=lambda r: (-(r[4] > r[2]), -(r[4] * 10_000 // r[2] if r[2] else 0), r[0].union.path))
    return Consolidated(union, year, [rows[k] for k in sorted(rows)], listed, [])


def missing(*, actor: Actor, union: Any, year: int) -> Any:
    """Unions with a real book and no budget in force for the year (没有预算的账套), for the list of exceptions."""
    held = Budget.objects.filter(year=year, state=BudgetState.IN_FORCE).values("union_id")
    book = common.voucher_model()._meta.get_field("book").related_model
    return (
        book._default_manager.filter(
            actor.within(Perm.BUDGET_VIEW, "union"), subtree(union.path, "union__path"), kind=BookKind.REAL, closed_on=None
        )
        .exclude(union_id__in=held)
        .select_related("union")
        .order_by("union__path")
    )
