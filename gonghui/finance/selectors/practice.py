"""How far somebody is with the practice cases (练习进度)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from gonghui.finance.enums import BookKind, Perm
from gonghui.finance.models import Book, PracticeTry
from gonghui.finance.selectors.books import scope

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def progress(user_id: int | None) -> dict[str, tuple[int, bool]]:
    """Tries and success by case."""
    rows = PracticeTry.objects.filter(user_id=user_id or 0).values("case").annotate(n=Count("pk"), ok=Count("pk", filter=Q(right=True)))
    return {row["case"]: (row["n"], row["ok"] > 0) for row in rows}


def own_practice(actor: Actor) -> Book | None:
    """The practice book of one's own place, where there is one (练习账套)."""
    return Book.objects.filter(scope(actor, Perm.PRACTICE), kind=BookKind.PRACTICE, closed_on=None).order_by("union__path", "pk").first()
