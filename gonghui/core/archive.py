"""The encrypted container of a backup (备份容器): AES-256-GCM in chunks, order and end bound in, so that nothing can be cut,
swapped or flipped unseen. Inside is a tar whose first member is the manifest. Source: assurance bar 35, fault 46.

    magic | header length | header JSON | nonce prefix (7) | chunk … | last chunk

Each chunk's nonce is prefix | counter (4) | last flag (1); the header is its associated data.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gonghui.core import crypto
from gonghui.core.errors import BadInput, Unavailable

MAGIC = b"GONGHUI-BACKUP-1\n"
CHUNK = 1024 * 1024
SCRYPT_N = 2**15


class Damaged(BadInput):
    """The backup is not whole (备份损坏)."""

    def __init__(self, why: str) -> None:
        super().__init__("core.backup_damaged", f"备份文件不能用：{why}。请换另一份备份，并检查存放介质。")


def derive(header: dict[str, Any], passphrase: str | None) -> bytes:
    """The key named by a header: from a passphrase by scrypt, or from the key file by HKDF. Raises BadInput, Unavailable."""
    salt = bytes.fromhex(str(header["salt"]))
    if header["key"] == "passphrase":
        if not passphrase:
            raise BadInput("core.backup_passphrase", "这份备份要用口令打开，请加 --passphrase-file。")
        return Scrypt(salt=salt, length=32, n=SCRYPT_N, r=8, p=1).derive(passphrase.encode())
    _, kek = crypto.service().kek(int(header["kek"]))
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"gonghui.backup").derive(kek)


def new_header(passphrase: str | None) -> dict[str, Any]:
    """Header of a fresh backup."""
    salt = secrets.token_hex(16)
    if passphrase:
        return {"key": "passphrase", "salt": salt, "chunk": CHUNK}
    crypto.service().create()
    return {"key": "file", "kek": crypto.service().kek()[0], "salt": salt, "chunk": CHUNK}


class Writer(io.RawIOBase):
    """Takes plain bytes, writes sealed chunks. `close` seals the last one, syncs and renames: never half a backup."""

    def __init__(self, target: Path, passphrase: str | None) -> None:
        self.target, self.fresh = target, target.with_name(target.name + ".part")
        header = new_header(passphrase)
        self.head = json.dumps(header, sort_keys=True).encode()
        self.aead, self.prefix, self.count = AESGCM(derive(header, passphrase)), secrets.token_bytes(7), 0
        self.buffer = bytearray()
        self.out: IO[bytes] = os.fdopen(os.open(self.fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self.out.write(MAGIC + struct.pack(">I", len(self.head)) + self.head + self.prefix)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.buffer += data
        while len(self.buffer) > CHUNK:
            self._seal(bytes(self.buffer[:CHUNK]), last=False)
            del self.buffer[:CHUNK]
        return len(data)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        nonce = self.prefix + struct.pack(">IB", self.count, last)
        self.out.write(self.aead.encrypt(nonce, plain, self.head))
        self.count += 1

    def finish(self) -> None:
        """Seal the end and put the file in its place."""
        self._seal(bytes(self.buffer), last=True)
        self.out.flush()
        os.fsync(self.out.fileno())
        self.out.close()
        self.fresh.replace(self.target)

    def drop(self) -> None:
        """Throw the half-made file away."""
        self.out.close()
        self.fresh.unlink(missing_ok=True)


def plain_chunks(source: IO[bytes], passphrase: str | None) -> Iterator[bytes]:
    """The plain bytes of a backup, chunk by chunk, each authenticated. Raises Damaged, BadInput, Unavailable."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Damaged("这不是本系统的备份文件")
    head, header = _head(source)
    prefix = source.read(7)
    try:
        aead = AESGCM(derive(header, passphrase))
    except Unavailable:
        raise
    except (KeyError, TypeError, ValueError) as fault:
        raise Damaged("文件头损坏") from fault
    size, count = CHUNK + 16, 0
    piece = source.read(size)
    while True:
        following = source.read(size)
        nonce = prefix + struct.pack(">IB", count, not following)
        try:
            yield aead.decrypt(nonce, piece, head)
        except (InvalidTag, ValueError) as fault:
            raise Damaged(f"第 {count + 1} 块校验不过（口令或密钥不对，或文件被改动、截断）") from fault
        if not following:
            return
        piece, count = following, count + 1


def _head(source: IO[bytes]) -> tuple[bytes, dict[str, Any]]:
    raw = source.read(4)
    size = struct.unpack(">I", raw)[0] if len(raw) == 4 else 0
    if not 0 < size < 4096:
        raise Damaged("文件头损坏")
    head = source.read(size)
    try:
        header = json.loads(head)
        bytes.fromhex(header["salt"])
        if header["key"] not in {"file", "passphrase"}:
            raise ValueError(header["key"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Damaged("文件头损坏") from fault
    return head, header


class Reader(io.RawIOBase):
    """A readable stream over the plain chunks, for tarfile."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks, self.rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self.rest:
            piece = next(self.chunks, None)
            if piece is None:
                return 0
            self.rest = piece
        taken = self.rest[: len(target)]
        target[: len(taken)] = taken
        self.rest = self.rest[len(taken) :]
        return len(taken)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
