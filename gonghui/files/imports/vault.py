"""Where uploaded tables and batch data rest, sealed (导入原件与批次数据的存放): they hold identity numbers."""

from __future__ import annotations

import base64
import json
import os
import zlib
from pathlib import Path
from typing import Any

from django.conf import settings

from gonghui.core import crypto
from gonghui.core.errors import Unavailable
from gonghui.files.imports.models import ImportBatch, ImportChunk

SOURCE, ROWS, CHUNKS = "files.importsource", "files.importrow", "files.importchunk"


def put(token: str, content: bytes) -> str:
    """Store an uploaded file; returns its place below MEDIA_ROOT."""
    place = f"imports/{token[:2]}/{token}"
    where = Path(settings.MEDIA_ROOT) / place
    where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = where.with_suffix(".new")
    sealed = crypto.seal(SOURCE, "content", token, base64.b64encode(content).decode())
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(where)
    return place


def get(batch: ImportBatch) -> bytes:
    """The uploaded file again. Raises Unavailable imports.source_gone after its time."""
    try:
        sealed = (Path(settings.MEDIA_ROOT) / batch.place).read_bytes()
    except OSError as fault:
        raise Unavailable("imports.source_gone", "原表已过保存期，读不到了。请重新上传。") from fault
    return base64.b64decode(crypto.unseal(SOURCE, "content", batch.token, sealed))


def remove(batch: ImportBatch) -> None:
    """Delete the uploaded file."""
    (Path(settings.MEDIA_ROOT) / batch.place).unlink(missing_ok=True)


def keep(batch: ImportBatch, name: str, data: Any) -> None:
    """Seal a piece of JSON data of a batch."""
    text = base64.b64encode(zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 3)).decode()
    ImportChunk.objects.update_or_create(batch=batch, name=name, defaults={"sealed": crypto.seal(CHUNKS, name, batch.pk, text)})


def kept(batch: ImportBatch, name: str) -> Any:
    """The data again, or None."""
    row = ImportChunk.objects.filter(batch=batch, name=name).first()
    if row is None:
        return None
    return json.loads(zlib.decompress(base64.b64decode(crypto.unseal(CHUNKS, name, batch.pk, row.sealed))))
