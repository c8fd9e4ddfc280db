"""Offers and recuperation on a worker's timeline (职工动态里的普惠、疗休养, S051)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gonghui.benefits.enums import Perm
from gonghui.benefits.models import Claim, StayApplication
from gonghui.members.lines import Line, register

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 100


def claims(actor: Actor, person_id: int, own: bool) -> Iterator[Line]:
    """Offers the person took."""
    rows = Claim.objects.filter(person_id=person_id)
    rows = rows if own else rows.filter(actor.within(Perm.OFFER_VIEW, "offer__union"))
    for row in rows.select_related("offer").order_by("-claimed_at", "-pk")[:MOST]:
        yield Line(row.claimed_at, f"领取{row.offer}", row.get_state_display())


def stays(actor: Actor, person_id: int, own: bool) -> Iterator[Line]:
    """Recuperation the person applied for."""
    rows = StayApplication.objects.filter(person_id=person_id)
    rows = rows if own else rows.filter(actor.within(Perm.STAY_VIEW, "union"))
    for row in rows.select_related("programme").order_by("-applied_at", "-pk")[:MOST]:
        yield Line(row.applied_at, f"报名{row.programme}", row.get_state_display())


def plug() -> None:
    """Register with members."""
    register("offer", "普惠", perm=Perm.OFFER_VIEW, rows=claims)
    register("stay", "疗休养", perm=Perm.STAY_VIEW, rows=stays)
