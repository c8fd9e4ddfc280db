"""Booking without script and at the desk (表单预约、代约): pass and engine in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.booking.enums import BookingSource, Perm
from gonghui.booking.models import Session
from gonghui.booking.services import giving, passes
from gonghui.booking.services.engine import Answer
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LONGEST_KEY = 40


@transaction.atomic
def book(*, actor: Actor, session: Session, person_id: int, key: str, wait: bool = False) -> Answer:
    """Take a place, or a number of the waiting list when `wait` and none is left (预约). `facts["id"]` is the booking.

    Args: key: made by the page; the same key again gives the same booking.
    Raises: BadInput booking.bad_key; RuleViolation, Conflict with the refusal's code.
    """
    if not 8 <= len(key) <= LONGEST_KEY:
        raise BadInput("booking.bad_key", "提交编号缺失或太长，请刷新页面后再试。")
    own = actor.person_id == person_id
    if not own:
        actor.require(Perm.BOOKING_MANAGE, session.item.union)
    issued = passes.issue(actor=actor, session=session, person_id=person_id)
    if clock.now().timestamp() < issued.found.opens:
        raise Conflict("booking.not_open", "还没有到开始预约的时间。")
    source = BookingSource.TAKEN if own else BookingSource.DESK
    answer = giving.settle([passes.ask_of(issued, key, wait=wait, source=source)])[0]
    if answer.ok:
        return answer
    if answer.code in {"booking.full", "core.idempotency_reused"}:
        raise Conflict(answer.code, answer.message, **answer.facts)
    raise RuleViolation(answer.code, answer.message, **answer.facts)
