"""Taking in a file and mapping its columns (上传、对列)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import audit, clock
from gonghui.files.imports import flows, headers, protocol, reading, vault
from gonghui.files.imports.enums import BatchState
from gonghui.files.imports.models import HeaderMemory, ImportBatch
from gonghui.files.imports.protocol import Handler
from gonghui.files.imports.services.doors import allowed


def batch_upload(
    *,
    actor: Actor,
    kind: str,
    content: bytes,
    name: str,
    org_path: str,
    org_name: str = "",
    as_of: date | None = None,
    sheet: str = "",
    options: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Take in a file and propose its columns (上传). Nothing is stored when it cannot be read.

    Raises: NotPermitted; NotFound; BadInput imports.*.
    """
    handler = protocol.handler(kind)
    handler.require(actor, org_path)
    table = reading.read(content, sheet=sheet)
    return uploaded(actor, handler, content, name, table, org_path, org_name, as_of, dict(options or {}))


@transaction.atomic
def uploaded(
    actor: Actor,
    handler: Handler,
    content: bytes,
    name: str,
    table: reading.Table,
    org_path: str,
    org_name: str,
    as_of: date | None,
    options: dict[str, Any],
) -> ImportBatch:
    found, token = headers.find(table.frame, handler.columns, memory(org_path, handler.kind)), secrets.token_hex(16)
    notes = [f"合并的单元格已按同一内容补到 {table.filled} 格。"] if table.filled else []
    batch = ImportBatch.objects.create(
        token=token, kind=handler.kind, org_path=org_path, org_name=org_name[:120], name=name[-120:], size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        place=vault.put(token, content), sheet=table.sheet[:60], header_row=found.row, headers=found.texts, mapping=found.mapping,
        options={**options, "sure": found.sure, "sheets": table.sheets[:20], "read": notes}, as_of=as_of or clock.today(), actor=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "files.import.uploaded", batch, org_path=org_path, kind=handler.kind, sha256=batch.sha256, size=batch.size)
    return batch


def memory(org_path: str, kind: str) -> dict[str, str]:
    """Headers confirmed before, nearest org first (表头记忆)."""
    rows = HeaderMemory.objects.filter(kind=kind).order_by("org_path", "pk")
    return {r.header: r.column for r in rows if org_path.startswith(r.org_path)}


@transaction.atomic
def batch_map(*, actor: Actor, batch: ImportBatch, mapping: Mapping[str, str]) -> ImportBatch:
    """Confirm which column is which (核对表头) and remember it. Raises: BadInput imports.columns; Conflict."""
    handler = allowed(actor, batch)
    chosen = {k: c for k, c in mapping.items() if c and c in batch.headers and any(x.key == k for x in handler.columns)}
    headers.require(chosen, handler.columns)
    for key, column in chosen.items():
        header = headers.plain(batch.headers[column])[:60]
        HeaderMemory.objects.update_or_create(
            org_path=batch.org_path, kind=batch.kind, header=header, defaults={"column": key, "used_at": clock.now()}
        )
    return flows.BATCH.advance(batch, BatchState.MAPPED, actor=actor, org_path=batch.org_path, changes={"mapping": chosen, "error": ""})
