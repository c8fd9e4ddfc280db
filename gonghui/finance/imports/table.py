"""A table of postings as other programs write it (读凭证表): continued rows, totals, remarks. Pure; no database, no account names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from gonghui.core import money
from gonghui.files.imports.headers import plain
from gonghui.files.imports.protocol import Column, Problem
from gonghui.files.imports.reading import ROW

_TOTAL = re.compile(r"合计|总计|小计|共计|^(本[月年期])?累计$")
_NUMBER = re.compile(
    r"^(?P<word>[^\d\W_]{0,6}?)字?第?[\s\-－—_#№]*0*(?P<n>\d{1,9})(?:\.0)?号?(?:[\-\s]\d+/\d+)?$"
)  # a page mark `-1/3` is no part of the number
_RED = re.compile(r"^[(（](.+)[)）]$")
SIDES = {"借": 1, "借方": 1, "j": 1, "debit": 1, "d": 1, "dr": 1, "贷": -1, "贷方": -1, "credit": -1, "c": -1, "cr": -1, "平": 0, "": 0}
FILLED = ("on", "number", "words")
NOTHING = frozenset({"", "-", "—", "–", "－", "/", "无"})


class Unreadable(ValueError):
    """An amount that cannot be read."""


def fen(text: str | None) -> int:
    """Fen of a cell; nothing is 0. `(12.30)` is red; what a workbook's arithmetic left behind the tenth decimal is cut off."""
    said = unicodedata.normalize("NFKC", text or "").strip().replace(" ", "").replace("−", "-")
    if said in NOTHING:
        return 0
    if red := _RED.match(said):
        return -fen(red[1])
    try:
        return money.parse(said)
    except ValueError:
        pass
    try:
        exact = Decimal(said)
        near = exact.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Unreadable(text) from None
    if not exact.is_finite() or abs(exact - near) > Decimal("0.0000001") or abs(near) * 100 > money.LIMIT:
        raise Unreadable(text)
    return int(near * 100)


def amounts(raw: Mapping[str, Any], usual: int = 0) -> tuple[int, int, tuple[str, str] | None]:
    """Debit and credit of a row, or the column and the reason. An amount with 方向 counts where no side is filled.

    Args: usual: 1 debit, -1 credit: the side of an amount whose 方向 is not written.
    """
    found = {}
    for key in ("debit", "credit", "amount"):
        try:
            found[key] = fen(raw.get(key))
        except Unreadable:
            return 0, 0, (key, f"金额“{raw[key]}”读不出来，请写成 1234.50 这样，最多两位小数。")
    debit, credit = found["debit"], found["credit"]
    if debit or credit or not found["amount"]:
        return debit, credit, None
    side = SIDES.get(plain(raw.get("side") or ""), 2) or usual
    if side not in (1, -1):
        return 0, 0, ("side", "方向请写“借”或“贷”。")
    return (found["amount"], 0, None) if side == 1 else (0, found["amount"], None)


def number_of(word: str | None, number: str | None) -> str:
    """A voucher's number in one way of writing: `记字第0012号`, `记 12`, `12` are all `记-12`; what is none stays as it is."""
    text = unicodedata.normalize("NFKC", number or "").strip()
    kind = unicodedata.normalize("NFKC", word or "").strip().removesuffix("字").removesuffix("账凭证").removesuffix("凭证")
    if not text:
        return ""
    found = _NUMBER.match(text)
    if found is None:
        return re.sub(r"\s", "", text)[:40]
    said = found["word"].removesuffix("字").removesuffix("账凭证").removesuffix("凭证")
    return f"{said or kind or '记'}-{int(found['n'])}"


@dataclass
class Item:
    """A row of the table, filled where it continues the one above."""

    row: int
    raw: dict[str, Any]
    on: str = ""
    number: str = ""
    words: str = ""
    order: int = 0


@dataclass
class Read:
    """What a table holds: posting rows, rows left aside, problems of totals, notes for the reader."""

    items: list[Item] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def is_total(raw: Mapping[str, Any]) -> bool:
    """A row of totals (合计): a word of it says so; in 摘要 only where no account is named."""
    keys = ("on", "number", "code", "account") if raw.get("code") or raw.get("account") else ("on", "number", "words")
    return any(_TOTAL.search(plain(str(raw[k]))) for k in keys if raw.get(k))


def _heads(columns: Sequence[Column]) -> dict[str, set[str]]:
    return {c.key: {plain(t) for t in (c.label, *c.synonyms)} for c in columns}


def is_head(raw: Mapping[str, Any], heads: Mapping[str, set[str]]) -> bool:
    """The header again, as printed on each page: no digit in it, and two heads in their own columns."""
    said = [(k, str(raw[k])) for k in ("debit", "credit", "words", "number", "account", "code") if raw.get(k)]
    return not any(c.isdigit() for _k, t in said for c in t) and sum(1 for k, t in said if plain(t) in heads.get(k, ())) >= 2


def sort(raws: Sequence[dict[str, Any]], columns: Sequence[Column], *, parents: Collection[int] = (), usual: int = 0) -> Read:
    """Sort posting rows from totals, remarks and repeated headers. Totals must equal what stands above them, else they are a problem.

    Args: parents: rows that only add up others; usual: as in `amounts`.
    """
    read, remarks, again, good, marks, clear = Read(), list[int](), 0, 0, [(0, 0)], True
    heads = _heads(columns)
    sums = (0, 0)
    for order, raw in enumerate(raws):
        row = int(raw[ROW])
        debit, credit, fault = amounts(raw, usual)
        if row in parents:
            read.aside.add(row)
        elif is_total(raw):
            said = _total(row, (debit, credit), marks, sums) if clear and fault is None else None
            read.problems += [said] if said else []
            read.aside |= set() if said else {row}
            good, marks = good + (said is None and clear), [*marks, sums]
        elif is_head(raw, heads):
            again += 1
            read.aside.add(row)
        elif not raw.get("code") and not raw.get("account") and not any(raw.get(k) for k in ("debit", "credit", "amount")):
            remarks.append(row)
            read.aside.add(row)
        else:
            read.items.append(Item(row, dict(raw), order=order))
            sums, clear = (sums[0] + debit, sums[1] + credit), clear and fault is None
    read.notes += [f"{good} 行合计和上面各行相加一致，已核对，不导入。"] if good else []
    read.notes += [f"{again} 行是重复的表头，不导入。"] if again else []
    if remarks:
        first = "、".join(str(r) for r in remarks[:5]) + (" 等" if len(remarks) > 5 else "")
        read.notes.append(f"第 {first} 行没有科目和金额，当作表注，不导入。")
    return read


def _total(row: int, said: tuple[int, int], marks: Sequence[tuple[int, int]], sums: tuple[int, int]) -> Problem | None:
    """A total counts from the head of the table or from any total above it."""
    if any(said == (sums[0] - m[0], sums[1] - m[1]) for m in marks):
        return None
    parts = [
        f"{side}写的是 {money.show(a)}，上面各行相加是 {money.show(b)}，相差 {money.show(abs(a - b))}"
        for side, a, b in (("借方", said[0], sums[0]), ("贷方", said[1], sums[1]))
        if a != b
    ]
    column = "debit" if said[0] != sums[0] else "credit"
    return Problem(row, column, "total", f"合计行{'；'.join(parts)}。表里可能少了行，请核对；确认无误就跳过这一行。")


def continued(items: Sequence[Item]) -> None:
    """Fill date, number and words where a row continues the voucher above. An empty row in the file ends what stood above it."""
    above: Item | None = None
    for item in items:
        on, number = str(item.raw.get("on") or ""), number_of(item.raw.get("word"), item.raw.get("number"))
        words = str(item.raw.get("words") or "")
        if above is not None and item.row - above.row == item.order - above.order:
            if not number and on in ("", above.on):
                number = above.number
            on = on or above.on
        item.on, item.number = on, number
        same = above is not None and (above.on, above.number) == (on, number)
        item.words = words or (above.words if same and above is not None else "")
        above = item


def blocks(items: Sequence[Item]) -> list[list[Item]]:
    """Runs of rows that stand together."""
    found: list[list[Item]] = []
    for item in items:
        if found and item.order == found[-1][-1].order + 1:
            found[-1].append(item)
        else:
            found.append([item])
    return found
