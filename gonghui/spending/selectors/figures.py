"""Local figures (当地标准) as a union meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from gonghui.core.errors import NotFound
from gonghui.spending.enums import Perm
from gonghui.spending.models import LocalFigure
from gonghui.spending.rules.draft import Figure

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LEVEL = 4


def figure_list(actor: Actor) -> QuerySet[LocalFigure]:
    """Figures in the actor's scope, and those of the unions above, which hold here too."""
    mine = LocalFigure.objects.filter(actor.within(Perm.PLAN_VIEW, "union"))
    above = LocalFigure.objects.filter(union__path__in=[p for path in actor.paths(Perm.PLAN_VIEW) for p in line_of(path)])
    return (mine | above).select_related("union").order_by("kind", "area", "-since")


def figure_get(*, actor: Actor, pk: int) -> LocalFigure:
    """One figure of the own scope, or 404."""
    row = LocalFigure.objects.filter(actor.within(Perm.FIGURE_EDIT, "union"), pk=pk).select_related("union").first()
    if row is None:
        raise NotFound()
    return row


def line_of(path: str) -> list[str]:
    """Paths from the highest union down to this one."""
    return [path[:end] for end in range(LEVEL, len(path) + 1, LEVEL)]


def tables_of(union: Any) -> tuple[Figure, ...]:
    """All figures the union and those above have entered."""
    rows = LocalFigure.objects.filter(union__path__in=line_of(union.path)).values_list(
        "kind", "area", "amount_fen", "since", "until", "union__depth", "source"
    )
    return tuple(Figure(*row) for row in rows)
