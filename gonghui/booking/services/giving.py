"""The door to the engine (放号入口): who waits comes first, then the requests, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from gonghui.booking.enums import BookingSource
from gonghui.booking.services import line
from gonghui.booking.services.board import Board, Overrun
from gonghui.booking.services.engine import Answer, Ask, Settlement
from gonghui.booking.services.wire import Wire

TRIES, MOST_KNOWN = 3, 1000
_full: set[int] = set()
"""Sessions that had nothing for somebody when this process last looked. A hint where a glance may do; nothing is decided by it."""


def settle(asks: Sequence[Ask]) -> list[Answer]:
    """Answer all requests in one transaction (结算一批请求), in the order given.

    A batch that meets somebody else's writes is done again; the last try is one by one. Once a session is full, the refusals that
    make up the rest of a rush are read without the lock.
    """
    if all(a.session in _full and not a.wait and a.source == BookingSource.TAKEN for a in asks):
        answers = glance(asks)
        if answers is not None:
            return answers
    for left in range(TRIES, 0, -1):
        try:
            with transaction.atomic():
                answers = _once(asks)
            _note(asks, answers)
            return answers
        except (IntegrityError, Overrun):
            if left == 1 and len(asks) == 1:
                raise
    return [answer for ask in asks for answer in settle([ask])]


def glance(asks: Sequence[Ask]) -> list[Answer] | None:
    """The answers where nothing is to be written, read as they are committed now (先看一眼). None when somebody could get a place.

    The session is read before the bookings, so whoever has a place already finds it: the same key gets the same ticket (BK-03).
    """
    settlement = Settlement(asks, Board(Wire(lock=False), {a.session for a in asks}))
    waited_for = any(w.waiting and w.seats for w in settlement.board.windows.values())
    answers = settlement.decided()
    if waited_for or settlement.grants or settlement.queue:
        _full.difference_update(a.session for a in asks)
        return None
    return answers


def _note(asks: Sequence[Ask], answers: Sequence[Answer]) -> None:
    if len(_full) > MOST_KNOWN:
        _full.clear()
    _full.update(ask.session for ask, answer in zip(asks, answers, strict=True) if answer.code == "booking.full")


def _once(asks: Sequence[Ask]) -> list[Answer]:
    board = Board(Wire(), {a.session for a in asks})
    settlement = Settlement(asks, board)
    for window in board.windows.values():
        if window.waiting:
            line.promote_on(board, window, settlement.now)
    return settlement.run()
