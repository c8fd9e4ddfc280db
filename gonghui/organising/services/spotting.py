"""Keeping the blank spot in step with the case (空白点随事项走): preparing while it runs, back to agreed when it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gonghui.organising.services.common import signed
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import SpotState

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def _open_spot(employer: Any) -> Any:
    return employer.spots.filter(until=None).first()


def preparing(actor: Actor, employer: Any, planned: str) -> None:
    """The spot is being built on."""
    spot = _open_spot(employer)
    if spot is None or spot.state == SpotState.PREPARING:
        return
    if spot.state != SpotState.AGREED:
        spot = orgs.spot_record(actor=signed(actor), spot=spot, state=SpotState.AGREED, planned_form=planned, next_step="帮助起草请示")
    orgs.spot_record(actor=signed(actor), spot=spot, state=SpotState.PREPARING, planned_form=planned, next_step="按建会事项办理")


def agreed(actor: Actor, employer: Any) -> None:
    """The case stopped; the spot is open again."""
    employer.refresh_from_db()
    spot = _open_spot(employer)
    if spot is not None and spot.state == SpotState.PREPARING:
        orgs.spot_record(actor=signed(actor), spot=spot, state=SpotState.AGREED, planned_form=spot.planned_form, next_step="重新商量")
