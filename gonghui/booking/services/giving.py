"""The door to the engine (放号入口): who waits comes first, then the requests, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from gonghui.booking.services import line
from gonghui.booking.services.board import Board, Overrun
from gonghui.booking.services.engine import Answer, Ask, Settlement
from gonghui.booking.services.wire import Wire

TRIES = 3


def settle(asks: Sequence[Ask]) -> list[Answer]:
    """Answer all requests in one transaction (结算一批请求), in the order given.

    A batch that meets somebody else's writes is done again; the last try is one by one.
    """
    for left in range(TRIES, 0, -1):
        try:
            with transaction.atomic():
                return _once(asks)
        except (IntegrityError, Overrun):
            if left == 1 and len(asks) == 1:
                raise
    return [answer for ask in asks for answer in settle([ask])]


def _once(asks: Sequence[Ask]) -> list[Answer]:
    board = Board(Wire(), {a.session for a in asks})
    settlement = Settlement(asks, board)
    for window in board.windows.values():
        if window.waiting:
            line.promote_on(board, window, settlement.now)
    return settlement.run()
