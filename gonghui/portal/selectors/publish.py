"""Reads of publishing and the experience library (发布与经验查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.portal.enums import Audience, Perm, PubState
from gonghui.portal.models import Experience, Publication

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SHOWN = (PubState.PUBLISHED, PubState.ARCHIVED)


def audiences(actor: Actor) -> list[str]:
    """Which audiences the reader belongs to."""
    found = [Audience.PUBLIC]
    if actor.signed_in:
        found.append(Audience.SIGNED_IN)
    if actor.is_officer:
        found.append(Audience.OFFICERS)
    return [str(a) for a in found]


def news(actor: Actor, *, archived: bool = False) -> QuerySet[Publication]:
    """What readers see, newest first."""
    state = PubState.ARCHIVED if archived else PubState.PUBLISHED
    return Publication.objects.filter(state=state, audience__in=audiences(actor)).select_related("union").order_by("-published_at")


def news_get(*, actor: Actor, pk: int) -> Publication:
    return get_object_or_404(Publication.objects.select_related("union"), pk=pk, state__in=SHOWN, audience__in=audiences(actor))


def publication_list(*, actor: Actor) -> QuerySet[Publication]:
    """Texts of unions in scope, in every state."""
    return Publication.objects.filter(actor.within(Perm.PUBLISH_EDIT, "union")).select_related("union")


def publication_get(*, actor: Actor, pk: int) -> Publication:
    rows = Publication.objects.filter(actor.within(Perm.PUBLISH_EDIT, "union") | actor.within(Perm.PUBLISH_APPROVE, "union"))
    return get_object_or_404(rows.select_related("union", "approval"), pk=pk)


def experience_list(*, tag: str = "", q: str = "") -> QuerySet[Experience]:
    """Cases of the whole federation, the most adopted first: experience is there to be shared."""
    rows = Experience.objects.select_related("union", "point").annotate(adopted=Count("adoptions")).order_by("-adopted", "-pk")
    if q:
        rows = rows.filter(title__icontains=q) | rows.filter(summary__icontains=q)
    if tag:
        rows = rows.filter(pk__in=[pk for pk, tags in Experience.objects.values_list("pk", "tags") if tag in tags])
    return rows


def tags() -> list[tuple[str, int]]:
    """Tags with how many cases carry them."""
    seen: dict[str, int] = {}
    for found in Experience.objects.values_list("tags", flat=True):
        for tag in found:
            seen[tag] = seen.get(tag, 0) + 1
    return sorted(seen.items(), key=lambda p: (-p[1], p[0]))
