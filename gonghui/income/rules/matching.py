"""Whose money is this (会费到账认领): one row of a payroll or bank file against the members of one union.

A row is posted only when everything it says agrees with one member, or when what disagrees is a slip in one field while two others
agree. In doubt it waits at the desk: a wrong posting is worse than a row for a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Candidate:
    """A member of the union, as far as matching may know (候选会员): blind indexes and masks only."""

    person: int
    name: str
    id_index: bytes | None = None
    phone_index: bytes | None = None
    id_mask: str = ""
    phone_mask: str = ""
    due_fen: int = 0


@dataclass(frozen=True)
class Row:
    """What one row says."""

    number: int
    name: str = ""
    id_index: bytes | None = None
    phone_index: bytes | None = None
    id_text: str = ""
    phone_text: str = ""
    amount_fen: int = 0


@dataclass(frozen=True)
class Match:
    """The answer for a row: a person with the reason, or none with the reason."""

    row: int
    person: int | None
    how: str


@dataclass
class Book:
    """The candidates by each of their marks."""

    by_id: dict[bytes, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_phone: dict[bytes, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> Book:
        book = cls()
        for c in candidates:
            if c.id_index:
                book.by_id[c.id_index].append(c)
            if c.phone_index:
                book.by_phone[c.phone_index].append(c)
            book.by_name[plain(c.name)].append(c)
        return book


def plain(name: str) -> str:
    """A name without spaces and the dots of long names."""
    return "".join(ch for ch in name if not ch.isspace() and ch not in "·•・.．")


def match_all(rows: Iterable[Row], candidates: Iterable[Candidate]) -> list[Match]:
    """Every row; a person is found at most once in a file, later rows of the same person wait."""
    book, taken, found = Book.of(candidates), set[int](), list[Match]()
    for row in rows:
        hit = match(row, book)
        if hit.person is not None and hit.person in taken:
            hit = Match(row.number, None, "twice")
        if hit.person is not None:
            taken.add(hit.person)
        found.append(hit)
    return found


def match(row: Row, book: Book) -> Match:
    """One row: by document, by phone, by name with a partial mark, by name with the exact amount."""
    name = plain(row.name)
    held = book.by_id.get(row.id_index, []) if row.id_index else []
    if len(held) == 1:
        return _by_id(row, name, held[0])
    called = [c for c in book.by_phone.get(row.phone_index or b"", []) if plain(c.name) == name]
    if len(called) == 1:
        return _sure(row, called[0], "phone")
    same = book.by_name.get(name, []) if name else []
    near = [c for c in same if _near(row, c)]
    if len(near) == 1:
        return _sure(row, near[0], "name_mark")
    if len(same) == 1 and not row.id_text and not row.phone_text:
        exact = same[0].due_fen == row.amount_fen and row.amount_fen > 0
        return Match(row.number, same[0].person, "name_amount") if exact else Match(row.number, None, "amount")
    if same:
        return Match(row.number, None, "several" if len(same) > 1 else "marks_differ")
    return Match(row.number, None, "unknown")


def _by_id(row: Row, name: str, c: Candidate) -> Match:
    """The document agrees: the name must too, or the phone instead when the name is a slip of one sign or missing."""
    if not name or plain(c.name) == name:
        return Match(row.number, c.person, "id")
    if row.phone_index and row.phone_index == c.phone_index:
        return Match(row.number, c.person, "id_phone")
    return Match(row.number, None, "name_differs")


def _sure(row: Row, c: Candidate, how: str) -> Match:
    """A document that is whole and belongs to nobody here may be another person of the same name and phone: only a slip is forgiven."""
    if row.id_index and c.id_mask and not _alike(row.id_text, c.id_mask):
        return Match(row.number, None, "marks_differ")
    return Match(row.number, c.person, how)


def _near(row: Row, c: Candidate) -> bool:
    """Does a partial mark agree: the shown signs of the document, or of the phone?"""
    by_id = bool(row.id_text) and bool(c.id_mask) and _alike(row.id_text, c.id_mask)
    by_phone = bool(row.phone_text) and bool(c.phone_mask) and _alike(row.phone_text, c.phone_mask)
    return by_id or (by_phone and not row.id_text)


def _alike(text: str, mask: str) -> bool:
    """Do head or tail agree with the shown signs (four digits at the end, or all at the head and three of the tail)?"""
    shown_head, shown_tail = mask.split("*", 1)[0], mask.rsplit("*", 1)[-1]
    head = len(shown_head) >= 3 and text.startswith(shown_head)
    tail = len(shown_tail) >= 4 and text.endswith(shown_tail)
    return (head and tail) or (tail and abs(len(text) - len(mask)) <= 1) or (head and text[-3:] == shown_tail[-3:])


HOW = {
    "id": "证件号", "id_phone": "证件号和手机号", "phone": "手机号和姓名", "name_mark": "姓名和部分号码", "name_amount": "姓名和金额", "hand": "人工认领",
    "twice": "同一人在表里出现两次", "amount": "只有姓名，金额与应缴不同", "several": "同名不止一人", "marks_differ": "姓名相同，号码不同", "unknown": "本工会没有这个人",
    "name_differs": "证件号相同，姓名不同",
}  # fmt: skip
