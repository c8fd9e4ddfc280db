"""Places that come from a draw (中签放号): through the same door as every other booking, `services.engine`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gonghui.booking.enums import BookingSource
from gonghui.booking.models import Draw, DrawEntry, Session
from gonghui.booking.selectors import standing as reads
from gonghui.booking.selectors.standing import Standing, standing, standings
from gonghui.booking.services import engine, giving
from gonghui.core.errors import RuleViolation
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DRAW_FREE = {"place"}
"""What does not stand in the way of putting one's name down: places are what the draw gives."""
BATCH = 200


def must_be_allowed(found: Standing, session: Session, *, late: bool = False) -> None:
    """May this member have a place that is not asked for in the rush? `late`: also after the booking has closed (转让).

    Raises: RuleViolation with the first reason, all codes and the decision with its sources.
    """
    free = DRAW_FREE | ({"not_closed"} if late else set())
    reasons = [r for r in found.refusals if r.code not in free]
    if reasons:
        decision = reads.slip(found, session)
        raise RuleViolation(f"booking.{reasons[0].code}", reasons[0].text, reasons=[r.code for r in reasons], slip=decision.as_json())


def ask_of(found: Standing, session: Session, *, key: str, source: str, ref: str = "", wait: bool = False) -> engine.Ask:
    """The request for a place of one member (一次请求)."""
    return engine.Ask(
        person=found.person, session=session.pk, key=key, tags=tuple(sorted(found.tags)),
        claims=tuple((r.holder, r.scope, r.most) for r in found.rights), union_path=found.union_path, first_time=found.first_time,
        shift=found.shift, household=found.household, rank=found.rank, ref=ref, source=source, wait=wait,
    )  # fmt: skip


def grant_winners(*, actor: Actor, draw: Draw, entries: Sequence[DrawEntry]) -> int:
    """Book the winners in their drawn order; one whose right is used up elsewhere gets none. Returns how many got a place."""
    session, given = draw.session, 0
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        found = standings([e.person_id for e in part], session)
        asks = [ask_of(found[e.person_id], session, key=f"draw-{draw.pk}", source=BookingSource.DRAW, ref=actor.ref) for e in part]
        for entry, answer in zip(part, giving.settle(asks), strict=True):
            if answer.ok:
                entry.booking_id = answer.facts["id"]
                given += 1
    DrawEntry.objects.bulk_update([e for e in entries if e.booking_id], ["booking"], batch_size=500)
    return given


def queue_rest(*, actor: Actor, draw: Draw, entries: Sequence[DrawEntry]) -> int:
    """Line the others up in the drawn order (候补). Returns how many wait."""
    session, waiting = draw.session, 0
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        found = standings([e.person_id for e in part], session)
        asks = [
            ask_of(found[e.person_id], session, key=f"draw-{draw.pk}", source=BookingSource.DRAW, ref=actor.ref, wait=True) for e in part
        ]
        waiting += sum(1 for a in giving.settle(asks) if a.ok and a.code == "booking.waiting")
    return waiting


def explain(person_id: int, session: Session) -> policy.Decision:
    """Why, or why not, for one member (为什么)."""
    return reads.slip(standing(person_id, session), session)
