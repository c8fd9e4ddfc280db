"""Heads of the audit chain, published daily (审计链头, AUD-07): one line a day, each a prefix of the next."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from gonghui.core import audit, clock
from gonghui.core.models import AuditEntry, AuditHead


def where() -> Path:
    """The file to hand to the upper union and to print for the members' meeting."""
    return Path(settings.DATA_DIR) / "audit-heads.jsonl"


def publish() -> dict[str, Any]:
    """Append today's head. The same head is not written twice."""
    head = AuditHead.objects.filter(pk=1).first()
    line = {"at": audit.stamp(clock.now()), "seq": head.seq if head else 0, "hash": head.hash if head else "0" * 64}
    earlier = list(published())
    if earlier and (earlier[-1]["seq"], earlier[-1]["hash"]) == (line["seq"], line["hash"]):
        return earlier[-1]
    where().parent.mkdir(parents=True, exist_ok=True)
    with where().open("a", encoding="utf-8") as out:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())
    return line


def published() -> Iterator[dict[str, Any]]:
    """The published heads, oldest first."""
    if where().exists():
        for line in where().read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def faults() -> Iterator[str]:
    """A published head that the live chain no longer contains: rewritten, or cut below it (AUD-02, AUD-07)."""
    for head in published():
        if head["seq"] == 0:
            continue
        found = AuditEntry.objects.filter(seq=head["seq"]).values_list("hash", flat=True).first()
        if found is None:
            yield f"审计链短于 {head['at'][:10]} 公布的第 {head['seq']} 条，被截断或恢复到了更早的备份。"
        elif found != head["hash"]:
            yield f"第 {head['seq']} 条审计记录与 {head['at'][:10]} 公布的链头不符，链被改写过。"
