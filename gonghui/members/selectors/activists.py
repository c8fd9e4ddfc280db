"""The pool of activists with hours and rating of a year (积极分子队伍, S050)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from gonghui.accounts.actor import subtree
from gonghui.core.errors import NotFound
from gonghui.members.enums import Perm
from gonghui.members.models import Activist, ActivistDeed

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

RATINGS = ("优秀", "合格", "待提高")
NONE = "未考评"


def pool(actor: Actor, union: Any, *, year: int, q: str = "", rating: str = "") -> QuerySet[Any]:
    """Activists of a union and below. Args: q a name's beginning or a word of the skills; rating of the year, or 未考评."""
    rows = Activist.objects.filter(actor.within(Perm.MEMBER_VIEW, "union"), subtree(union.path, "union__path"), until=None)
    work = Q(deeds__on__year=year, deeds__rating_year=None)
    said = ActivistDeed.objects.filter(activist=OuterRef("pk"), rating_year=year).values("rating")[:1]
    rows = rows.annotate(
        minutes=Coalesce(Sum("deeds__minutes", filter=work), 0),
        times=Count("deeds", filter=work),
        rating=Coalesce(Subquery(said), Value("")),
    )
    if q.strip():
        rows = rows.filter(Q(person__name__startswith=q.strip()) | Q(skills__contains=q.strip()))
    if rating:
        rows = rows.filter(rating="" if rating == NONE else rating)
    return rows.select_related("person", "union").order_by("-minutes", "person__name", "pk")


def activist_get(*, actor: Actor, pk: int) -> Activist:
    """One activist in scope, or 404."""
    row = Activist.objects.filter(actor.within(Perm.MEMBER_VIEW, "union"), pk=pk).select_related("person", "union").first()
    if row is None:
        raise NotFound()
    return row
