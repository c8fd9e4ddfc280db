"""What the pages of the books share (页面公用)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gonghui.core import clock
from gonghui.core.errors import BadInput
from gonghui.core.http import Request
from gonghui.finance.enums import Perm
from gonghui.finance.models import Book
from gonghui.finance.rules.charts import charts
from gonghui.finance.services import duties


def trail(book: Book | None = None, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs below the books."""
    head = [("工会账务", reverse("finance:books"))]
    if book is not None:
        head.append((str(book), reverse("finance:book", args=[book.pk])))
    return [*head, *steps]


MOST_ROWS = 5000
"""Rows of one file or print that is made while the reader waits."""


def whole(count: int, how: str) -> None:
    """Nothing is left out of a file or print unsaid (不截断). Raises BadInput finance.too_long with the next step."""
    if count > MOST_ROWS:
        raise BadInput("finance.too_long", f"共 {count:,} 行，一次最多打印或导出 {MOST_ROWS:,} 行。请{how}，分几次办理。")


def book_context(request: Request, book: Book, current: str) -> dict[str, Any]:
    """The head of a book's pages: its tabs, and what the reader may do."""
    names = (
        ("book", "凭证"), ("trial", "科目余额"), ("ledger", "明细账"), ("statements", "报表"), ("periods", "结账"),
    )  # fmt: skip
    tabs = [
        {"label": label, "url": reverse(f"finance:{name}", args=[book.pk]), "current": name == current, "count": None}
        for name, label in names
    ]
    can = {p.name.lower(): duties.own(request.actor, p, book) for p in Perm}
    return {"book": book, "book_tabs": tabs, "can": can, "may_export": request.actor.may(Perm.BOOK_EXPORT, book.union)}


def month_asked(request: HttpRequest, book: Book | None = None) -> date:
    """`?month=202503` as its last day, today at the latest, else today."""
    from gonghui.finance.selectors.statements import last_day

    text = request.GET.get("month", "")
    today = clock.today()
    if (
        text.isascii()
        and text.isdigit()
        and len(text) == 6
        and 1 <= int(text[4:]) <= 12
        and charts()[0].since.year <= int(text[:4]) <= 2099
    ):
        return min(last_day(int(text)), today)
    return today


def months(book: Book | None = None, *, back: int = 24) -> list[int]:
    """Months to choose from, newest first."""
    today = clock.today()
    found = [clock.add_months(today.replace(day=1), -n) for n in range(back)]
    first = book.since if book is not None else charts()[0].since
    return [d.year * 100 + d.month for d in found if (d.year, d.month) >= (first.year, first.month)]
