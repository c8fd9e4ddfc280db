"""Overrides as the audit committee reads them (例外清单)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from gonghui.core.errors import NotFound
from gonghui.spending.enums import OverrideState, Perm
from gonghui.spending.models import Override, Plan

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def overrides(actor: Actor, since: date | None = None, until: date | None = None) -> QuerySet[Override]:
    """Every override in the actor's scope asked for in a span of days, newest first."""
    rows = Override.objects.filter(actor.within(Perm.OVERRIDE_VIEW, "plan__union")).select_related("plan__union")
    rows = rows.filter(asked_at__date__gte=since) if since else rows
    rows = rows.filter(asked_at__date__lte=until) if until else rows
    return rows.order_by("-asked_at", "-pk")


def override_get(*, actor: Actor, pk: int) -> Override:
    """One override in scope, or 404."""
    row = Override.objects.filter(actor.within(Perm.OVERRIDE_VIEW, "plan__union"), pk=pk).select_related("plan__union").first()
    if row is None:
        raise NotFound()
    return row


def waiting(actor: Actor) -> QuerySet[Override]:
    """What waits for the actor's decision; never the own."""
    rows = Override.objects.filter(actor.within(Perm.OVERRIDE_DECIDE, "plan__union"), state=OverrideState.ASKED)
    mine = Q(asked_by=actor.ref) | (Q(asked_user=actor.user_id) if actor.user_id is not None else Q(pk__in=[]))
    return rows.exclude(mine)


def granted_keys(plan: Plan, digest: str) -> frozenset[str]:
    """Rules that were waived for the plan as it is now."""
    return frozenset(Override.objects.filter(plan=plan, digest=digest, state=OverrideState.GRANTED).values_list("key", flat=True))
