"""Reads of satisfaction (满意度查询): stars and words, never whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Q, QuerySet

from gonghui.core.errors import NotFound
from gonghui.services.enums import Perm
from gonghui.services.models import Satisfaction

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def ratings(*, actor: Actor, about: str = "", stars: str = "", q: str = "", open_only: bool = False) -> QuerySet[Satisfaction]:
    """What was said in scope, the newest first (评价)."""
    seen = Q(actor.within(Perm.FEEDBACK_VIEW, "visit__plan__union")) | Q(actor.within(Perm.FEEDBACK_VIEW, "entry__activity__union"))
    rows = Satisfaction.objects.filter(seen).select_related("visit__plan__union", "entry__activity__union")
    rows = rows.filter(visit__isnull=False) if about == "health" else rows.filter(entry__isnull=False) if about == "match" else rows
    rows = rows.filter(stars=int(stars)) if stars in ("1", "2", "3", "4", "5") else rows
    rows = rows.filter(Q(words__icontains=q) | Q(visit__plan__title__icontains=q) | Q(entry__activity__title__icontains=q)) if q else rows
    rows = rows.filter(answered_at=None).exclude(words="") if open_only else rows
    return rows.order_by("-at", "-pk")


def rating_get(*, actor: Actor, pk: int) -> Satisfaction:
    """One of them, or 404."""
    row = ratings(actor=actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def totals(rows: QuerySet[Satisfaction]) -> dict[str, Any]:
    """How many, the mean, how many are content: four stars and more (满意率)."""
    return rows.aggregate(n=Count("pk"), mean=Avg("stars"), content=Count("pk", filter=Q(stars__gte=4)))
