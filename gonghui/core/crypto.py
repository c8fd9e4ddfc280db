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
from time import monotonic
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.db import connection, models, transaction

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
        _left.clear()
        _pending.keys.clear()
    _file_service.cache_clear()


KEY_MEMORY = 30.0  # seconds a process keeps using a data key before it asks again whether a newer one exists
BLOCK = 2**20  # uses of a key that a process books at a time
_current: dict[str, tuple[int, float]] = {}
_left: dict[int, int] = {}


class _Pending(threading.local):
    """Keys made in a transaction that has not committed (未提交的密钥), by the hook that will make them permanent.

    A key that was rolled back must be forgotten: a value sealed with it could never be opened. Django drops the hooks
    of a rolled-back transaction or savepoint from `run_on_commit`, which is how we see it.
    """

    def __init__(self) -> None:
        self.keys: dict[tuple[str, int], tuple[Callable[[], None], tuple[int, bytes]]] = {}

    def add(self, table: str, key_id: int, found: tuple[int, bytes]) -> None:
        def keep() -> None:
            self.keys.pop((table, key_id), None)
            with _cache_lock:
                _cache[(table, key_id)] = found
                _current[table] = (key_id, monotonic() + KEY_MEMORY)

        self.keys[(table, key_id)] = keep, found
        transaction.on_commit(keep)

    def find(self, table: str, key_id: int | None = None) -> tuple[int, tuple[int, bytes]] | None:
        """The pending key of a table, after forgetting what was rolled back."""
        if not self.keys:
            return None
        alive = {entry[1] for entry in connection.run_on_commit}
        self.keys = {place: held for place, held in self.keys.items() if held[0] in alive}
        ids = [place[1] for place in self.keys if place[0] == table and key_id in (None, place[1])]
        return (max(ids), self.keys[(table, max(ids))][1]) if ids else None


_pending = _Pending()


def _data_key(table: str, key_id: int) -> tuple[int, bytes]:
    if (fresh := _pending.find(table, key_id)) is not None:
        return fresh[1]
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
    """Id of the table's newest data key, made at first use and again before one is used up (bar 21: 2³² values)."""
    if (fresh := _pending.find(table)) is not None:
        return fresh[0]
    known = _current.get(table)
    if known is not None and monotonic() < known[1]:
        return known[0]
    from gonghui.core.models import DataKey

    row = DataKey.objects.filter(table=table, retired_at=None).order_by("-pk").first()
    if row is None or row.used >= MOST_PER_KEY - BLOCK:
        return make_key(table)
    _current[table] = (row.pk, monotonic() + KEY_MEMORY)
    return row.pk


def make_key(table: str) -> int:
    """A fresh data key for a table, current from now on. Known to this process at once, to others after the commit."""
    if table != table.lower():
        raise ValueError(f"a sealed table is named app.model in lower case, as rotation looks for it: {table}")
    from gonghui.core.models import DataKey

    row = DataKey.make(table)
    _pending.add(table, row.pk, (row.suite, unwrap(row.kek_version, bytes(row.wrapped), table=table)))
    return row.pk


def _use(key_id: int) -> None:
    """Count one use: a process books uses in blocks, so the counter costs one write in a million."""
    left = _left.get(key_id, 0)
    if left == 0:
        from gonghui.core.models import DataKey

        booked = DataKey.objects.filter(pk=key_id, used__lte=MOST_PER_KEY - BLOCK).update(used=models.F("used") + BLOCK)
        if not booked:
            _current.clear()
            raise Unavailable("core.key_used_up", "这把数据密钥的使用次数已到上限。系统会自动换新钥匙，请再试一次。")
        left = BLOCK
    _left[key_id] = left - 1


def seal(table: str, field: str, pk: int | str, plain: str) -> bytes:
    """Encrypt one value for its place. Args: table `app.model`. Raises Unavailable when keys cannot be had."""
    return sealer(table, field)(pk, plain)


def sealer(table: str, field: str) -> Callable[[int | str, str], bytes]:
    """`seal` for many rows of one field: the key is looked up once."""
    return _sealer(current_key(table), table, field)


def seal_with(key_id: int, table: str, field: str, pk: int | str, plain: str) -> bytes:
    """Encrypt under a chosen data key: for rotation, whose target another process may not know yet."""
    return _sealer(key_id, table, field)(pk, plain)


def _sealer(key_id: int, table: str, field: str) -> Callable[[int | str, str], bytes]:
    suite, key = _data_key(table, key_id)
    head, prefix, suffix = _HEAD.pack(VERSION, suite, key_id), f"{table}|{field}|".encode(), f"|{key_id}".encode()
    if suite == AES:
        encrypt, random = AESGCM(key).encrypt, os.urandom

        def seal_aes(pk: int | str, plain: str) -> bytes:
            _use(key_id)
            nonce = random(12)
            return head + nonce + encrypt(nonce, plain.encode(), prefix + str(pk).encode() + suffix)

        return seal_aes

    def seal_any(pk: int | str, plain: str) -> bytes:
        _use(key_id)
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
