"""Who stands first in line gets the freed place (递补): strictly by number within the fairness class (BK-06).

A freed place is offered in the very transaction that frees it, so nobody who comes later can overtake. An offer is a held
booking; when it lapses, the next in line is offered the place. A cancelled entry never returns, nothing is offered after
the deadline.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.booking.enums import BookingSource, WaitState
from gonghui.booking.models import Waiting
from gonghui.booking.rules import claims, places
from gonghui.booking.services import engine
from gonghui.booking.services.board import Board, Window, used_rights
from gonghui.booking.services.wire import Wire
from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.notices import services as notices

CHUNK = 200
_fruitless: dict[int, tuple[Any, ...]] = {}
SYSTEM = Actor.system("booking")


@transaction.atomic
def promote(*, session_id: int) -> int:
    """Offer what is free to those who wait (递补). Returns how many were offered. Safe to run at any time."""
    wire = Wire()
    board = Board(wire, [session_id])
    window = board.windows.get(session_id)
    if window is None:
        raise NotFound()
    return promote_on(board, window, clock.now())


def promote_on(board: Board, window: Window, now: datetime) -> int:
    """`promote` on a board that is locked already. Writes its own part at once."""
    if not window.waiting or engine.closed(window, BookingSource.OFFER, now) is not None or not window.seats:
        return 0
    sign = tuple((s.id, s.left, s.open_to((), now)) for s in window.shelves), window.waiting, window.wait_last
    if _fruitless.get(window.id) == sign:
        return 0
    chosen = _choose(board, window, now)
    if chosen:
        _offer(board, window, chosen, now)
    else:
        if len(_fruitless) > CHUNK:
            _fruitless.clear()
        _fruitless[window.id] = sign
    return len(chosen)


def _choose(board: Board, window: Window, now: datetime) -> list[tuple[int, engine.Ask]]:
    """Who is next (按次序): the first in line for whom there is a place; tries everybody before it gives up."""
    chosen: list[tuple[int, engine.Ask]] = []
    trial = {s.id: s.taken for s in window.shelves}
    taken: set[tuple[str, str, int]] = set()
    start = (-1, -1)
    try:
        while window.seats and (rows := _line(board.wire, window.id, start)):
            start = rows[-1][1:3]
            used = used_rights(board.wire, {(h, s) for _pk, _r, _n, ask in rows for h, s, _m in ask.claims})
            for holder, scope, n in taken:
                used[(holder, scope)].add(n)
            for pk, _rank, _number, ask in rows:
                shelves = places.choose(window.shelves, ask.tags, now)
                numbers = [(h, s, claims.free_number(used[(h, s)], most) or 0) for h, s, most in ask.claims]
                if shelves is None or not all(n for _h, _s, n in numbers):
                    continue  # no place for this member: others may still have one
                for shelf in shelves:
                    shelf.taken += 1
                for h, s, n in numbers:
                    used[(h, s)].add(n)
                    taken.add((h, s, n))
                chosen.append((pk, ask))
    finally:
        for shelf in window.shelves:
            shelf.taken = trial[shelf.id]  # the settlement counts for itself
    return chosen


def _line(wire: Wire, session: int, start: tuple[int, int]) -> list[tuple[int, int, int, engine.Ask]]:
    rows = wire.rows(
        'SELECT id, "rank", "number", person_id, facts FROM "booking_waiting" WHERE session_id = %s AND state = \'waiting\''
        ' AND ("rank" > %s OR ("rank" = %s AND "number" > %s)) ORDER BY "rank", "number" LIMIT %s',
        (session, start[0], start[0], start[1], CHUNK),
    )
    return [(pk, rank, number, _ask(session, person, rank, pk, facts)) for pk, rank, number, person, facts in rows]


def _ask(session: int, person: int, rank: int, pk: int, facts: Any) -> engine.Ask:
    kept = json.loads(facts) if isinstance(facts, str) else facts
    return engine.Ask(
        person,
        session,
        f"offer:{pk}",
        tuple(kept["tags"]),
        tuple((h, s, n) for h, s, n in kept["claims"]),
        kept["union_path"],
        kept["first_time"],
        kept["shift"],
        kept["household"],
        rank,
        "system:booking",
        BookingSource.OFFER,
    )


def _offer(board: Board, window: Window, chosen: list[tuple[int, engine.Ask]], now: datetime) -> None:
    """Give the places and tell the members."""
    answers = engine.Settlement([ask for _pk, ask in chosen], board=board).run()
    for (pk, ask), answer in zip(chosen, answers, strict=True):
        if not answer.ok:
            continue
        until = answer.facts["held_until"]
        moment = datetime.fromisoformat(until)
        Waiting.objects.filter(pk=pk, state=WaitState.WAITING).update(
            state=WaitState.OFFERED, offered_at=now, offered_until=moment, booking_id=answer.facts["id"]
        )
        window.waiting -= 1
        notices.notice_send(
            SYSTEM,
            kind="reminder",
            title=f"候补到名额：{window.name}"[:80],
            body=f"请在 {engine.clock_text(moment)} 前确认，过时会让给下一位。",
            link="/m/booking/mine/",
            persons=[ask.person],
            once=f"booking-offer-{pk}",
        )
    board.wire.run('UPDATE "booking_session" SET waiting = %s WHERE id = %s', (window.waiting, window.id))
