"""Which column is which (核对表头): exact words and remembered ones are sure, near ones are only proposed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from gonghui.core.errors import BadInput
from gonghui.files.imports.protocol import Column
from gonghui.files.imports.reading import ROW

LOOK = 30
NEAR = 0.72
_NOISE = re.compile(r"[\s\u3000*＊:：/／、,，.。_\-—()（）\[\]【】“”\"'’]+")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")


@dataclass
class Headers:
    """What was found: the header's row number, its texts by column, and key -> column with how sure it is."""

    row: int
    texts: dict[str, str]
    mapping: dict[str, str] = field(default_factory=dict)
    sure: dict[str, str] = field(default_factory=dict)


def plain(text: str) -> str:
    """A header without spaces, marks and remarks in brackets, in half width and lower case."""
    half = text.translate({i: i - 0xFEE0 for i in range(0xFF01, 0xFF5F)} | {0x3000: 0x20})
    return _NOISE.sub("", _BRACKETS.sub("", half) or half).lower()


def find(frame: pl.DataFrame, columns: Sequence[Column], memory: Mapping[str, str] | None = None) -> Headers:
    """Header row and mapping. Args: memory: plain header -> key, as confirmed before for this org and kind."""
    known = words(columns)
    remembered = {h: k for h, k in (memory or {}).items() if any(c.key == k for c in columns)}
    texts = [c for c in frame.columns if c != ROW]
    best, score = None, (-1, -1)
    for row in frame.head(LOOK).iter_rows(named=True):
        cells = {c: str(row[c]) for c in texts if row[c] is not None and str(row[c]).strip()}
        hits = sum(1 for t in cells.values() if plain(t) in known or plain(t) in remembered)
        if (hits, 0 if hits else min(len(cells), 1)) > score:
            best, score = Headers(int(row[ROW]), cells), (hits, 0 if hits else min(len(cells), 1))
    if best is None or not best.texts:
        raise BadInput("imports.no_header", "没有找到表头。请在第一行写上“姓名”“证件号码”这样的列名后再上传。")
    _map(best, columns, known, remembered)
    return best


def words(columns: Sequence[Column]) -> dict[str, str]:
    """plain header -> key, from labels and synonyms."""
    found: dict[str, str] = {}
    for column in columns:
        for text in (column.label, column.key, *column.synonyms):
            found.setdefault(plain(text), column.key)
    return found


def _map(headers: Headers, columns: Sequence[Column], known: Mapping[str, str], remembered: Mapping[str, str]) -> None:
    for source, how in ((remembered, "memory"), (known, "exact")):
        for column, text in headers.texts.items():
            key = source.get(plain(text))
            if key and key not in headers.mapping and column not in headers.mapping.values():
                headers.mapping[key], headers.sure[key] = column, how
    free = {c: plain(t) for c, t in headers.texts.items() if c not in headers.mapping.values()}
    for wanted in columns:
        if wanted.key in headers.mapping or not free:
            continue
        options = [w for w, k in known.items() if k == wanted.key]
        ranked = max(((difflib.SequenceMatcher(None, w, t).ratio(), c) for c, t in free.items() for w in options), default=(0.0, ""))
        if ranked[0] >= NEAR:
            headers.mapping[wanted.key], headers.sure[wanted.key] = ranked[1], "near"
            del free[ranked[1]]


def require(mapping: Mapping[str, str], columns: Sequence[Column]) -> None:
    """Raises BadInput imports.columns when a required column has no place, or one place serves two."""
    missing = [c.label for c in columns if c.required and not mapping.get(c.key)]
    if missing:
        raise BadInput("imports.columns", f"还没有指明哪一列是{'、'.join(missing)}。请在下面选好后再检查。", missing=missing)
    used = [c for c in mapping.values() if c]
    if len(used) != len(set(used)):
        raise BadInput("imports.columns_twice", "同一列被选了两次。请给每一项选不同的列。")
