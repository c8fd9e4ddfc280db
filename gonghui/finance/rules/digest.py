"""Digests of vouchers and months (凭证与期间的摘要): one changed byte is found and located (LED-03)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from gonghui.finance.enums import Stream, VoucherKind
from gonghui.finance.rules.lines import Line

OPENINGS = frozenset({VoucherKind.OPENING, VoucherKind.TRANSITION})


_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _hash(value: Any) -> str:
    return hashlib.sha256(_text(value).encode()).hexdigest()


def voucher_digest(
    *,
    prev: str,
    book: int,
    month: int,
    number: int,
    on: date,
    kind: str,
    event: str,
    source: str,
    words: str,
    reverses: int | None,
    people: Sequence[str],
    lines: Iterable[Line],
    files: Iterable[str],
) -> str:
    """SHA-256 over all that a voucher says, and the digest of the one before it."""
    rows = [[x.account, x.debit, x.credit, x.detail, x.project, x.words] for x in lines]
    head = [prev, book, month, number, on.isoformat(), kind, event, source, words, reverses, list(people)]
    return _hash([head, rows, sorted(files)])


def seal(*, prev: str, book: int, month: int, last_number: int, head: str, balances: Iterable[Sequence[Any]]) -> str:
    """Seal of a closed month: chains the seal before, the last voucher, and the balances."""
    return _hash([prev, book, month, last_number, head, [list(row) for row in balances]])


def month_of(day: date) -> int:
    """202501."""
    return day.year * 100 + day.month


def stream_of(kind: str, reversed_kind: str = "") -> str:
    """Which figure a voucher's lines belong to."""
    kind = reversed_kind or kind
    if kind in OPENINGS:
        return Stream.OPENING
    return Stream.CLOSING if kind == VoucherKind.CLOSING else Stream.NORMAL


def is_project(line: Line) -> bool:
    """Income and expenditure are split into 基本 and 项目; other accounts are not."""
    return bool(line.project) and line.account[:1] in "45"
