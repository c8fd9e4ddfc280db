"""Reads of crisis intervention (危机干预查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from gonghui.core.errors import NotFound
from gonghui.counsel.enums import Perm, RiskState
from gonghui.counsel.models import Risk
from gonghui.counsel.selectors import sessions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def risks(*, actor: Actor, state: str = "") -> QuerySet[Risk]:
    """Flags the actor decides on, and those the actor raised (危机干预). No alias, no name stands in the row."""
    mine = sessions.me(actor)
    seen = Risk.objects.filter(actor.within(Perm.RISK_DECIDE, "appointment__counsellor__union"))
    if mine is not None:
        seen = seen | Risk.objects.filter(appointment__counsellor=mine.pk)
    seen = seen.filter(state=state) if state in RiskState.values else seen
    return seen.select_related("appointment__counsellor__union").order_by("-raised_at", "-pk").distinct()


def risk_get(*, actor: Actor, pk: int) -> Risk:
    """One of them, or 404."""
    row = risks(actor=actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def owner(actor: Actor, risk: Risk) -> bool:
    """Is the actor the counsellor who raised it, or has taken it over?"""
    mine = sessions.me(actor)
    return mine is not None and mine.pk == risk.appointment.counsellor_id


def opens(actor: Actor, risk: Risk) -> bool:
    """May the actor see the contact now: the counsellor, and the two who opened it when life is in danger?"""
    if risk.state != RiskState.OPENED or actor.user_id is None:
        return False
    return owner(actor, risk) or (
        risk.votes.filter(user=actor.user_id, agree=True).exists() and actor.may(Perm.RISK_DECIDE, risk.unit_path)
    )
