"""Hostile files: bombs, entities, odd archives, odd encodings. Each is decoded or refused by name; nothing breaks."""

from __future__ import annotations

import io
import random
import stat
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.core.errors import BadInput
from gonghui.files.imports import cleaning, guard, headers, reading
from gonghui.files.imports.reading import ROW
from gonghui.files.imports.tests import make

GOOD = make.xlsx([make.HEAD, *make.GOOD])


def repack(change: dict[str, bytes | None], *, more: dict[str, bytes] | None = None, mode: int = 0) -> bytes:
    """The good workbook with some parts replaced (None: left out) or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = change.get(name, source.read(name))
            if data is not None:
                target.writestr(name, data)
        for name, data in (more or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
DTD = b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'


@pytest.mark.fault(31)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (repack({}, more={"xl/media/a.bin": b"\0" * 300_000_000}), "imports.bomb"),
        (repack({}, more={"xl/inner.xlsx": GOOD}), "imports.bomb"),
        (repack({}, more={f"xl/p{i}.txt": b"" for i in range(2100)}), "imports.bomb"),
        (repack({}, more={"../../etc/cron": b"x"}), "imports.names"),
        (repack({}, more={"/xl/abs": b"x"}), "imports.names"),
        (repack({}, more={"xl/link": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), "imports.names"),
        (repack({"[Content_Types].xml": None}), "imports.kind"),
    ],
)
def test_odd_archives_are_refused_before_anything_is_unpacked(content, code):
    with pytest.raises(BadInput) as refused:
        reading.read(content)
    assert refused.value.code == code and refused.value.message.endswith("。")


@pytest.mark.fault(31)
def test_without_the_guard_the_bomb_would_unpack():
    """Negative control: the archive really holds what the guard refuses."""
    bomb = repack({}, more={"xl/media/a.bin": b"\0" * 300_000_000})
    assert len(bomb) < 1_000_000
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        assert sum(e.file_size for e in archive.infolist()) > 250 * guard.MIB


@pytest.mark.fault(32)
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml", "docProps/core.xml"])
@pytest.mark.parametrize("body", [DTD, LAUGHS, b" " * 70_000 + DTD, '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")])
def test_entities_and_hidden_encodings_are_refused(part, body):
    with pytest.raises(BadInput) as refused:
        reading.read(repack({part: body}))
    assert refused.value.code == "imports.xml"


@pytest.mark.fault(30)
def test_two_cells_at_the_ends_of_the_sheet_do_not_eat_the_memory():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "姓名", "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(BadInput) as refused:
        reading.read(out.getvalue())
    assert refused.value.code == "imports.too_wide"


def mangled(seed: int) -> bytes:
    """A broken workbook: cut, flipped bytes, missing or shuffled parts."""
    chance = random.Random(seed)
    kind = seed % 5
    if kind == 0:
        return GOOD[: chance.randrange(4, len(GOOD))]
    if kind == 1:
        data = bytearray(GOOD)
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(4, len(data))] ^= 1 << chance.randrange(8)
        return bytes(data)
    names = zipfile.ZipFile(io.BytesIO(GOOD)).namelist()
    victim = chance.choice(names)
    if kind == 2:
        return repack({victim: None})
    real = zipfile.ZipFile(io.BytesIO(GOOD)).read(victim)
    if kind == 3:
        return repack({victim: real[: chance.randrange(len(real) + 1)]})
    return repack({victim: bytes(chance.randrange(256) for _ in range(200))})


@pytest.mark.fault(30)
def test_broken_workbooks_are_read_or_refused_by_name():
    """300 mangled files: never anything but a table or a named refusal. Parsed in this process, for speed."""
    refused = 0
    for seed in range(300):
        try:
            table = reading.read(mangled(seed), isolated=False)
            assert table.frame.height
        except BadInput as refusal:
            refused += 1
            assert refusal.code.startswith("imports.") and refusal.message.endswith("。"), seed
    assert refused > 100


@pytest.mark.fault(30)
@pytest.mark.parametrize("seed", range(5))
def test_broken_workbooks_in_the_child(seed):
    try:
        reading.read(mangled(seed * 5 + 3))
    except BadInput as refusal:
        assert refusal.code.startswith("imports.")


ROWS = [("名称", "编号"), ("甲厂", "Ａ１"), ("乙，厂", "A2")]


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (make.text(ROWS), "utf-8"), (make.text(ROWS, "utf-8-sig"), "utf-8-sig"), (make.text(ROWS, "gbk"), "gb18030"), (make.text(ROWS, "gb18030"), "gb18030"), (make.text(ROWS, "utf-16"), "utf-16"),
        (make.text(ROWS, "utf-16-le"), "utf-16-le"), (make.text(ROWS).replace(b"\r\n", b"\r"), "utf-8"), (make.text(ROWS, delimiter="\t"), "utf-8"), (make.text(ROWS, delimiter=";"), "utf-8"),
        (make.text([*ROWS, ("𠮷厂", "A3")], "gb18030"), "gb18030"),
    ],
)  # fmt: skip
def test_text_of_every_usual_encoding_reads_the_same(content, encoding):
    table = reading.read(content)
    assert (table.encoding, table.frame.rows()[:3]) == (encoding, [(1, "名称", "编号"), (2, "甲厂", "Ａ１"), (3, "乙，厂", "A2")])


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("名称,编号\n".encode() * 30 + "甲厂,1\n".encode("gbk"), "imports.encoding"), ("名称,编号\n甲\x00厂,1\n".encode(), "imports.nul"), ('名称,编号\n"甲厂,1\n乙厂,2\n'.encode(), "imports.quotes"),
        (b"\xff\xfe\x00", "imports.encoding"), (("名称,编号\n" + "甲" * 40_000 + ",1\n").encode(), "imports.too_long_cell"), (("名" + "," * 300 + "\n").encode(), "imports.too_wide"),
        (b"   \n", "imports.empty"), (b"\x81\xff\xff\x80", "imports.encoding"),
    ],
)  # fmt: skip
def test_text_that_cannot_be_read_whole_is_refused_by_name(content, code):
    with pytest.raises(BadInput) as refused:
        reading.read(content)
    assert refused.value.code == code


@pytest.mark.fault(37)
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    try:
        reading.read(content, isolated=False)
    except BadInput as refusal:
        assert refusal.message.endswith("。")


@pytest.mark.fault(37)
@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_hostile_text_stays_or_falls_but_never_breaks(name):
    content = make.text([("名称", "编号"), (name, "A1")])
    try:
        table = reading.read(content)
        found = headers.find(table.frame, make.COLUMNS)
        frame = cleaning.pick(table.frame, found.mapping, make.COLUMNS, found.row)
        sheet = cleaning.tidy(frame, make.COLUMNS)
    except BadInput:
        return
    for text in sheet.frame["name"].drop_nulls():
        assert not any(c in text for c in "\u202e\u200b\u2066")


def test_excel_keeps_row_numbers_merges_and_lost_digits():
    book = openpyxl.Workbook()
    sheet = book.active
    for cell, value in {
        "B3": "名称",
        "C3": "编号",
        "B4": "甲厂",
        "C4": 150799198803021000,
        "C5": "A2",
        "C6": "A3",
        "B9": "丁厂",
        "C9": "=1+1",
    }.items():
        sheet[cell] = value
    sheet.merge_cells("B4:B6")
    out = io.BytesIO()
    book.save(out)
    table = reading.read(out.getvalue())
    found = headers.find(table.frame, make.COLUMNS)
    frame = cleaning.pick(table.frame, found.mapping, make.COLUMNS, found.row)
    assert (found.row, table.filled) == (3, 2)
    assert frame.select(ROW, "name", "number").rows() == [
        (4, "甲厂", "1.50799E+17"),
        (5, "甲厂", "A2"),
        (6, "甲厂", "A3"),
        (9, "丁厂", None),
    ]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2026/1/2", "2026-01-02"),
        ("2026.1.2", "2026-01-02"),
        ("2026年1月2日", "2026-01-02"),
        ("20260102", "2026-01-02"),
        ("46024", "2026-01-02"),
        ("2026-01-02 00:00:00", "2026-01-02"),
        ("明天", "明天"),
        ("2026-13-40", "2026-13-40"),
    ],
)
def test_dates_of_every_usual_spelling(text, iso):
    import polars as pl

    assert cleaning.dates(pl.Series([text, None])).to_list() == [iso, None]
