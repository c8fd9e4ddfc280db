"""Reads of final accounts (决算查询)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.finance.enums import BookKind, PeriodState
from gonghui.finance.selectors import statements
from gonghui.treasury.enums import FinalState, Perm
from gonghui.treasury.models import BudgetReminder, FinalAccount

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def final_list(*, actor: Actor, year: int | None = None, q: str = "") -> QuerySet[FinalAccount]:
    """Final accounts in scope (决算列表)."""
    rows = FinalAccount.objects.filter(actor.within(Perm.BUDGET_VIEW, "union")).select_related("union")
    if year:
        rows = rows.filter(year=year)
    for word in q.split()[:4]:
        rows = rows.filter(Q(union__name__icontains=word) | Q(union__code__istartswith=word))
    return rows.annotate(asked=Count("lines", filter=Q(lines__must=True, lines__words=""))).order_by("-year", "union__path")


def final_get(*, actor: Actor, pk: int) -> FinalAccount:
    """One final account the actor may see, or 404."""
    rows = FinalAccount.objects.filter(actor.within(Perm.BUDGET_VIEW, "union"))
    return get_object_or_404(rows.select_related("union", "union__parent", "book", "approval", "budget"), pk=pk)


def to_decide(*, actor: Actor) -> QuerySet[FinalAccount]:
    """Reported to the actor's union and not decided yet (待核定的决算)."""
    rows = FinalAccount.objects.filter(state=FinalState.REPORTED)
    return rows.filter(actor.within(Perm.BUDGET_RECORD, "union__parent")).select_related("union")


def missing(*, actor: Actor, union: Any, year: int) -> QuerySet[Any]:
    """Real books at and below a union that ran in the year and have no final account under way (还没有决算的账套)."""
    held = FinalAccount.objects.filter(year=year).exclude(state=FinalState.DROPPED).values("union_id")
    book = FinalAccount._meta.get_field("book").related_model
    rows: QuerySet[Any] = book._default_manager.filter(
        actor.within(Perm.BUDGET_VIEW, "union"),
        subtree(union.path, "union__path"),
        kind=BookKind.REAL,
        closed_on=None,
        since__lte=date(year, 12, 31),
    )
    return rows.exclude(union_id__in=held).select_related("union").order_by("union__path")


def december(book: Any, year: int) -> Any:
    """December of a book's year once it is closed, else None."""
    return book.periods.filter(month=year * 100 + 12, state=PeriodState.CLOSED).first()


def seal_of(book: Any, year: int) -> str:
    """The seal of the closed year, empty while it is open."""
    held = december(book, year)
    return held.seal if held is not None else ""


def closing_sheet(book: Any, year: int) -> dict[str, Any]:
    """The balance sheet at the year's end as plain data, to be kept with the final account."""
    sheet = statements.balance_sheet(book, date(year, 12, 31))
    return {
        **{
            name: [[i.code, i.name, i.opening, i.closing, i.level] for i in getattr(sheet, name)]
            for name in ("assets", "liabilities", "net")
        },
        "sums": {name: [getattr(sheet, f"{name}_opening"), getattr(sheet, f"{name}_closing")] for name in ("assets", "liabilities", "net")},
        "result": [sheet.result_opening, sheet.result_closing],
    }


def reminded(unions: list[int], year: int) -> dict[int, date]:
    """When each union was last reminded of its budget."""
    rows = BudgetReminder.objects.filter(union__in=unions, year=year).order_by("on")
    return dict(rows.values_list("union_id", "on"))


__all__ = ["closing_sheet", "december", "final_get", "final_list", "missing", "reminded", "seal_of", "to_decide"]
