"""The one place where places are given (放号): many requests in one short transaction.

A settlement reads the locked state once, decides in the order of arrival, writes once. Every door goes through it: the fast
HTTP path (`services.desk`, requests of one instant together), forms, the waiting list, the draw, transfers.
Guards, each on its own enough: the lock, the conditional update, the CHECK of the quota, the unique claims and keys.
Source: assurance BK-01…BK-10.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gonghui.booking.enums import BookingSource, BookingState, ItemState, Mode, SessionState
from gonghui.booking.rules import claims, places
from gonghui.booking.services import trail
from gonghui.booking.services.board import Board, Window, earlier, in_line, used_rights
from gonghui.booking.services.policy_values import offer_minutes, pay_minutes
from gonghui.booking.services.wire import Wire, aware
from gonghui.core import clock

BOOKING = (
    "id", "code", "item_id", "session_id", "person_id", "state", "source", '"key"', "quotas", "union_path", "first_time", "shift", "household",
    "price_fen", "opens_at", "booked_at", "held_until", "pay_until", "ticketed_at", "valid_until", "ended_why", "replaces_id",
)  # fmt: skip
WAITING = ("item_id", "session_id", "person_id", '"rank"', '"number"', "state", "reason", "facts", "joined_at")


@dataclass(slots=True)
class Ask:
    """One request for a place (一次请求)."""

    person: int
    session: int
    key: str
    tags: tuple[str, ...] = ()
    claims: tuple[tuple[str, str, int], ...] = ()
    union_path: str = ""
    first_time: bool = False
    shift: str = "unknown"
    household: str = ""
    rank: int = 1
    ref: str = ""
    source: str = BookingSource.TAKEN
    wait: bool = False
    replaces: int | None = None


@dataclass(slots=True)
class Answer:
    """What became of it (答复): `ok`, a stable code, a sentence, and the booking's data."""

    ok: bool
    code: str
    message: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Grant:
    """A place decided but not yet written."""

    ask: Ask
    window: Window
    numbers: list[tuple[str, str, int]]
    answer: Answer
    row: tuple[Any, ...]


@dataclass(slots=True)
class Mould:
    """What new bookings of one session have in common."""

    state: str
    source: str
    code: str
    tail: tuple[Any, ...]
    facts: dict[str, Any]


class Settlement:
    """One batch (一批)."""

    def __init__(self, asks: Sequence[Ask], board: Board | None = None) -> None:
        self.asks, self.now = asks, clock.now()
        self.board = board or Board(Wire(), {a.session for a in asks})
        self.wire = self.board.wire
        self.grants: list[Grant] = []
        self.queue: list[tuple[Ask, Window, int]] = []
        self.done: dict[tuple[int, str], tuple[int, Answer]] = {}
        self.moulds: dict[tuple[int, str], Mould] = {}
        self.year = f"GY{self.now:%y}"

    def run(self) -> list[Answer]:
        """Read, decide, write."""
        answers = self.decided()
        self.write()
        return answers

    def decided(self) -> list[Answer]:
        """Read and decide; `grants` and `queue` hold what is to be written."""
        persons, sessions = {a.person for a in self.asks}, {a.session for a in self.asks}
        self.earlier = earlier(self.wire, {(a.person, a.key) for a in self.asks})
        self.used = used_rights(self.wire, {(h, s) for a in self.asks for h, s, _n in a.claims})
        lines = any(w.waiting for w in self.board.windows.values())
        self.in_line = in_line(self.wire, sessions, persons) if lines else {}
        return [self.answer(ask) for ask in self.asks]

    # -- deciding ------------------------------------------------------------------------------------------------

    def answer(self, ask: Ask) -> Answer:
        """The same key again gets the same answer, the same key for another session is refused (BK-03)."""
        place = (ask.person, ask.key)
        known = self.earlier.get(place)
        if known is not None:
            return same_key() if known[5] != ask.session else _again(known)
        if place in self.done:
            session, given = self.done[place]
            return given if session == ask.session else same_key()
        answer = self.decide(ask)
        if answer.ok:
            self.done[place] = (ask.session, answer)
        return answer

    def decide(self, ask: Ask) -> Answer:
        window = self.board.windows.get(ask.session)
        if window is None:
            return Answer(False, "core.not_found", "没有这个场次。")
        if refused := closed(window, ask.source, self.now):
            return refused
        numbers = []
        for holder, scope, most in ask.claims:
            n = claims.free_number(self.used[(holder, scope)], most)
            if n is None:
                return Answer(False, "booking.claimed", claims.word(scope) + "。", {"scope": scope})
            numbers.append((holder, scope, n))
        if (ask.session, ask.person) in self.in_line and ask.source == BookingSource.TAKEN:
            return Answer(True, "booking.waiting", "您已在候补名单里。", {"waiting": self.in_line[(ask.session, ask.person)]})
        shelves = places.choose(window.shelves, ask.tags, self.now)
        if shelves is None or not any(s.kind == "session" for s in shelves):
            return self.line_up(ask, window) if ask.wait else full(window)
        return self.grant(ask, window, shelves, numbers)

    def grant(self, ask: Ask, window: Window, shelves: list[places.Shelf], numbers: list[tuple[str, str, int]]) -> Answer:
        self.board.take(shelves)
        for holder, scope, n in numbers:
            self.used[(holder, scope)].add(n)
        mould, code = self.mould(window, ask.source), new_code(self.year)
        row = (
            code, window.item, window.id, ask.person, mould.state, mould.source, ask.key, ",".join([str(s.id) for s in shelves]),
            ask.union_path, self.wire.flag(ask.first_time), ask.shift, ask.household, *mould.tail, ask.replaces,
        )  # fmt: skip
        answer = Answer(True, mould.code, "", {"id": 0, "booking": code, **mould.facts})
        self.grants.append(Grant(ask, window, numbers, answer, row))
        return answer

    def mould(self, window: Window, source: str) -> Mould:
        """What all new bookings of a session and source share, worked out once."""
        made = self.moulds.get((window.id, source))
        if made is None:
            made = self.moulds[(window.id, source)] = cast(self.wire, window, source, self.now)
        return made

    def line_up(self, ask: Ask, window: Window) -> Answer:
        """Take the next number of the waiting list (候补)."""
        window.wait_last += 1
        window.waiting += 1
        self.queue.append((ask, window, window.wait_last))
        self.in_line[(window.id, ask.person)] = window.wait_last
        return Answer(True, "booking.waiting", "名额已满，已为您排上候补。", {"waiting": window.wait_last})

    # -- writing -------------------------------------------------------------------------------------------------

    def write(self) -> None:
        if self.grants:
            rows = []
            ids = self.wire.next_ids("booking_booking", len(self.grants))
            for grant, pk in zip(self.grants, ids, strict=True):
                grant.answer.facts["id"] = pk
                rows += [(holder, scope, n, pk) for holder, scope, n in grant.numbers]
            self.wire.insert("booking_booking", BOOKING, [(pk, *g.row) for g, pk in zip(self.grants, ids, strict=True)])
            self.wire.insert("booking_claim", ("holder", "scope", "n", "booking_id"), sorted(rows))
        if self.queue:
            self._write_queue()
        self.board.write()
        self._write_trail()

    def _write_queue(self) -> None:
        now = self.wire.stamp(self.now)
        self.wire.insert(
            "booking_waiting",
            WAITING,
            [
                (w.item, w.id, a.person, a.rank, n, "waiting", "booking.full", json.dumps(asked(a)), now)
                for a, w, n in self.queue
            ],
        )  # fmt: skip
        for window in {w.id: w for _a, w, _n in self.queue}.values():
            self.wire.run(
                'UPDATE "booking_session" SET wait_last = %s, waiting = %s WHERE id = %s', (window.wait_last, window.waiting, window.id)
            )

    def _write_trail(self) -> None:
        """One audit entry for each session of the batch, naming every booking, who asked, and every waiting number."""
        for window in self.board.windows.values():
            taken = [[g.row[0], g.ask.person, g.ask.ref] for g in self.grants if g.window is window]
            waits = [[n, a.person, a.ref] for a, w, n in self.queue if w is window]
            if taken or waits:
                source = next((g.ask.source for g in self.grants if g.window is window), BookingSource.TAKEN)
                trail.append(
                    self.wire,
                    taken[0][2] if len(taken) == 1 and taken[0][2] else "system:booking",
                    f"booking.booking.{source}",
                    kind="booking.session",
                    object_id=str(window.id),
                    org_path=window.path,
                    data={"taken": taken, "waiting": waits} if waits else {"taken": taken},
                )


# -- parts -------------------------------------------------------------------------------------------------------


def closed(window: Window, source: str, now: datetime) -> Answer | None:
    """Is the session open for this way of getting a place, by the server's clock? BK-07: nothing before the opening."""
    if window.item_state != ItemState.PUBLISHED or window.state != SessionState.OPEN:
        return Answer(False, "booking.paused", "这个项目现在不办理预约。")
    if source in {BookingSource.OFFER, BookingSource.DRAW}:
        late = source == BookingSource.OFFER and now >= window.offer_deadline
        return Answer(False, "booking.closed", "递补已经截止。") if late else None
    if source == BookingSource.TRANSFER:
        return Answer(False, "booking.closed", "场次已经开始，不能再转让。") if now >= window.starts_at else None
    if window.mode == Mode.DRAW:
        return Answer(False, "booking.draw_only", "这个项目用抽签，请报名抽签。")
    if now < window.opens_at:
        wait = max(1, int((window.opens_at - now).total_seconds()))
        return Answer(False, "booking.not_open", f"{clock_text(window.opens_at)} 开始预约，还没有到时间。", {"seconds": wait})
    if now >= window.closes_at:
        return Answer(False, "booking.closed", "预约已经截止。")
    return None


def full(window: Window) -> Answer:
    """No place for this member."""
    return Answer(False, "booking.full", "名额已经约满。可以候补，有人取消按次序补上。", {"waiting": window.waiting})


def same_key() -> Answer:
    """BK-03: one key, two different requests."""
    return Answer(False, "core.idempotency_reused", "同一个提交编号对应了不同的内容。请刷新页面后重新提交。")


def _again(row: tuple[Any, ...]) -> Answer:
    """A booking that is there already (重发得到同一张票)."""
    return Answer(True, f"booking.{row[4]}", "", facts(row[2], row[3], row[4], row[5], aware(row[6]), aware(row[7])))


def facts(pk: int, code: str, state: str, session: int, held: datetime | None, pay: datetime | None) -> dict[str, Any]:
    """What the answer says of a booking."""
    return {"id": pk, "booking": code, "state": str(state), "session": session, "held_until": iso(held), "pay_until": iso(pay)}


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.SHANGHAI).isoformat(timespec="seconds") if moment else None


def clock_text(moment: datetime) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%m月%d日 %H:%M}"


def new_code(year: str) -> str:
    """A booking number for people (预约号): year and ten random digits, unique by constraint."""
    n = int.from_bytes(os.urandom(8)) % 10**10
    return f"{year}-{n // 10**5:05d}-{n % 10**5:05d}"


def cast(wire: Wire, window: Window, source: str, now: datetime) -> Mould:
    """State, deadlines and frozen values of new bookings (同批预约的共同部分)."""
    state = first_state(window, source)
    held, pay = deadlines(window, state, source, now)
    ticketed = state == BookingState.TICKETED
    valid = valid_until(window, now) if ticketed else None
    if valid is not None and not wire.pg:
        valid = valid.isoformat()
    stamp = wire.stamp
    tail = (window.price_fen, stamp(window.opens_at), stamp(now), stamp(held), stamp(pay), stamp(now) if ticketed else None, valid, "")
    told = {"state": str(state), "session": window.id, "held_until": iso(held), "pay_until": iso(pay)}
    return Mould(str(state), str(source), f"booking.{state}", tail, told)


def first_state(window: Window, source: str) -> BookingState:
    """Held while something is to be confirmed, unpaid while something is to be paid, else a ticket at once."""
    if source == BookingSource.OFFER or (window.hold_minutes and source == BookingSource.TAKEN):
        return BookingState.HELD
    return BookingState.UNPAID if window.price_fen else BookingState.TICKETED


def deadlines(window: Window, state: str, source: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Until when to confirm, until when to pay."""
    if state == BookingState.HELD:
        minutes = window.hold_minutes
        if source == BookingSource.OFFER:
            return min(now + timedelta(minutes=window.offer_minutes or offer_minutes()), window.offer_deadline), None
        return now + timedelta(minutes=minutes), None
    return None, now + timedelta(minutes=window.pay_minutes or pay_minutes()) if state == BookingState.UNPAID else None


def valid_until(window: Window, now: datetime) -> Any:
    """Last day of the ticket: so many days from today, or the day the session ends."""
    if window.valid_days:
        return now.astimezone(clock.SHANGHAI).date() + timedelta(days=window.valid_days)
    return window.ends_at.astimezone(clock.SHANGHAI).date()


def asked(ask: Ask) -> dict[str, Any]:
    """The facts of a request, kept with the waiting entry."""
    return {
        "tags": ask.tags, "claims": ask.claims, "union_path": ask.union_path, "first_time": ask.first_time, "shift": ask.shift,
        "household": ask.household, "ref": ask.ref,
    }  # fmt: skip
