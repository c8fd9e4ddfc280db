"""Books the actor may see (账套)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from gonghui.core.errors import NotFound
from gonghui.finance.enums import BookKind, Perm
from gonghui.finance.models import Book

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def scope(actor: Actor, perm: str = Perm.BOOK_VIEW, prefix: str = "") -> Q:
    """Books of the actor's unions, and books they keep for others."""
    return actor.within(perm, f"{prefix}union") | actor.within(perm, f"{prefix}agent")


def books(actor: Actor, perm: str = Perm.BOOK_VIEW) -> QuerySet[Book]:
    """Books in use, real ones (账套), cut to the actor's scope."""
    found = Book.objects.filter(scope(actor, perm), kind=BookKind.REAL, closed_on=None)
    return found.select_related("union", "agent").order_by("union__path")


def book_of(union: Any) -> Book | None:
    """The union's open real book (正在用的账套), or None."""
    found = Book.objects.filter(union_id=getattr(union, "pk", union), kind=BookKind.REAL, closed_on=None)
    return found.select_related("union", "agent").first()


def book_get(*, actor: Actor, pk: int, perm: str = Perm.BOOK_VIEW) -> Book:
    """One book, or 404; practice books included."""
    found = Book.objects.filter(scope(actor, perm), pk=pk).select_related("union", "agent").first()
    if found is None:
        raise NotFound()
    return found
