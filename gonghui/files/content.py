"""What an upload really is (附件内容检查): type by content, images re-encoded, active content and polyglots refused.

Source: assurance R31, bar 30, fault 36.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
import zlib
from pathlib import PurePosixPath

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

from gonghui.core.errors import BadInput
from gonghui.files import packages, rules

ACTIVE = re.compile(rb"/(JavaScript|JS|OpenAction|AA|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Encrypt)\b")
HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n")
MARKUP = re.compile(rb"<\s*(script|html|svg|iframe|!doctype|\?php|\?xml)", re.IGNORECASE)
SIGNS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}


def _refuse(code: str, message: str) -> BadInput:
    return BadInput(f"files.{code}", message)


def clean_name(name: str) -> str:
    """A file name without path, control and direction marks, at most 120 characters."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in bare if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem, dot, ext = kept.rpartition(".")
    return f"{stem[: 119 - len(ext)]}{dot}{ext}" if dot and len(ext) < 10 else (kept[:120] or "未命名")


def extension(name: str) -> str:
    """The kind the name claims."""
    ext = name.rpartition(".")[2].lower()
    return rules.SAME.get(ext, ext)


def check(name: str, data: bytes) -> tuple[str, bytes]:
    """(kind, bytes to keep). Images come back re-encoded, without EXIF. Raises BadInput files.…"""
    kind = extension(name)
    if kind not in rules.KINDS:
        raise _refuse("kind", f"不收 .{kind[:10]} 文件，只收{rules.WORDS}。")
    if not data:
        raise _refuse("empty", "文件是空的。请检查后重新选择。")
    if len(data) > rules.MOST_BYTES:
        raise _refuse("too_large", f"文件有 {len(data) / 1048576:.1f} MB，超过 20 MB。请压缩或分成几份。")
    if kind in {"png", "jpg"}:
        return kind, image(kind, data)
    _rest(kind, data)
    return kind, data


def _rest(kind: str, data: bytes) -> None:
    if kind == "pdf":
        pdf(data)
    elif kind == "csv":
        csv(data)
    else:
        packages.office(data, kind)


def image(kind: str, data: bytes) -> bytes:
    """The picture alone: turned upright, without EXIF, GPS, or anything behind its end."""
    if not data.startswith(SIGNS[kind]):
        raise _refuse("kind", f"文件内容不是 {kind.upper()} 图片。请用看图软件另存后再上传。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(data), formats=["PNG" if kind == "png" else "JPEG"])
            if opened.width * opened.height > rules.MOST_PIXELS:
                raise _refuse("pixels", f"图片有 {opened.width}×{opened.height} 点，过大。请缩小到 4000 万点以内。")
            upright = ImageOps.exif_transpose(opened)
            plain = upright.convert("RGBA" if kind == "png" and "A" in upright.getbands() else "RGB")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        zlib.error,
        EOFError,
    ) as fault:
        raise _refuse("image_broken", "图片损坏或没有传完整。请重新拍照或另存后再上传。") from fault
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    if kind == "png":
        fresh.save(out, "PNG", optimize=False)
    else:
        fresh.save(out, "JPEG", quality=88)
    return out.getvalue()


def pdf(data: bytes) -> None:
    """A PDF and nothing else: no script, no launch, no embedded file, no second format around it."""
    found = filetype.guess(data)
    if not data.startswith(SIGNS["pdf"]) or found is None or found.extension != "pdf":
        raise _refuse("kind", "文件内容不是 PDF。请用办公软件另存为 PDF 后再上传。")
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\r\n \t\0"):
        raise _refuse("polyglot", "PDF 没有传完整，或尾部夹带了别的内容。请重新另存后再上传。")
    if b"PK\x03\x04" in data[:1024] or b"PK\x05\x06" in data[-65557:] or MARKUP.search(data[:1024].replace(b"<?xpacket", b"")):
        raise _refuse("polyglot", "PDF 里夹带了别的格式，已拒绝。请重新另存后再上传。")
    for part in _pdf_parts(data):
        if hit := ACTIVE.search(HEX.sub(lambda m: bytes([int(m[1], 16)]), part)):
            raise _refuse("active", f"PDF 里有脚本、动作、附件或密码（{hit[1].decode()}），已拒绝。请打印成普通 PDF 后再上传。")


def _pdf_parts(data: bytes) -> list[bytes]:
    """The text outside streams, and the inside of object streams, which may hide dictionaries."""
    parts, outside, last, budget = [], [], 0, rules.MOST_UNPACKED // 4
    for start in STREAM.finditer(data):
        if start.start() < last:
            continue
        end = data.find(b"endstream", start.end())
        if end < 0:
            break
        head = data[max(last, start.start() - 400) : start.start()]
        outside.append(data[last : start.start()])
        last = end
        if b"ObjStm" in head:
            unpacked = _inflate(data[start.end() : end], budget)
            budget -= len(unpacked)
            parts.append(unpacked)
    outside.append(data[last:])
    return [*outside, *parts]


def _inflate(raw: bytes, most: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(raw, max(most, 1))
    except zlib.error:
        plain = raw
    if machine.unconsumed_tail:
        raise _refuse("zip_bomb", "PDF 展开后过大，已拒绝。请打印成普通 PDF 后再上传。")
    return plain


def csv(data: bytes) -> None:
    """Text in a known encoding, no NUL, not another format in disguise."""
    if filetype.guess(data) is not None or data.startswith(b"%PDF") or MARKUP.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise _refuse("kind", "文件内容不是 CSV 文本。请用办公软件另存为 CSV 后再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return
    raise _refuse("csv_encoding", "CSV 的编码认不出来。请另存为“CSV UTF-8”后再上传。")
