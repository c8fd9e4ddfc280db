"""Matching of bank lines and vouchers (银行核对): amount first, then date, payee and reference; never by guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class BankSide:
    """A bank line (银行流水). Money in is positive."""

    key: int
    on: date
    fen: int
    payee: str = ""
    words: str = ""
    reference: str = ""


@dataclass(frozen=True)
class BookSide:
    """The bank account's line of a voucher (账面). Money in is positive."""

    key: int
    on: date
    fen: int
    words: str = ""
    names: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A sure pair (核对结果)."""

    bank: int
    book: int
    why: str


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).lower()


def closeness(bank: BankSide, book: BookSide, days: int) -> tuple[int, str] | None:
    """How well two sides fit and why, or None when amount or date do not allow it."""
    if bank.fen != book.fen:
        return None
    if bank.reference and bank.reference in book.references:
        return 100, "金额和流水号一致"
    apart = abs((bank.on - book.on).days)
    if apart > days:
        return None
    names = [_plain(n) for n in book.names if len(_plain(n)) >= 2]
    said = _plain(bank.payee) + _plain(bank.words)
    if any(n in said for n in names):
        return 60 + days - min(apart, days), f"金额、收款人一致，相差 {apart} 天"
    if bank.payee and _plain(bank.payee) and _plain(bank.payee) in _plain(book.words):
        return 50 + days - min(apart, days), f"金额一致，摘要里有户名，相差 {apart} 天"
    return 10 + days - min(apart, days), f"金额一致，相差 {apart} 天"


def pairs(banks: Sequence[BankSide], books: Sequence[BookSide], days: int) -> list[Pair]:
    """Pairs that are best for both sides and not tied with another: a tie stays for a person.

    Rounds go on while a pair is found, since each takes away candidates of the others.
    """
    left_bank, left_book = {b.key: b for b in banks}, {b.key: b for b in books}
    by_fen: dict[int, list[BookSide]] = {}
    for book in books:
        by_fen.setdefault(book.fen, []).append(book)
    scores = {(b.key, k.key): found for b in banks for k in by_fen.get(b.fen, ()) if (found := closeness(b, k, days)) is not None}
    result: list[Pair] = []
    while True:
        taken = _round(scores, left_bank, left_book)
        if not taken:
            return sorted(result, key=lambda p: p.bank)
        result += taken
        for pair in taken:
            left_bank.pop(pair.bank)
            left_book.pop(pair.book)


def _round(scores: dict[tuple[int, int], tuple[int, str]], banks: dict[int, BankSide], books: dict[int, BookSide]) -> list[Pair]:
    live = {k: v for k, v in scores.items() if k[0] in banks and k[1] in books}
    best_bank, best_book = _best(live, 0), _best(live, 1)
    found = []
    for (bank, book), (score, why) in live.items():
        if best_bank.get(bank) == (score, book) and best_book.get(book) == (score, bank):
            found.append(Pair(bank, book, why))
    return found


def _best(live: dict[tuple[int, int], tuple[int, str]], side: int) -> dict[int, tuple[int, int]]:
    """The one best partner of each; none where two are equally good."""
    top: dict[int, tuple[int, int]] = {}
    tied: set[int] = set()
    for key, (score, _why) in live.items():
        mine, other = key[side], key[1 - side]
        if mine not in top or score > top[mine][0]:
            top[mine] = (score, other)
            tied.discard(mine)
        elif score == top[mine][0]:
            tied.add(mine)
    return {k: v for k, v in top.items() if k not in tied}
