"""Passes are issued when the item page is opened, after the rules have decided (签发预约凭据)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from gonghui.booking.enums import BookingSource, Perm
from gonghui.booking.models import Session
from gonghui.booking.rules import fair, passes
from gonghui.booking.selectors.standing import Standing, standing
from gonghui.booking.services import hot, policy_values
from gonghui.booking.services.engine import Ask
from gonghui.core import clock
from gonghui.core.errors import NotFound, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LATER = frozenset({"opened", "not_closed", "place", "once"})
"""What the booking itself decides, at its own moment: it does not keep a pass away."""


@dataclass(frozen=True)
class Issued:
    """A pass and what it rests on (已签发的凭据)."""

    text: str
    found: passes.Pass
    standing: Standing

    @property
    def refusals(self) -> tuple[fair.Refusal, ...]:
        """All reasons against at this moment, also those that may go away by themselves."""
        return self.standing.refusals


def issue(*, actor: Actor, session: Session, person_id: int) -> Issued:
    """A pass for one member and one session (签发预约凭据), valid from the opening for some minutes.

    Raises: NotFound for somebody else's person; RuleViolation with the first reason that no waiting would remove.
    Source: policy booking.may_book, booking.pass_minutes.
    """
    if actor.person_id != person_id and not actor.may(Perm.BOOKING_MANAGE, session.item.union):
        raise NotFound()
    found = standing(person_id, session)
    lasting = [r for r in found.refusals if r.code not in LATER]
    if lasting:
        raise RuleViolation(f"booking.{lasting[0].code}", lasting[0].text, reasons=[r.code for r in found.refusals])
    content = content_of(found, session, actor.ref)
    return Issued(passes.seal(content, hot.key()), content, found)


def content_of(found: Standing, session: Session, ref: str) -> passes.Pass:
    """What the pass says. While the item serves the never-served first, the others' passes open later."""
    opens = session.opens_at
    lead = int((session.item.fair or {}).get("never_first_minutes") or 0)
    if lead and not found.first_time:
        opens += timedelta(minutes=lead)
    begin = max(opens, clock.now())
    return passes.Pass(
        found.person, session.pk, session.item_id, opens.timestamp(),
        (begin + timedelta(minutes=policy_values.pass_minutes())).timestamp(), tuple(sorted(found.tags)),
        tuple((r.holder, r.scope, r.most) for r in found.rights), found.union_path, found.first_time, str(found.shift), found.household,
        found.rank, ref,
    )  # fmt: skip


def ask_of(issued: Issued, key: str, *, wait: bool = False, source: str = BookingSource.TAKEN) -> Ask:
    """The request that the pass allows, for doors inside the process."""
    made = hot.to_ask(issued.found, key, wait=wait)
    made.source = source
    return made
