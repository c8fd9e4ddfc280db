"""A plan as plain data (计划的数据), and what was spent before (以前的支出). No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line (明细): `unit_fen` for each of `quantity`; `people` of a team or in a line of its own; `grade` of a prize."""

    use: str
    unit_fen: int
    quantity: int
    words: str = ""
    people: int = 0
    grade: int | None = None

    @property
    def total_fen(self) -> int:
        return self.unit_fen * self.quantity


@dataclass(frozen=True, slots=True)
class Member:
    """A participant (参加人): a pseudonymous `ref`, the kind, and whether the same welfare was had elsewhere."""

    ref: str
    kind: str = "regular"
    elsewhere: bool | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """Money already spent or committed (已发生的支出). `ref` empty: for the whole union."""

    on: date
    use: str
    fen: int
    source: str
    ref: str = ""
    payee: str = ""
    cash: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A local figure (当地标准): where and when it holds, and how near the union that entered it stands."""

    kind: str
    area: str
    fen: int
    since: date
    until: date | None = None
    depth: int = 0
    source: str = ""

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


def chain(area: str) -> tuple[str, ...]:
    """A place and what it lies in, nearest first (区划链)."""
    code = (area or "")[:6].ljust(6, "0")
    return tuple(dict.fromkeys((code, code[:4] + "00", code[:2] + "0000", "000000")))


def figure_at(rows: tuple[Figure, ...], kind: str, area: str, on: date) -> Figure | None:
    """The figure of the nearest place; of several there, that of the nearest union, then the newest."""
    for place in chain(area):
        found = [f for f in rows if f.kind == kind and f.area == place and f.holds(on)]
        if found:
            return max(found, key=lambda f: (f.depth, f.since))
    return None


@dataclass(frozen=True, slots=True)
class Budget:
    """What treasury says of this spending (预算余额). None: nobody knows."""

    has_line: bool | None = None
    left_fen: int | None = None
    income_fen: int | None = None
    expenditure_fen: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan to be decided (待判断的计划). `count` stands where nobody was named; `facts` are what only this kind knows."""

    kind: str
    on: date
    at: str
    lines: tuple[Line, ...]
    members: tuple[Member, ...] = ()
    count: int = 0
    roll: int = 0
    unit_path: str = ""
    method: str = "transfer"
    payee: str = ""
    nature: str = "none"
    source: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    tables: tuple[Figure, ...] = ()
    budget: Budget = field(default_factory=Budget)
    handed_out: bool = False

    @property
    def people(self) -> int:
        """How many take part: the list where there is one (人均的分母)."""
        return len(self.members) or self.count

    @property
    def total_fen(self) -> int:
        return sum(line.total_fen for line in self.lines)

    def figure(self, kind: str) -> Figure | None:
        """A local figure on the day: the travel meal of where it takes place, everything else of where the union is."""
        return figure_at(self.tables, kind, (self.place or self.at) if kind == "travel_meal" else self.at, self.on)

    def of(self, *uses: str) -> tuple[Line, ...]:
        """Lines of these uses."""
        return tuple(line for line in self.lines if line.use in uses)

    def sum_of(self, *uses: str) -> int:
        return sum(line.total_fen for line in self.of(*uses))

    def with_line(self, at: int, **changes: Any) -> Draft:
        """The same plan with one line changed."""
        lines = tuple(replace(line, **changes) if i == at else line for i, line in enumerate(self.lines))
        return replace(self, lines=lines)

    def with_facts(self, **changes: Any) -> Draft:
        return replace(self, facts={**self.facts, **changes})


@dataclass(frozen=True, slots=True)
class History:
    """All that was spent before, of this union and of these people (以前的支出), never the plan itself."""

    rows: tuple[Past, ...] = ()

    def of_year(self, on: date, *uses: str) -> tuple[Past, ...]:
        """This year's, of these uses, whatever the day within the year."""
        return tuple(p for p in self.rows if p.use in uses and p.on.year == on.year)

    def year_fen(self, on: date, *uses: str) -> int:
        return sum(p.fen for p in self.of_year(on, *uses))

    def each_fen(self, on: date, use: str, refs: frozenset[str]) -> int:
        """The most any of these people has had of this use in the year (本年每人已领，取最多的)."""
        had: dict[str, int] = {}
        for p in self.of_year(on, use):
            if p.ref in refs:
                had[p.ref] = had.get(p.ref, 0) + p.fen
        return max(had.values(), default=0)

    def last_by(self, use: str, on: date) -> dict[str, date]:
        """Person -> last day before `on` (每人最近一次)."""
        found: dict[str, date] = {}
        for p in self.rows:
            if p.use == use and p.ref and p.on < on:
                found[p.ref] = max(found.get(p.ref, p.on), p.on)
        return found

    def days(self, use: str, on: date) -> int:
        """On how many days or under how many plans of the year before `on` there was something of this use (次数)."""
        return len({p.source for p in self.of_year(on, use) if p.on <= on})

    def cash_fen(self, on: date, payee: str) -> int:
        """Cash to the same payee on the same day (同日同收款人现金)."""
        return sum(p.fen for p in self.rows if p.cash and p.payee == payee and p.on == on) if payee else 0
