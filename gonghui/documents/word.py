"""A merged document as a Word file (生成 Word): built from the same blocks as the page, so that both say the same.

python-docx (which docxtpl stands on) writes the file from our blocks. A prepared .docx per kind would be a second source of the
text, which an officer's new version of the template would leave behind.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from docx import Document as NewDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gonghui.documents.rules import Block

BODY, HEAD = "仿宋", "宋体"
ALIGN = {"title": WD_ALIGN_PARAGRAPH.CENTER, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
SIZE = {"title": 22, "heading": 15, "table": 11}
NORMAL = 14


def build(blocks: Iterable[Block], *, head: str, foot: str, at: datetime) -> bytes:
    """The file. Args: head the number above the title; foot the line with the check code."""
    made: Any = NewDocument()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(27)
    section.top_margin = section.bottom_margin = Mm(30)
    made.core_properties.author, made.core_properties.created = "", at.replace(tzinfo=None)
    if head:
        _write(made.add_paragraph(), head, 12)
    for block in blocks:
        if block.kind == "table":
            _table(made, block.rows)
        elif block.kind == "page":
            made.add_page_break()
        else:
            _paragraph(made, block)
    _write(section.footer.paragraphs[0], foot, 9)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _paragraph(made: Any, block: Block) -> None:
    p = made.add_paragraph()
    p.paragraph_format.space_after = Pt(14 if block.kind == "title" else 0)
    p.paragraph_format.line_spacing = 1.5
    if block.kind in ALIGN:
        p.alignment = ALIGN[block.kind]
    if block.kind in {"para", "item"}:
        p.paragraph_format.first_line_indent = Pt(NORMAL * 2)
    size = SIZE.get(block.kind, NORMAL)
    _write(p, block.text, size, bold=block.kind in {"title", "heading"}, font=HEAD if block.kind in {"title", "heading"} else BODY)


def _table(made: Any, rows: list[list[str]]) -> None:
    if not rows:
        return
    width = max(len(row) for row in rows)
    table = made.add_table(rows=0, cols=width)
    table.style = "Table Grid"
    for n, row in enumerate(rows):
        line = table.add_row()
        _keep(line, head=n == 0)
        for cell, text in zip(line.cells, [*row, *[""] * (width - len(row))], strict=True):
            _write(cell.paragraphs[0], text, SIZE["table"], bold=n == 0)
    made.add_paragraph()


def _keep(line: Any, *, head: bool) -> None:
    """A row is not torn apart by a page; the head repeats on each page."""
    properties = line._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _write(paragraph: Any, text: str, size: float, *, bold: bool = False, font: str = BODY) -> None:
    run = paragraph.add_run("".join(c for c in text if c >= " " or c == "\t"))
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Several files in one zip (打包), names made unique."""
    out, seen = io.BytesIO(), set[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, (name, data) in enumerate(files, 1):
            stem = f"{n:02d} {safe(name)}.docx"
            while stem in seen:
                stem = f"{n:02d}-{len(seen)} {safe(name)}.docx"
            seen.add(stem)
            archive.writestr(stem, data)
    return out.getvalue()


def safe(name: str) -> str:
    """A title as a file name."""
    return "".join(c for c in name if c not in '\\/:*?"<>|' and c >= " ").strip()[:80] or "文书"
