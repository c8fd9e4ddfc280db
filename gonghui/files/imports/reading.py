"""A file becomes a table of texts with its own row numbers (读表). Nothing is guessed: what cannot be decoded is refused by name."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from gonghui.core.errors import BadInput
from gonghui.files.imports import guard

ROW = "_row"
READ_SECONDS = 120
_NUMERIC = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*)>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>[^<]*</v>')

_FILLED = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"[^>/]*>')


@dataclass
class Table:
    """A sheet as read (原表): columns `c0`, `c1`, … of text, and `_row`, the row number shown in Excel."""

    frame: pl.DataFrame
    format: str
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    encoding: str = ""
    filled: int = 0


def read(content: bytes, *, sheet: str = "", isolated: bool = True) -> Table:
    """Read an xlsx or csv file.

    Args: isolated: parse a workbook in a process of its own (always, but for tests of the parser itself).
    Raises: BadInput imports.*.
    """
    guard.size(content)
    table = _xlsx(content, sheet, isolated) if guard.kind_of(content) == "xlsx" else _csv(content)
    _bounds(table.frame)
    return table


def _bounds(frame: pl.DataFrame) -> None:
    if frame.width - 1 > guard.MOST_COLUMNS:
        raise BadInput("imports.too_wide", f"表有 {frame.width - 1} 列，最多 {guard.MOST_COLUMNS} 列。请删去右边的空白列后另存再上传。")
    if frame.height > guard.MOST_ROWS:
        raise BadInput("imports.too_long", f"表有 {frame.height} 行，最多 {guard.MOST_ROWS} 行。请拆成几份上传。")
    texts = [c for c in frame.columns if c != ROW]
    if not frame.height or not texts:
        raise BadInput("imports.empty", "表里没有内容。请打开原表确认后再上传。")
    longest = frame.select(pl.max_horizontal(pl.col(texts).str.len_chars().max())).item()
    if longest is not None and longest > guard.MOST_CELL:
        raise BadInput("imports.too_long_cell", f"有一个格子里有 {longest} 个字，最多 {guard.MOST_CELL} 个。请核对是否粘错了内容。")


# -- workbooks -----------------------------------------------------------------------------------------------------


def _xlsx(content: bytes, sheet: str, isolated: bool) -> Table:
    book = guard.workbook(content)
    with tempfile.TemporaryDirectory(prefix="gonghui-import-") as folder:
        source, target = Path(folder) / "in.xlsx", Path(folder) / "out.arrow"
        source.write_bytes(content)
        told = _child(source, target, sheet) if isolated else _here(source, target, sheet)
        frame = pl.read_ipc(target.read_bytes())
    frame = _numbered(frame)
    _bounds(frame)
    merges = book.merges.get(f"xl/worksheets/sheet{int(told['index']) + 1}.xml", [])
    frame, filled = _fill_merged(frame, merges, content, int(told["index"]))
    frame = _mark_lost_digits(frame, content, int(told["index"]))
    return Table(frame, "xlsx", str(told["sheet"]), list(told["sheets"]), filled=filled)


def _child(source: Path, target: Path, sheet: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "gonghui.files.imports.child", str(source), str(target), *([sheet] if sheet else [])]
    root = str(Path(__file__).resolve().parents[3])
    env = {"PATH": "", "PYTHONPATH": root, "POLARS_MAX_THREADS": "2", "LANG": "C.UTF-8", "SYSTEMROOT": ""}
    try:
        done = subprocess.run(command, capture_output=True, timeout=READ_SECONDS, env=env, check=False, cwd=source.parent)
    except subprocess.TimeoutExpired as fault:
        raise BadInput(
            "imports.slow", f"这个文件读了 {READ_SECONDS} 秒还没读完，已停下。请在 Excel 里把数据复制到新表，另存后再上传。"
        ) from fault
    if done.returncode != 0 or not target.exists():
        wide = b"memory" in done.stderr or b"capacity" in done.stderr or done.returncode < 0
        if wide:
            raise BadInput("imports.too_wide", "这个表的空白区域过大，读不进来。请把有内容的部分复制到新表，另存后再上传。")
        raise BadInput("imports.broken", "这个 Excel 文件已损坏，读不出来。请在电脑上重新另存为 .xlsx 后再上传。")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _here(source: Path, target: Path, sheet: str) -> dict[str, Any]:
    from gonghui.files.imports import child

    said = io.StringIO()
    real, bound = sys.stdout, child._bound
    sys.stdout, child._bound = said, lambda: None  # the limits of the child must not fall on this process
    try:
        child.main(str(source), str(target), sheet)
    except BaseException as fault:
        if isinstance(fault, KeyboardInterrupt | SystemExit):
            raise
        raise BadInput("imports.broken", "这个 Excel 文件已损坏，读不出来。请在电脑上重新另存为 .xlsx 后再上传。") from fault
    finally:
        sys.stdout, child._bound = real, bound
    told: dict[str, Any] = json.loads(said.getvalue())
    return told


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.UInt32))


def column_number(letters: str) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _fill_merged(frame: pl.DataFrame, merges: list[tuple[str, int, str, int]], content: bytes, index: int) -> tuple[pl.DataFrame, int]:
    """A cell merged downwards means the same for each of its rows: fill it. Merges across columns (titles) stay as they are."""
    filled = 0
    if not any(first == last and bottom > top for first, top, last, bottom in merges):
        return frame, 0
    start = _first_column(_sheet_xml(content, index))
    columns: dict[str, list[str | None]] = {}
    for first, top, last, bottom in merges:
        name = f"c{column_number(first) - start}"
        if first != last or bottom <= top or name not in frame.columns or bottom > frame.height + 1:
            continue
        values = columns.setdefault(name, frame[name].to_list())
        for i in range(top, min(bottom, len(values))):
            if values[i] is None and values[top - 1] is not None:
                values[i] = values[top - 1]
                filled += 1
    return frame.with_columns(pl.Series(n, v, dtype=pl.String) for n, v in columns.items()), filled


def _mark_lost_digits(frame: pl.DataFrame, content: bytes, index: int) -> pl.DataFrame:
    """A long number kept by Excel as a number has lost digits: show it as `1.50799E+17`, so that nobody takes it for real.

    Only a number of sixteen or more digits that a double can hold exactly is suspect; then the cell types are looked up.
    """
    texts = [c for c in frame.columns if c != ROW]
    suspect = []
    for name in texts:
        long = frame.filter(pl.col(name).str.contains(r"^\d{16,}$"))[name]
        if any(int(v) % 16 == 0 and float(int(v)) == int(v) for v in long.head(200_000)):
            suspect.append(name)
    if not suspect:
        return frame
    numeric = _numeric_cells(content, index, {int(n[1:]) for n in suspect})
    for name in suspect:
        rows = numeric.get(int(name[1:]), set())
        if rows:
            hit = pl.col(ROW).is_in(list(rows)) & pl.col(name).str.contains(r"^\d{16,}$")
            shown = pl.col(name).cast(pl.Float64, strict=False).map_elements(lambda v: f"{v:.5E}", return_dtype=pl.String)
            frame = frame.with_columns(pl.when(hit).then(shown).otherwise(pl.col(name)).alias(name))
    return frame


def _numeric_cells(content: bytes, index: int, columns: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    data = _sheet_xml(content, index)
    start = _first_column(data)
    for letters, row, attributes in _NUMERIC.findall(data):
        if b't="' not in attributes or b't="n"' in attributes:
            column = column_number(letters.decode()) - start
            if column in columns:
                found.setdefault(column, set()).add(int(row))
    return found


def _sheet_xml(content: bytes, index: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = f"xl/worksheets/sheet{index + 1}.xml"
        return archive.read(name) if name in archive.namelist() else b""


def _first_column(data: bytes) -> int:
    """The parser begins at the first column that holds anything; `c0` is that one."""
    return min((column_number(letters.decode()) for letters in set(_FILLED.findall(data))), default=0)


# -- text ----------------------------------------------------------------------------------------------------------


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding: by its mark, else UTF-8, else GB18030. Raises BadInput imports.encoding when it is none of them whole."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strict(content, name), name
    if b"\x00" in content:
        for name, even in (("utf-16-le", 1), ("utf-16-be", 0)):
            if content[even::2].count(0) > len(content) / 8 and len(content) % 2 == 0:
                return _strict(content, name), name
        raise BadInput(
            "imports.nul",
            f"文件里有空字符（第 {content[: content.index(0)].count(10) + 1} 行），不是正常的文本。请在 Excel 里另存为 .xlsx 后再上传。",
        )
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as fault:
        first = fault
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as fault:
        raise _mixed(content, max(first.start, fault.start)) from fault
    if _looks_mixed(content):
        raise _mixed(content, first.start)
    return text, "gb18030"


def _strict(content: bytes, name: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError as fault:
        raise _mixed(content, fault.start) from fault
    if "\x00" in text:
        raise BadInput(
            "imports.nul",
            f"文件里有空字符（第 {text[: text.index(chr(0))].count(chr(10)) + 1} 行），不是正常的文本。请在 Excel 里另存为 .xlsx 后再上传。",
        )
    return text


def _looks_mixed(content: bytes) -> bool:
    """Some lines are UTF-8 with Chinese, others are not: two files were glued together."""
    lines = [line for line in content.split(b"\n") if any(b > 127 for b in line)]
    utf8 = sum(1 for line in lines if _utf8(line))
    gb = sum(1 for line in lines if not _utf8(line))
    return utf8 > 0 and gb > 0 and utf8 >= max(2, len(lines) // 20)


def _utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mixed(content: bytes, at: int) -> BadInput:
    line = content[:at].count(b"\n") + 1
    return BadInput(
        "imports.encoding", f"第 {line} 行的文字编码与别处不同，读出来会是乱码。请在 Excel 里另存为 .xlsx 后再上传。", line=line
    )


def _csv(content: bytes) -> Table:
    text, encoding = decode(content)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise BadInput("imports.empty", "表里没有内容。请打开原表确认后再上传。")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = _delimiter(text)
    rows: list[list[str]] = []
    csv.field_size_limit(10 * guard.MIB)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > guard.MOST_ROWS + 50:
                raise BadInput("imports.too_long", f"表超过 {guard.MOST_ROWS} 行。请拆成几份上传。")
    except csv.Error as fault:
        line = len(rows) + 1
        raise BadInput(
            "imports.quotes", f"从第 {line} 行起引号不成对，后面的行会连成一片。请改好这一行的引号，或另存为 .xlsx 后再上传。", line=line
        ) from fault
    width = max(map(len, rows), default=0)
    if width > guard.MOST_COLUMNS:
        raise BadInput("imports.too_wide", f"表有 {width} 列，最多 {guard.MOST_COLUMNS} 列。请核对分隔符，或另存为 .xlsx 后再上传。")
    columns = {f"c{i}": [row[i] if i < len(row) and row[i] != "" else None for row in rows] for i in range(width)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Table(_numbered(frame), "csv", encoding=encoding)


def _delimiter(text: str) -> str:
    """The mark that cuts the first lines into the most equal columns."""
    lines = [line for line in text.split("\n", 30)[:30] if line.strip()]
    best, score = ",", 0
    for mark in (",", "\t", ";", "|"):
        counts = sorted(line.count(mark) for line in lines)
        middle = counts[len(counts) // 2] if counts else 0
        if middle > score:
            best, score = mark, middle
    return best
