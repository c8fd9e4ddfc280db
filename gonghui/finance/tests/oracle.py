"""What must hold of two books, in plain Python with dictionaries of its own: it asks neither the selectors nor the rules of finance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

CHANGE = date(2022, 1, 1)
MOST = 10**13
NEW = frozenset({"101", "102", "135", "408", "50102", "321", "322"})
OLD = frozenset({"101", "102", "135", "408", "50102", "331"})
MAKE, CHECK, POST, REVERSE, CLOSE = "make", "check", "post", "reverse", "close"
RIGHTS = {
    "finance": {MAKE, REVERSE, CLOSE},
    "chair": {MAKE, CHECK, REVERSE, CLOSE},
    "cashier": {POST},
}
"""What a role may do to a book, as the duties are laid down: 会计 makes, 主席 checks, 出纳 posts."""
Entry = tuple[str, int, int, str]
"""Account, debit, credit, project."""


@dataclass(frozen=True)
class Hand:
    """An account, the human behind it, and its roles at the union that keeps both books; `of` the other union's own."""

    name: str
    persons: frozenset[int]
    roles: tuple[str, ...] = ()
    books: frozenset[int] = frozenset({0, 1})


HANDS = {
    h.name: h
    for h in (
        Hand("accountant", frozenset({1}), ("finance",)),
        Hand("accountant_again", frozenset({1}), ("cashier", "chair")),  # the same human under another account
        Hand("chair", frozenset({2}), ("chair",)),
        Hand("cashier", frozenset({3}), ("cashier",)),
        Hand("everything", frozenset({4}), ("finance", "chair", "cashier")),
        Hand("helper", frozenset({5}), ("cashier",)),
        Hand("helper_for_chair", frozenset({5, 2}), ("chair",)),  # by delegation: both humans stand behind it
        Hand("village", frozenset({6}), ("finance", "chair"), frozenset({1})),  # of the small union whose book the other keeps
        Hand("above", frozenset({7})),  # accountant and chair of the union above: sees, does not write
        Hand("stranger", frozenset({8})),
    )
}


@dataclass
class Sheet:
    """A voucher as the oracle knows it."""

    pk: int
    book: int
    state: str
    kind: str
    on: date
    words: str
    lines: list[Entry]
    makers: set[int]
    checkers: set[int] = field(default_factory=set)
    posters: set[int] = field(default_factory=set)
    papers: set[int] = field(default_factory=set)
    source: str = ""
    event: str = ""
    reverses: int | None = None
    number: int = 0
    figure: str = ""

    @property
    def month(self) -> int:
        return self.on.year * 100 + self.on.month

    @property
    def total(self) -> int:
        return sum(d for _a, d, _c, _p in self.lines)

    def not_in(self, *states: str) -> str:
        return "" if self.state in states else f"it is {self.state}"


class Oracle:
    """The books as they should be."""

    def __init__(self, since: date, today: date) -> None:
        self.since, self.today = since, today
        self.sheets: dict[int, Sheet] = {}
        self.closed: list[set[int]] = [set(), set()]
        self.reopened: dict[tuple[int, int], int] = defaultdict(int)
        self.last: dict[tuple[int, int], int] = defaultdict(int)

    # -- may it be done? Each gives the reason against, or nothing.

    def right(self, hand: str, what: str, book: int) -> str:
        held = HANDS[hand]
        return "" if book in held.books and any(what in RIGHTS[r] for r in held.roles) else f"{hand} may not {what}"

    def ready(self, book: int, on: date, words: str, lines: Iterable[Entry], kind: str) -> str:
        rows = list(lines)
        known = OLD if on < CHANGE else NEW
        faults = {
            "before the book": on < self.since,
            "tomorrow": on > self.today,
            "no words": not words.strip(),
            "closed": on.year * 100 + on.month in self.closed[book],
            "too few lines": len(rows) < 2,
            "not whole fen": any(type(n) is not int for _a, d, c, _p in rows for n in (d, c)),
            "not one side": any((d == 0) == (c == 0) for _a, d, c, _p in rows),
            "too much": any(abs(n) > MOST for _a, d, c, _p in rows for n in (d, c)) or abs(sum(d for _a, d, _c, _p in rows)) > MOST,
            "negative": kind == "normal" and any(n < 0 for _a, d, c, _p in rows for n in (d, c)),
            "unknown account": any(a not in known for a, _d, _c, _p in rows),
            "opening of a book that runs": kind == "opening" and (on.year, on.month) != (self.since.year, self.since.month),
            "uneven": sum(d for _a, d, _c, _p in rows) != sum(c for _a, _d, c, _p in rows),
        }
        return next((name for name, at_fault in faults.items() if at_fault), "")

    def living(self, **wanted: object) -> list[Sheet]:
        return [s for s in self.sheets.values() if all(getattr(s, k) == v for k, v in wanted.items()) and s.state != "dropped"]

    def may_close(self, book: int, month: int) -> str:
        first = self.since.year * 100 + self.since.month
        if month < first or month > self.today.year * 100 + self.today.month:
            return "not a month of the book"
        if month in self.closed[book]:
            return "closed already"
        if any(s.state in {"draft", "checked"} and s.month == month for s in self.living(book=book)):
            return "something waits"
        return "" if all(m in self.closed[book] for m in months(first, month) if m < month) else "an earlier one is open"

    def may_reopen(self, book: int, month: int) -> str:
        return "" if self.closed[book] and month == max(self.closed[book]) else "not the last closed one"

    # -- it was done

    def post(self, sheet: Sheet, people: set[int]) -> None:
        self.last[sheet.book, sheet.month] += 1
        sheet.state, sheet.posters, sheet.number = "posted", people, self.last[sheet.book, sheet.month]

    # -- what the books say

    def posted(self, book: int) -> list[Sheet]:
        return [s for s in self.sheets.values() if s.book == book and s.state == "posted"]

    def stream(self, sheet: Sheet) -> str:
        kind = self.sheets[sheet.reverses].kind if sheet.reverses else sheet.kind
        return {"opening": "o", "transition": "o", "closing": "c"}.get(kind, "n")

    def cells(self, book: int) -> dict[tuple[str, int, str, bool], tuple[int, int]]:
        """Moved by account, month, stream, project."""
        found: dict[tuple[str, int, str, bool], list[int]] = defaultdict(lambda: [0, 0])
        for s in self.posted(book):
            for account, debit, credit, project in s.lines:
                cell = found[account, s.month, self.stream(s), bool(project) and account[0] in "45"]
                cell[0], cell[1] = cell[0] + debit, cell[1] + credit
        return {key: (d, c) for key, (d, c) in found.items()}

    def net(self, book: int, since: date | None, until: date, streams: str = "onc") -> dict[str, int]:
        """Debit less credit by account, within the chart of the last day."""
        start = max(since or date.min, CHANGE if until >= CHANGE else date.min)
        found: dict[str, int] = defaultdict(int)
        for s in self.posted(book):
            if start <= s.on <= until and self.stream(s) in streams:
                for account, debit, credit, _project in s.lines:
                    found[account] += debit - credit
        return found

    def result(self, book: int, until: date, *, project: bool) -> dict[str, int]:
        """Income and expenditure of the year so far, by level-1 account, on the usual side."""
        found: dict[str, int] = defaultdict(int)
        for s in self.posted(book):
            if date(until.year, 1, 1) <= s.on <= until and self.stream(s) == "n":
                for account, debit, credit, name in s.lines:
                    if account[0] in "45" and bool(name) is project:
                        found[account[:3]] += (credit - debit) if account[0] == "4" else (debit - credit)
        return {code: fen for code, fen in found.items() if fen}


def months(first: int, last: int) -> list[int]:
    """Every month between two, both included."""
    return [y * 100 + m for y in range(first // 100, last // 100 + 1) for m in range(1, 13) if first <= y * 100 + m <= last]


@dataclass
class Drafted:
    """What the platform should draft by itself, or why not."""

    lines: list[Entry]
    against: str = ""


def closing(o: Oracle, book: int, year: int) -> Drafted:
    """All income and expenditure of the year to the balances, what has a project apart from the rest."""
    net: dict[tuple[str, bool], int] = defaultdict(int)
    for s in o.posted(book):
        if s.on.year == year:
            for account, debit, credit, project in s.lines:
                if account[0] in "45":
                    net[account, bool(project)] += debit - credit
    lines = [(code, max(-fen, 0), max(fen, 0), "项目" if special else "") for (code, special), fen in net.items() if fen]
    for special, target in ((False, "331" if year < 2022 else "322"), (True, "331" if year < 2022 else "321")):
        if fen := sum(f for (_code, mine), f in net.items() if mine is special):
            lines.append((target, max(fen, 0), max(-fen, 0), ""))
    return Drafted(lines, "" if lines else "nothing to close")


def transition(o: Oracle, book: int) -> Drafted:
    """The balances of the last day of the old chart, each on its new account."""
    old = {code: fen for code, fen in o.net(book, None, date(2021, 12, 31)).items() if fen}
    if any(code[0] in "45" for code in old):
        return Drafted([], "the year is not closed")
    return Drafted([({"331": "322"}.get(code, code), max(fen, 0), max(-fen, 0), "") for code, fen in old.items()])
