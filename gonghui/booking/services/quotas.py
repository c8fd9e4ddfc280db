"""Changing the number of places of a session that is open (增减名额), BK-05."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.booking.enums import Perm, QuotaKind
from gonghui.booking.models import Quota, Session
from gonghui.booking.services import line
from gonghui.booking.services.board import Board
from gonghui.booking.services.wire import Wire
from gonghui.core import audit, clock
from gonghui.core.errors import NotFound, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def resize(*, actor: Actor, session: Session, capacity: int, allow_over: bool = False) -> Session:
    """Give a session more or fewer places (增减名额). What is added goes to the waiting line at once.

    Below what is taken it is refused, or with `allow_over` the session is over-full on record: nothing more is given until
    cancellations bring it below its size. With shares, the general one takes the difference.
    Raises: NotFound; RuleViolation booking.below_taken.
    """
    actor.require(Perm.ITEM_PUBLISH, session.item.union)
    board = Board(Wire(), [session.pk])
    if session.pk not in board.windows:
        raise NotFound()
    rows = {(q.kind, q.reserved): q for q in Quota.objects.filter(session=session)}
    cap, general = rows[(QuotaKind.SESSION, False)], rows.get((QuotaKind.GENERAL, True))
    old = cap.size
    _size(cap, capacity, allow_over=allow_over)
    if general is not None:
        _size(general, max(0, general.size + capacity - old), allow_over=allow_over)
    Session.objects.filter(pk=session.pk).update(capacity=capacity)
    session.capacity = capacity
    fresh = Board(Wire(), [session.pk])
    line.promote_on(fresh, fresh.windows[session.pk], clock.now())
    audit.record(actor, "booking.session.resized", session, org_path=session.item.union.path, old=old, new=capacity)
    return session


def _size(quota: Quota, size: int, *, allow_over: bool) -> None:
    over = quota.taken > size
    if over and not allow_over:
        message = f"已约出 {quota.taken} 份，不能减到 {size} 份。可以选择“记为超额”：已约的照常，名额低于 {size} 份前不再发放。"
        raise RuleViolation("booking.below_taken", message, taken=quota.taken, size=size)
    Quota.objects.filter(pk=quota.pk).update(size=size, over=over)
