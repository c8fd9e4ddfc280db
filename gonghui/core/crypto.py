"""Field encryption and blind index (字段加密与盲索引).

A sealed value is `version | suite | data-key id | nonce | ciphertext+tag`; its associated data is
`table|field|pk|key id`, so a value moved to another row or field does not open (PRI-03). Data keys are one per table,
wrapped by a key-encryption key that a key service holds outside the database (T19). Source: assurance §5.5, 21–23.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import struct
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

from gonghui.core.errors import Unavailable

VERSION = 1
AES, SM4 = 1, 2
SUITES = {"aes": AES, "sm4": SM4}
KEY_BYTES = {AES: 32, SM4: 16}
MOST_PER_KEY = 2**32
_HEAD = struct.Struct(">BBI")


class Unsealable(Exception):
    """A sealed value does not open: moved, altered, or its key is gone."""


class KeyService(Protocol):
    """Holds key-encryption keys and index keys outside the database (密钥服务)."""

    def kek(self, version: int | None = None) -> tuple[int, bytes]: ...

    def index_key(self, field: str) -> bytes: ...


class FileKeyService:
    """Keys in one file of mode 0600 (`GONGHUI_KEY_FILE`): fit for a single host; an HSM takes the same interface."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self._stamp: float | None = None
        self._ring: dict[str, object] = {}

    def kek(self, version: int | None = None) -> tuple[int, bytes]:
        keks = self._load()["kek"]
        assert isinstance(keks, dict)
        chosen = str(version) if version is not None else max(keks, key=int)
        if chosen not in keks:
            raise Unavailable("core.key_missing", f"密钥文件里没有第 {chosen} 版主密钥，敏感信息暂时无法读取。请系统管理员恢复密钥文件。")
        return int(chosen), bytes.fromhex(keks[chosen])

    def index_key(self, field: str) -> bytes:
        root = self._load()["index"]
        assert isinstance(root, str)
        return hmac.new(bytes.fromhex(root), field.encode(), hashlib.sha256).digest()

    def add_kek(self) -> int:
        """A further key-encryption key; the newest wraps from now on."""
        ring = dict(self._load())
        keks = ring["kek"]
        assert isinstance(keks, dict)
        version = max(int(v) for v in keks) + 1
        ring["kek"] = {**keks, str(version): secrets.token_hex(32)}
        self._store(ring)
        return version

    def create(self) -> None:
        """A new key file; an existing one is never overwritten."""
        if not self.where.exists():
            self._store({"kek": {"1": secrets.token_hex(32)}, "index": secrets.token_hex(32)})

    def _load(self) -> dict[str, object]:
        try:
            stamp = self.where.stat().st_mtime_ns
            if stamp != self._stamp:
                self._ring, self._stamp = json.loads(self.where.read_text()), stamp
        except (OSError, ValueError) as fault:
            raise Unavailable("core.key_service_down", "密钥服务不可用，敏感信息暂时只能脱敏显示、不能写入。请联系系统管理员。") from fault
        return self._ring

    def _store(self, ring: dict[str, object]) -> None:
        self.where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.where.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(ring, out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.where)


@lru_cache(maxsize=1)
def _file_service(where: Path) -> FileKeyService:
    return FileKeyService(where)


def service() -> FileKeyService:
    """The key service of this installation."""
    return _file_service(settings.KEY_FILE)


def _encrypt(suite: int, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    if suite == AES:
        return AESGCM(key).encrypt(nonce, plain, aad)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _decrypt(suite: int, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    try:
        if suite == AES:
            return AESGCM(key).decrypt(nonce, sealed, aad)
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-16:])).decryptor()
        decryptor.authenticate_additional_data(aad)
        return decryptor.update(sealed[:-16]) + decryptor.finalize()
    except InvalidTag as fault:
        raise Unsealable("密文与所在的行或字段不符，或已被改动。") from fault


def wrap(key: bytes, *, table: str) -> tuple[int, bytes]:
    """A data key under the newest key-encryption key: (KEK version, wrapped key)."""
    version, kek = service().kek()
    nonce = secrets.token_bytes(12)
    return version, nonce + AESGCM(kek).encrypt(nonce, key, table.encode())


def unwrap(version: int, wrapped: bytes, *, table: str) -> bytes:
    """The data key again. Raises Unavailable, Unsealable."""
    _, kek = service().kek(version)
    return _decrypt(AES, kek, wrapped[:12], wrapped[12:], table.encode())


_cache: dict[tuple[str, int], tuple[int, bytes]] = {}
_cache_lock = threading.Lock()


def forget_keys() -> None:
    """Drop cached data keys (after rotation, between tests)."""
    with _cache_lock:
        _cache.clear()
        _current.clear()
    _file_service.cache_clear()


_current: dict[str, int] = {}


def _data_key(table: str, key_id: int) -> tuple[int, bytes]:
    found = _cache.get((table, key_id))
    if found is None:
        from gonghui.core.models import DataKey  # the one table this module owns; models import nothing from here

        row = DataKey.objects.filter(table=table, pk=key_id).first()
        if row is None:
            raise Unsealable(f"{table} 没有第 {key_id} 号数据密钥。")
        found = (row.suite, unwrap(row.kek_version, bytes(row.wrapped), table=table))
        with _cache_lock:
            _cache[(table, key_id)] = found
    return found


def current_key(table: str) -> int:
    """Id of the table's newest data key, made at first use."""
    key_id = _current.get(table)
    if key_id is None:
        from gonghui.core.models import DataKey

        row = DataKey.objects.filter(table=table, retired_at=None).order_by("-pk").first() or DataKey.make(table)
        key_id = _current[table] = row.pk
    return key_id


def seal(table: str, field: str, pk: int | str, plain: str) -> bytes:
    """Encrypt one value for its place. Args: table `app.model`. Raises Unavailable when keys cannot be had."""
    return sealer(table, field)(pk, plain)


def sealer(table: str, field: str) -> Callable[[int | str, str], bytes]:
    """`seal` for many rows of one field: the key is looked up once."""
    key_id = current_key(table)
    suite, key = _data_key(table, key_id)
    head, prefix, suffix = _HEAD.pack(VERSION, suite, key_id), f"{table}|{field}|".encode(), f"|{key_id}".encode()
    if suite == AES:
        encrypt, random = AESGCM(key).encrypt, os.urandom

        def seal_aes(pk: int | str, plain: str) -> bytes:
            nonce = random(12)
            return head + nonce + encrypt(nonce, plain.encode(), prefix + str(pk).encode() + suffix)

        return seal_aes

    def seal_any(pk: int | str, plain: str) -> bytes:
        nonce = os.urandom(12)
        return head + nonce + _encrypt(suite, key, nonce, plain.encode(), prefix + str(pk).encode() + suffix)

    return seal_any


def unseal(table: str, field: str, pk: int | str, sealed: bytes | memoryview) -> str:
    """Decrypt one value in its place. Raises Unsealable, Unavailable."""
    raw = bytes(sealed)
    version, suite, key_id = _HEAD.unpack_from(raw)
    known, key = _data_key(table, key_id)
    if version != VERSION or suite != known:
        raise Unsealable("密文格式不认识。")
    aad = f"{table}|{field}|{pk}|{key_id}".encode()
    return _decrypt(suite, key, raw[6:18], raw[18:], aad).decode()


def key_id_of(sealed: bytes | memoryview) -> int:
    """Which data key sealed this value."""
    return int(_HEAD.unpack_from(bytes(sealed))[2])


def blind(field: str, value: str) -> bytes:
    """Blind index for equality (盲索引), 16 bytes. Args: field `app.model.field`: no two fields share a value."""
    return blinder(field)(value)


def blinder(field: str) -> Callable[[str], bytes]:
    """`blind` for many values of one field."""
    key = service().index_key(field)
    if settings.CIPHER == "sm4":

        def with_sm3(value: str) -> bytes:
            mac = HMAC(key, hashes.SM3())
            mac.update(value.encode())
            return mac.finalize()[:16]

        return with_sm3

    digest = hmac.digest

    def with_sha256(value: str) -> bytes:
        return digest(key, value.encode(), "sha256")[:16]

    return with_sha256
