"""What may come in (文件关口): size, entries and ratio of a workbook before anything is parsed; no DTD, no odd names (F6, faults 31, 32)."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from gonghui.core.errors import BadInput

MIB = 1024 * 1024
MOST_BYTES = 50 * MIB
MOST_UNPACKED = 600 * MIB
MOST_ENTRIES = 2_000
MOST_RATIO = 150
RATIO_FROM = 5 * MIB
MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_CELL = 32_767
_CHUNK = 1 * MIB
_OVERLAP = 64
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGE = re.compile(rb'<mergeCell\s[^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_MOST_MERGES = 20_000


@dataclass
class Workbook:
    """What the guard learned on its one pass over the archive."""

    unpacked: int = 0
    merges: dict[str, list[tuple[str, int, str, int]]] = field(default_factory=dict)


def size(content: bytes) -> None:
    """Raises BadInput imports.empty, imports.too_big."""
    if not content:
        raise BadInput("imports.empty", "文件是空的。请打开原表确认有内容，另存后再上传。")
    if len(content) > MOST_BYTES:
        raise BadInput(
            "imports.too_big", f"文件有 {len(content) / MIB:.1f} MB，最多 {MOST_BYTES // MIB} MB。请把表拆成几份上传。", size=len(content)
        )


def kind_of(content: bytes) -> str:
    """`xlsx` or `csv`, by content, never by name. Raises BadInput imports.kind for what is neither."""
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return "xlsx"
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadInput("imports.old_excel", "这是旧版 .xls 或加了密码的表。请在 Excel 里另存为 .xlsx（不设密码）后再上传。")
    for head in (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ", b"\x1f\x8b", b"{\\rtf"):
        if content.startswith(head):
            raise BadInput("imports.kind", "这不是表格文件。请上传 .xlsx 或 .csv。")
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"<script", b"<table")):
        raise BadInput("imports.kind", "这是网页或 XML，不是表格文件。请在 Excel 里另存为 .xlsx 后再上传。")
    return "csv"


def workbook(content: bytes) -> Workbook:
    """Walk the archive once, counting what really comes out. Raises BadInput imports.bomb, imports.broken, imports.xml, imports.names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _walk(archive, len(content))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        KeyError,
        IndexError,
    ) as fault:
        raise BadInput("imports.broken", "这个 Excel 文件已损坏或加了密码，打不开。请在电脑上重新另存为 .xlsx 后再上传。") from fault


def _walk(archive: zipfile.ZipFile, packed: int) -> Workbook:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise BadInput(
            "imports.bomb", f"压缩包里有 {len(entries)} 个部件，最多 {MOST_ENTRIES} 个。这不像正常的表格，已拒收。", entries=len(entries)
        )
    _bounded(sum(e.file_size for e in entries), packed)
    names: set[str] = set()
    for entry in entries:
        _named(entry, names)
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise BadInput("imports.kind", "这是压缩包，不是 Excel 工作簿。请解压后上传里面的 .xlsx 或 .csv。")
    book = Workbook()
    for entry in entries:
        _stream(archive, entry, book, packed)
    return book


def _named(entry: zipfile.ZipInfo, names: set[str]) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    odd = path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\x00" in entry.filename or entry.filename in names
    if odd or stat.S_ISLNK(entry.external_attr >> 16):
        raise BadInput("imports.names", "文件里有不正常的部件名（上级目录、链接或重名），已拒收。请用 Excel 重新另存后再上传。")
    if path.suffix.lower() in {".zip", ".xlsx", ".7z", ".rar", ".gz"}:
        raise BadInput("imports.bomb", "表格里又套了压缩包，已拒收。请用 Excel 重新另存后再上传。")
    names.add(entry.filename)


def _bounded(unpacked: int, packed: int) -> None:
    if unpacked > MOST_UNPACKED or (unpacked > RATIO_FROM and unpacked > packed * MOST_RATIO):
        raise BadInput(
            "imports.bomb", f"文件解开后有 {unpacked / MIB:.0f} MB，超过允许的大小，已拒收。请删去空白区域后另存再上传。", unpacked=unpacked
        )


def _stream(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, book: Workbook, packed: int) -> None:
    """Unpack one part, keeping nothing but the merged ranges."""
    xml = entry.filename.endswith((".xml", ".rels", ".vml"))
    sheet = entry.filename.startswith("xl/worksheets/")
    tail, first = b"", True
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            book.unpacked += len(chunk)
            _bounded(book.unpacked, packed)
            if not xml:
                continue
            window = tail + chunk
            if first:
                _utf8_head(window)
                first = False
            if b"<!" in window and _DTD.search(window):
                raise BadInput("imports.xml", "文件里有外部引用或实体定义（DTD），已拒收。请用 Excel 重新另存后再上传。")
            if sheet and b"<mergeCell " in window:
                _merges(window, book, entry.filename)
            tail = window[-_OVERLAP:]


def _merges(window: bytes, book: Workbook, name: str) -> None:
    known = book.merges.setdefault(name, [])
    for a, b, c, d in _MERGE.findall(window):
        known.append((a.decode(), int(b), c.decode(), int(d)))
        if len(known) > _MOST_MERGES:
            raise BadInput("imports.merged", f"合并单元格超过 {_MOST_MERGES} 处。请取消合并后再上传。")


def _utf8_head(window: bytes) -> None:
    """Only UTF-8 parts: another encoding could hide a DTD from the search above."""
    head = window[:200].lower()
    declared = re.search(rb'encoding=["\']([^"\']+)', head)
    if (
        window[:2] in (b"\xfe\xff", b"\xff\xfe")
        or b"\x00" in window[:4]
        or (declared and declared[1] not in (b"utf-8", b"us-ascii", b"ascii"))
    ):
        raise BadInput("imports.xml", "文件内部的编码不正常，已拒收。请用 Excel 重新另存后再上传。")
