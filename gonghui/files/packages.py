"""Guards for zip containers (压缩包检查): size, ratio, entries, names, links, entities; before anything is unpacked to disk.

Source: assurance F6, faults 31, 32.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile

from gonghui.core.errors import BadInput
from gonghui.files import rules

CHUNK = 65536
ENTITY = (b"<!DOCTYPE", b"<!ENTITY", b"xinclude", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
MARKS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
REFUSED = ("vbaproject.bin", "/activex/", "/embeddings/", "oleobject")


def _refuse(code: str, message: str) -> BadInput:
    return BadInput(f"files.{code}", message)


def check(data: bytes, *, most_unpacked: int = rules.MOST_UNPACKED, most_entries: int = rules.MOST_ENTRIES) -> zipfile.ZipFile:
    """The archive, safe to read. Raises BadInput files.zip_…"""
    _whole(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError) as fault:
        raise _refuse("zip_broken", "文件损坏或没有传完整，打不开。请重新导出后再上传。") from fault
    if len(entries) > most_entries:
        raise _refuse("zip_entries", f"文件里有 {len(entries)} 个部件，超过 {most_entries} 个，不像正常表格。请另存后再上传。")
    declared = sum(e.file_size for e in entries)
    if declared > most_unpacked or declared > max(len(data), 1024) * rules.MOST_RATIO:
        raise _refuse("zip_bomb", "文件展开后过大，已拒绝。请删去空白的行列，另存后再上传。")
    seen: set[str] = set()
    for entry in entries:
        _name(entry, seen)
    _stream(archive, entries, most_unpacked)
    return archive


def _whole(data: bytes) -> None:
    """The zip is the whole file: nothing before it and nothing behind it (polyglots)."""
    end = data.rfind(b"PK\x05\x06")
    if not data.startswith(b"PK\x03\x04") or end < 0 or len(data) < end + 22:
        raise _refuse("zip_broken", "文件损坏或没有传完整，打不开。请重新导出后再上传。")
    if end + 22 + int.from_bytes(data[end + 20 : end + 22], "little") != len(data) or data[end + 20 : end + 22] != b"\0\0":
        raise _refuse("polyglot", "文件尾部夹带了别的内容，已拒绝。请用办公软件另存后再上传。")


def _name(entry: zipfile.ZipInfo, seen: set[str]) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name or ".." in name.split("/") or "\0" in name:
        raise _refuse("zip_path", "文件里有指向外部目录的部件，已拒绝。请用办公软件另存后再上传。")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refuse("zip_link", "文件里有符号链接，已拒绝。请用办公软件另存后再上传。")
    if name.lower() in seen:
        raise _refuse("zip_double", "文件里有重名部件，已拒绝。请用办公软件另存后再上传。")
    seen.add(name.lower())
    if entry.flag_bits & 1:
        raise _refuse("zip_locked", "文件加了密码，读不了。请去掉密码后再上传。")
    if name.lower().endswith((".zip", ".xlsx", ".docx", ".jar", ".7z", ".rar", ".exe")):
        raise _refuse("zip_nested", "文件里还套着别的压缩包或程序，已拒绝。")
    if any(word in "/" + name.lower() for word in REFUSED):
        raise _refuse("macro", "文件里有宏或嵌入对象，已拒绝。请另存为不带宏的格式后再上传。")


def _stream(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], most: int) -> None:
    """Unpack into nothing, counting real bytes: declared sizes may lie. XML parts must not declare entities."""
    total = 0
    for entry in entries:
        is_xml, tail = entry.filename.lower().endswith((".xml", ".rels", ".vml")), b""
        try:
            with archive.open(entry) as part:
                while piece := part.read(CHUNK):
                    total += len(piece)
                    if total > most:
                        raise _refuse("zip_bomb", "文件展开后过大，已拒绝。请删去空白的行列，另存后再上传。")
                    if is_xml and any(word in tail + piece for word in ENTITY):
                        raise _refuse("xml_entity", "文件里有外部实体声明，已拒绝。请用办公软件另存后再上传。")
                    tail = piece[-32:]
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, struct.error) as fault:
            raise _refuse("zip_broken", "文件损坏或没有传完整，打不开。请重新导出后再上传。") from fault
        except Exception as fault:
            if isinstance(fault, BadInput):
                raise
            raise _refuse("zip_broken", "文件损坏或没有传完整，打不开。请重新导出后再上传。") from fault


def office(data: bytes, kind: str) -> None:
    """An office file of the kind it claims, without macros, external links or entities."""
    archive = check(data)
    names = {e.filename for e in archive.infolist()}
    if MARKS[kind] not in names or "[Content_Types].xml" not in names:
        raise _refuse("kind", f"文件内容不是{kind.upper()}。请用办公软件另存后再上传。")
    for name in names:
        if name.endswith(".rels") and b'TargetMode="External"' in archive.read(name) and b"/hyperlink" not in archive.read(name):
            raise _refuse("external", "文件引用了外部内容，已拒绝。请断开外部链接，另存后再上传。")
