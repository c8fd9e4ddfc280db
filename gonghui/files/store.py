"""Bytes on disk (存放): by hash under MEDIA_ROOT, written to a temporary name, synced, then renamed; never half a file."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from gonghui.core.errors import Unavailable

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EROFS}


def root() -> Path:
    """Where files lie."""
    return Path(settings.MEDIA_ROOT)


def place_of(digest: str) -> str:
    """Place of a file below the root."""
    return f"{digest[:2]}/{digest[2:]}"


def put(data: bytes) -> tuple[str, str]:
    """Write once; (sha256, place). Raises Unavailable files.store_full when the disk refuses; nothing is left behind."""
    digest = hashlib.sha256(data).hexdigest()
    target = root() / place_of(digest)
    if target.exists():
        return digest, place_of(digest)
    fresh = target.with_name(f".{digest[:8]}-{secrets.token_hex(6)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(target)
        _sync_folder(target.parent)
    except OSError as fault:
        fresh.unlink(missing_ok=True)
        if fault.errno in FULL:
            raise Unavailable("files.store_full", "文件暂时存不下，没有保存。您可以稍后再传；请系统管理员检查磁盘空间。") from fault
        raise
    return digest, place_of(digest)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(place: str) -> bytes:
    """The bytes at a place. Raises Unavailable files.missing."""
    try:
        return _inside(place).read_bytes()
    except OSError as fault:
        raise Unavailable("files.missing", "文件暂时读不到。请系统管理员检查文件目录或从备份恢复。") from fault


def digest_at(place: str) -> str:
    """SHA-256 of what lies there, "" when nothing does."""
    try:
        with _inside(place).open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return ""


def remove(place: str) -> bool:
    """Delete the bytes."""
    path = _inside(place)
    found = path.exists()
    path.unlink(missing_ok=True)
    return found


def _inside(place: str) -> Path:
    """A place below the root. The column is ours, but a restored database may say anything."""
    path = (root() / place).resolve()
    if not path.is_relative_to(root().resolve()):
        raise Unavailable("files.missing", "文件暂时读不到。请系统管理员检查文件目录或从备份恢复。")
    return path


def orphans(older_than: float) -> list[Path]:
    """Temporary files a crash left behind, older than a moment (seconds since the epoch)."""
    return [p for p in root().glob("*/.*.part") if p.stat().st_mtime < older_than] if root().exists() else []
