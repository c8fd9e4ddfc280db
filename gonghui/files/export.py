"""The one export writer (导出文件): xlsx and csv, one rule against formulas, a definition sheet, a watermark.

Source: assurance F7, R32, R33, bar 25, fault 34.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import xlsxwriter

from gonghui.core import clock
from gonghui.core.formula import escape, unescape

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

__all__ = ["Column", "cell", "escape", "export_table", "mark", "unescape", "watermark"]
Format = Literal["xlsx", "csv"]
Kind = Literal["text", "number", "money", "date", "ratio"]
LONGEST = 32767
CUT = "……（原文过长，此处截断）"


@dataclass(frozen=True)
class Column:
    """One column of an export (列). `kind` money takes fen and writes yuan; ratio takes a Fraction or "1/2" and writes a share."""

    label: str
    kind: Kind = "text"
    width: int = 16


def _text(value: Any) -> str:
    """Text as stored: lone surrogates become U+FFFD, over-long text is cut visibly."""
    text = str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text if len(text) <= LONGEST - 1 else text[: LONGEST - 1 - len(CUT)] + CUT


def cell(value: Any, kind: Kind) -> Any:
    """What goes into the cell: a number, or a safe text. Money is shown in yuan with two places, never through a float sum."""
    if value is None or value == "":
        return ""
    if kind == "money":
        return Decimal(int(value)).scaleb(-2)
    if kind == "ratio":
        return Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and abs(value) < 10**15:
        return value
    if isinstance(value, float | Decimal | Fraction) and kind == "number":
        return Decimal(str(value)) if not isinstance(value, Fraction) else Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return escape(_text(value))


def _columns(columns: Sequence[Column | str]) -> list[Column]:
    return [c if isinstance(c, Column) else Column(c) for c in columns]


def watermark(actor: Actor, title: str) -> str:
    """The visible mark: who, when, and that it is not to be passed on."""
    return f"{title} · 导出人 {actor.name or actor.ref} · {clock.now():%Y-%m-%d %H:%M} · 内部使用，请勿转传"


def mark(actor: Actor, title: str) -> str:
    """The mark in the workbook's properties: tells copies of two officers apart."""
    return hashlib.sha256(f"{actor.ref}|{title}|{clock.now().isoformat()}".encode()).hexdigest()[:20]


def export_table(
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    actor: Actor,
    definition: Mapping[str, str] | None = None,
    fmt: Format = "xlsx",
    marked: bool = True,
) -> bytes:
    """A table as file (导出表格).

    Args: columns: labels or `Column`; definition: 口径, name -> sentence, goes to a sheet of its own; marked: False leaves
    the watermark row out of the table for files that are filled in and read back, the properties still carry the mark.
    """
    cols = _columns(columns)
    write = _csv if fmt == "csv" else _xlsx
    return write(cols, rows, title, actor, definition or {}, marked)


def _csv(cols: list[Column], rows: Iterable[Sequence[Any]], title: str, actor: Actor, definition: Mapping[str, str], marked: bool) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([escape(c.label) for c in cols])
    for row in rows:
        writer.writerow([_plain(cell(v, c.kind)) for c, v in zip(cols, row, strict=True)])
    if marked:
        writer.writerow([escape(_text(watermark(actor, title)))])
        writer.writerows([escape(_text(f"{name}：{text}"))] for name, text in definition.items())
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _plain(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _xlsx(
    cols: list[Column], rows: Iterable[Sequence[Any]], title: str, actor: Actor, definition: Mapping[str, str], marked: bool
) -> bytes:
    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    book = xlsxwriter.Workbook(out, options)
    said = watermark(actor, title)
    book.set_properties(
        {
            "title": _text(title)[:200],
            "author": actor.name or actor.ref,
            "comments": f"{said} {mark(actor, title)}",
            "company": "工会网络服务平台",
        }
    )
    book.set_custom_property("gonghui-mark", mark(actor, title))
    book.set_custom_property("gonghui-actor", actor.ref)
    _table(book, cols, rows, title, said if marked else "")
    _definitions(book, title, said, definition)
    book.close()
    return out.getvalue()


def _table(book: Any, cols: list[Column], rows: Iterable[Sequence[Any]], title: str, said: str) -> None:
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", _text(title))[:31].strip() or "数据")
    head, grey = (
        book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        book.add_format({"font_color": "#868b95", "italic": False}),
    )
    styles = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "ratio": book.add_format({"num_format": "0.00%"}),
        "text": book.add_format({"num_format": "@"}),
    }
    for i, column in enumerate(cols):
        sheet.set_column(i, i, column.width, styles["text"] if column.kind == "text" else None)
    at = 0
    if said:
        sheet.write_string(0, 0, said, grey)
        at = 1
    for i, column in enumerate(cols):
        sheet.write_string(at, i, escape(_text(column.label)), head)
    sheet.freeze_panes(at + 1, 0)
    sheet.repeat_rows(0, at)
    sheet.set_footer("&C" + (said or title).replace("&", "&&")[:200])
    for row in rows:
        at += 1
        for i, (column, value) in enumerate(zip(cols, row, strict=True)):
            _write(sheet, at, i, cell(value, column.kind), styles.get(column.kind))


def _write(sheet: Any, row: int, col: int, value: Any, style: Any) -> None:
    if value == "":
        return
    if isinstance(value, int | Decimal):
        sheet.write_number(row, col, value, style)
    else:
        sheet.write_string(row, col, value, style)


def _definitions(book: Any, title: str, said: str, definition: Mapping[str, str]) -> None:
    sheet = book.add_worksheet("口径说明")
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)
    lines = {"表名": title, **definition, "水印": said}
    for i, (name, text) in enumerate(lines.items()):
        sheet.write_string(i, 0, escape(_text(name)), wrap)
        sheet.write_string(i, 1, escape(_text(text)), wrap)
