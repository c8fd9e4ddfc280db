"""What the hot path reads at the start of a transaction (预约的现场): windows, quotas, earlier bookings, used-up rights.

Locks in one order, for everybody: sessions by id, quotas by id, then bookings, claims, the audit head.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gonghui.booking.enums import Mode
from gonghui.booking.rules.places import Shelf
from gonghui.booking.services.wire import Wire, aware, pairs, within

_WINDOWS = """SELECT s.id, s.item_id, s.state, s.opens_at, s.closes_at, s.starts_at, s.ends_at, s.waiting, s.wait_last,
 i.state, i.mode, i.price_fen, i.hold_minutes, i.pay_minutes, i.offer_minutes, i.valid_days, i.name, u.path
 FROM "booking_session" s JOIN "booking_item" i ON i.id = s.item_id JOIN "orgs_union" u ON u.id = i.union_id WHERE {where} ORDER BY s.id"""
_QUOTAS = (
    'SELECT id, kind, "key", reserved, size, taken, "over", release_at, session_id, item_id FROM "booking_quota" WHERE {where} ORDER BY id'
)


@dataclass(slots=True)
class Window:
    """A session with what its item says (场次现场)."""

    id: int
    item: int
    state: str
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    waiting: int
    wait_last: int
    item_state: str
    mode: str
    price_fen: int
    hold_minutes: int
    pay_minutes: int
    offer_minutes: int
    valid_days: int
    name: str
    path: str
    shelves: list[Shelf] = field(default_factory=list)

    @property
    def offer_deadline(self) -> datetime:
        """After this nobody is offered a place any more (递补截止)."""
        return self.starts_at if self.mode == Mode.DRAW else self.closes_at

    @property
    def seats(self) -> int:
        """Places left in the whole session."""
        return min((s.left for s in self.shelves if not s.reserved and s.kind in {"session", "item"}), default=0)


class Board:
    """The locked state of some sessions (现场), changed in memory and written once."""

    def __init__(self, wire: Wire, sessions: Iterable[int]) -> None:
        self.wire = wire
        ids = sorted(set(sessions))
        where, params = within("s.id", ids)
        lock = f"{wire.lock} OF s" if wire.lock else ""
        rows = wire.rows(_WINDOWS.format(where=where) + lock, params)
        self.windows = {r[0]: Window(r[0], r[1], r[2], *(aware(v) for v in r[3:7]), *r[7:]) for r in rows}
        self.shelves: dict[int, Shelf] = {}
        self.change: dict[int, int] = defaultdict(int)
        if self.windows:
            self._read_quotas()

    def _read_quotas(self) -> None:
        own, params = within("session_id", self.windows)
        whole, items = within("item_id", {w.item for w in self.windows.values()})
        where = f"{own} OR (session_id IS NULL AND {whole})"
        for row in self.wire.rows(_QUOTAS.format(where=where) + self.wire.lock, [*params, *items]):
            shelf = Shelf(row[0], row[1], row[2], bool(row[3]), row[4], row[5], bool(row[6]), aware(row[7]))
            self.shelves[shelf.id] = shelf
            for window in self.windows.values():
                if row[8] == window.id or (row[8] is None and row[9] == window.item):
                    window.shelves.append(shelf)

    def take(self, shelves: Iterable[Shelf]) -> None:
        """Count one place in each, in memory."""
        for shelf in shelves:
            shelf.taken += 1
            self.change[shelf.id] += 1

    def give_back(self, ids: Iterable[int]) -> None:
        """One place less in each, in memory; an over-full quota stays closed until it is below its size again."""
        for pk in ids:
            self.shelves[pk].taken -= 1
            self.change[pk] -= 1

    def write(self) -> None:
        """Write the counters: a conditional update each, beside the CHECK of the table."""
        for pk in sorted(pk for pk, n in self.change.items() if n):
            n = self.change[pk]
            if not count(self.wire, pk, n):
                raise Overrun
            shelf = self.shelves[pk]
            if shelf.over and shelf.taken <= shelf.size:
                shelf.over = False
                self.wire.run('UPDATE "booking_quota" SET "over" = %s WHERE id = %s', (self.wire.flag(False), pk))
        self.change.clear()


class Overrun(Exception):
    """A counter did not allow the change: somebody else moved it. The batch is done again."""


def count(wire: Wire, quota: int, n: int) -> bool:
    """Change a counter only within its bounds (条件更新)."""
    if n > 0:
        return wire.run('UPDATE "booking_quota" SET taken = taken + %s WHERE id = %s AND taken + %s <= size', (n, quota, n)) == 1
    return wire.run('UPDATE "booking_quota" SET taken = taken + %s WHERE id = %s AND taken + %s >= 0', (n, quota, n)) == 1


def earlier(wire: Wire, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[Any, ...]]:
    """Bookings already made under these keys (同键的预约)."""
    where, params = pairs("person_id", '"key"', keys)
    columns = 'person_id, "key", id, code, state, session_id, held_until, pay_until'
    rows = wire.rows(f'SELECT {columns} FROM "booking_booking" WHERE {where}', params)  # noqa: S608  # columns are ours
    return {(r[0], r[1]): tuple(r) for r in rows}


def used_rights(wire: Wire, rights: Collection[tuple[str, str]]) -> dict[tuple[str, str], set[int]]:
    """Numbers already used (已占用的权利)."""
    out: dict[tuple[str, str], set[int]] = defaultdict(set)
    if not rights:
        return out
    where, params = pairs("holder", "scope", rights)
    for holder, scope, n in wire.rows(f'SELECT holder, scope, n FROM "booking_claim" WHERE {where}', params):  # noqa: S608  # as above
        out[(holder, scope)].add(n)
    return out


def in_line(wire: Wire, sessions: Collection[int], persons: Collection[int]) -> dict[tuple[int, int], int]:
    """Who of these stands in line already (已在候补)."""
    where, params = within("session_id", sessions)
    who, more = within("person_id", persons)
    sql = f"SELECT session_id, person_id, \"number\" FROM \"booking_waiting\" WHERE {where} AND {who} AND state IN ('waiting', 'offered')"  # noqa: S608  # columns are ours
    return {(r[0], r[1]): r[2] for r in wire.rows(sql, [*params, *more])}
