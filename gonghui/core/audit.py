"""The audit chain (审计链): each change writes one entry in its own transaction; entry n carries the hash of n−1.

Entries hold no clear personal data (AUD-06): sensitive values go in as `digest(...)`. `tools/verify_audit.py` checks an
export without Django. Source: assurance AUD-01…07.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction

from gonghui.core import clock, crypto
from gonghui.core.models import AuditEntry, AuditHead

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FIELDS = ("seq", "at", "actor", "verb", "kind", "object_id", "org_path", "data", "prev")


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, ISO dates."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, models.Model):
        return value.pk
    return str(value)


def digest(field: str, value: str) -> str:
    """Keyed digest of a sensitive value for `old`/`new`: equal values show as equal, nothing more."""
    return "hmac:" + crypto.blind("audit." + field, value).hex()


def link(entry: dict[str, Any]) -> str:
    """Hash of an entry: SHA-256 over the canonical JSON of all fields but `hash`."""
    return hashlib.sha256(canonical([entry[name] for name in FIELDS]).encode()).hexdigest()


def record(actor: Actor, verb: str, obj: models.Model | None = None, *, org_path: str = "", **data: Any) -> AuditEntry:
    """Append one entry in the caller's transaction (写审计).

    Args: verb `app.noun.verb`; obj the thing changed; org_path whose scope it falls in; data `old`, `new`, reasons.
    Call it last in a service: the appender serialises writers until commit.
    """
    kind = obj._meta.label_lower if obj is not None else ""
    return append(actor.ref, verb, kind=kind, object_id=str(obj.pk) if obj is not None else "", org_path=org_path, data=data)


def append(
    actor: str, verb: str, *, kind: str = "", object_id: str = "", org_path: str = "", data: dict[str, Any] | None = None
) -> AuditEntry:
    """Append from bare references; `record` is the usual door."""
    if not connection.in_atomic_block:
        with transaction.atomic():
            return append(actor, verb, kind=kind, object_id=object_id, org_path=org_path, data=data)
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    entry: dict[str, Any] = {
        "seq": head.seq + 1,
        "at": stamp(clock.now()),
        "actor": actor,
        "verb": verb,
        "kind": kind,
        "object_id": object_id,
        "org_path": org_path,
        "data": canonical(data or {}),
        "prev": head.hash,
    }
    entry["hash"] = link(entry)
    AuditHead.objects.filter(pk=1).update(seq=entry["seq"], hash=entry["hash"])
    return AuditEntry.objects.create(**{**entry, "at": datetime.fromisoformat(entry["at"])})


def stamp(moment: datetime) -> str:
    """The one spelling of a moment in the chain: Asia/Shanghai, microseconds."""
    return moment.astimezone(clock.SHANGHAI).isoformat(timespec="microseconds")


def row(entry: AuditEntry) -> dict[str, Any]:
    """An entry as exported."""
    return {**{name: getattr(entry, name) for name in FIELDS}, "at": stamp(entry.at), "hash": entry.hash}


def faults(start: int = 1, seed: str = "0" * 64) -> Iterator[str]:
    """Every break of the chain in the live table, located: `第 12 条…`. Source: AUD-01, AUD-02."""
    expected, prev = start, seed
    for entry in AuditEntry.objects.filter(seq__gte=start).order_by("seq").iterator(chunk_size=2000):
        if entry.seq != expected:
            yield f"第 {expected} 条审计记录缺失或序号被改（读到 {entry.seq}）。"
        if entry.prev != prev:
            yield f"第 {entry.seq} 条审计记录与前一条接不上。"
        if link(row(entry)) != entry.hash:
            yield f"第 {entry.seq} 条审计记录的内容与哈希不符，已被改动。"
        expected, prev = entry.seq + 1, entry.hash
    head = AuditHead.objects.filter(pk=1).first()
    if head and (head.seq, head.hash) != (expected - 1, prev):
        yield f"审计链头指向第 {head.seq} 条，实际末条为第 {expected - 1} 条，可能被截断。"
