"""What an upload may be: bombs, polyglots, scripts and lies are refused (R31, bar 30, faults 31, 32, 36)."""

from __future__ import annotations

import io
import random
import stat
import zipfile
import zlib

import pytest
from PIL import Image

from gonghui.core.errors import BadInput
from gonghui.files import content, packages, rules

pytestmark = pytest.mark.engine_free
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOOK = b'<?xml version="1.0"?><workbook/>'


def office(kind: str = "xlsx", extra: dict[str, bytes] | None = None, **replaced: bytes) -> bytes:
    out = io.BytesIO()
    parts = {"[Content_Types].xml": TYPES, packages.MARKS[kind]: BOOK, **(extra or {}), **replaced}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), exif: bool = False) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, (200, 30, 40))
    more = {}
    if exif:
        tags = Image.Exif()
        tags[0x010E], tags[0x0112] = "GPS 31.23 121.47", 6
        more["exif"] = tags.tobytes()
    image.save(out, kind, **more)
    return out.getvalue()


def pdf(
    body: bytes = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n", tail: bytes = b"%%EOF\n"
) -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + body + b"trailer<</Root 1 0 R>>\n" + tail


def hidden(text: bytes) -> bytes:
    packed = zlib.compress(text)
    return b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed + b"\nendstream endobj\n"


GOOD = {
    "a.pdf": pdf(),
    "a.png": picture("PNG"),
    "a.jpg": picture(),
    "照片.JPEG": picture(),
    "a.xlsx": office(),
    "a.docx": office("docx"),
    "a.csv": "姓名,电话\n甲,1\n".encode(),
    "b.csv": "姓名\n甲\n".encode("gb18030"),
    "c.csv": "姓名\n甲\n".encode("utf-16"),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_taken(name: str) -> None:
    kind, kept = content.check(name, GOOD[name])
    assert kind in rules.KINDS and kept


@pytest.mark.parametrize("name", [n for n in GOOD if not n.endswith(".csv")])
@pytest.mark.parametrize("claim", ["x.pdf", "x.png", "x.jpg", "x.xlsx", "x.docx", "x.csv"])
@pytest.mark.bar(30)
def test_a_file_that_lies_about_its_kind_is_refused(name: str, claim: str) -> None:
    if content.extension(name) == content.extension(claim):
        return
    with pytest.raises(BadInput):
        content.check(claim, GOOD[name])


@pytest.mark.fault(36)
@pytest.mark.bar(30)
def test_pictures_lose_exif_and_whatever_is_behind_their_end() -> None:
    dirty = picture(exif=True) + b"<script>alert(1)</script>PK\x03\x04"
    _, kept = content.check("a.jpg", dirty)
    clean = Image.open(io.BytesIO(kept))
    assert b"script" not in kept and b"GPS" not in kept and b"Exif" not in kept and not clean.getexif() and clean.size == (30, 40)


@pytest.mark.fault(36)
def test_a_decompression_bomb_of_a_picture_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (20000, 20000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(BadInput):
        content.check("a.png", out.getvalue())


HOSTILE_PDF = {
    "script": pdf(b"1 0 obj<</OpenAction 3 0 R>>endobj\n"),
    "escaped": pdf(b"1 0 obj<</#4aavaScript(app.alert)>>endobj\n"),
    "hidden": pdf(hidden(b"1 0 <</AA<</O 3 0 R>>>>")),
    "launch": pdf(b"1 0 obj<</S/Launch/F(cmd)>>endobj\n"),
    "embedded": pdf(b"1 0 obj<</EmbeddedFiles 3 0 R>>endobj\n"),
    "locked": pdf(tail=b"trailer<</Encrypt 9 0 R>>\n%%EOF"),
    "zip behind": pdf() + office(),
    "html inside": b"%PDF-1.7\n<script>alert(1)</script>" + pdf()[9:],
    "cut": pdf(tail=b""),
    "bomb": pdf(hidden(b"\0" * (rules.MOST_UNPACKED // 4 + 1000))),
    "not first": b"GIF89a" + pdf(),
}


@pytest.mark.fault(36)
@pytest.mark.parametrize("name", HOSTILE_PDF)
@pytest.mark.bar(30)
def test_active_and_polyglot_pdf_is_refused(name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        content.check("a.pdf", HOSTILE_PDF[name])
    assert refusal.value.message.endswith("。")


def link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("xl/workbook.xml")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(rules.MOST_ENTRIES + 1):
            archive.writestr(f"xl/{i}.xml", b"")
    return out.getvalue()


def double() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/WORKBOOK.xml", BOOK)
    return out.getvalue()


def liar() -> bytes:
    """Declares 1 KB and holds 3 MB: the sizes in the directory are patched."""
    big = b"\0" * 3_000_000
    raw = office(extra={"xl/big.xml": big})
    return raw.replace(len(big).to_bytes(4, "little"), (1024).to_bytes(4, "little"))


HOSTILE_ZIP = {
    "bomb": ("files.zip_bomb", lambda: office(extra={"xl/s.xml": b"0" * 50_000_000})),
    "path": ("files.zip_path", lambda: office(extra={"../evil": b"x"})),
    "absolute": ("files.zip_path", lambda: office(extra={"/etc/x": b"x"})),
    "backslash": ("files.zip_path", lambda: office(extra={"..\\evil": b"x"})),
    "link": ("files.zip_link", link),
    "entries": ("files.zip_entries", many),
    "double": ("files.zip_double", double),
    "nested": ("files.zip_nested", lambda: office(extra={"xl/inner.zip": office()})),
    "macro": ("files.macro", lambda: office(extra={"xl/vbaProject.bin": b"x"})),
    "entity": ("files.xml_entity", lambda: office(extra={"xl/a.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'})),
    "laughs": ("files.xml_entity", lambda: office(extra={"xl/a.xml": b"<!DOCTYPE l [" + b'<!ENTITY a "b">' * 9 + b"]><l/>"})),
    "late entity": ("files.xml_entity", lambda: office(extra={"xl/a.xml": random.Random(1).randbytes(65530) + b"<!DOCTYPE x>"})),
    "external": (
        "files.external",
        lambda: office(extra={"xl/_rels/a.rels": b'<R Type="x/oleLink" Target="http://e/" TargetMode="External"/>'}),
    ),
    "tail": ("files.polyglot", lambda: office() + b"<script>"),
    "head": ("files.zip_broken", lambda: b"MZ" + office()),
    "cut": ("files.zip_broken", lambda: office()[:-30]),
    "lying sizes": ("files.zip_broken", liar),
    "not a sheet": ("files.kind", lambda: office("docx")),
}


@pytest.mark.fault(31, 32)
@pytest.mark.parametrize("name", HOSTILE_ZIP)
def test_hostile_packages_are_refused_by_name(name: str) -> None:
    code, make = HOSTILE_ZIP[name]
    with pytest.raises(BadInput) as refusal:
        content.check("a.xlsx", make())
    assert refusal.value.code == code


@pytest.mark.fault(30)
def test_five_hundred_broken_files_are_refused_or_taken_but_never_crash() -> None:
    chance = random.Random(30)
    for n in range(500):
        name = chance.choice(list(GOOD))
        data = bytearray(GOOD[name])
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if n % 3 == 0:
            del data[chance.randrange(len(data)) :]
        try:
            content.check(name, bytes(data))
        except BadInput as refusal:
            assert refusal.code.startswith("files.") and refusal.message.endswith("。")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.exe", b"MZ", "files.kind"),
        ("a.svg", b"<svg/>", "files.kind"),
        ("a.html", b"<html>", "files.kind"),
        ("a", b"x", "files.kind"),
        ("a.csv", b"", "files.empty"),
        ("a.csv", b"a\0b", "files.csv_encoding"),
        ("a.csv", b"\xff\xff\xff", "files.csv_encoding"),
        ("a.csv", b"<html><script>", "files.kind"),
        ("a.pdf", b"x" * (rules.MOST_BYTES + 1), "files.too_large"),
    ],
)
def test_other_files_are_refused(name: str, data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        content.check(name, data)
    assert refusal.value.code == code


@pytest.mark.fault(37)
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\x\\名册.xlsx", "名册.xlsx"),
        ("a\u202efdp.exe", "afdp.exe"),
        ('x<>:"|?*.csv', "x.csv"),
        ("\x00\x1b", "未命名"),
        ("𠀀名.pdf", "𠀀名.pdf"),
    ],
)
def test_names_lose_paths_and_tricks(given: str, kept: str) -> None:
    assert content.clean_name(given) == kept and len(content.clean_name("长" * 300 + ".pdf")) <= 120
