"""`gonghui export-audit FILE`: the audit chain as JSON lines, its head last (导出审计链)."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import transaction

from gonghui.core import audit, cli
from gonghui.core.errors import Conflict
from gonghui.core.models import AuditEntry, AuditHead


class Command(cli.Command):
    help = "把审计链导出成 jsonl，末行为链头；用 tools/verify_audit.py 核对，不需要本系统。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="导出文件，不覆盖已有文件")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def run(self, **options: Any) -> dict[str, Any]:
        target: Path = options["file"].absolute()
        if target.exists():
            raise Conflict("core.export_exists", f"{target} 已存在。请换一个文件名。")
        fresh = target.with_name(target.name + ".part")
        with transaction.atomic(), os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            head = AuditHead.objects.select_for_update().filter(pk=1).first() or AuditHead()
            for entry in AuditEntry.objects.filter(seq__lte=head.seq).order_by("seq").iterator(chunk_size=2000):
                out.write(audit.canonical(audit.row(entry)) + "\n")
            out.write(audit.canonical({"head": {"seq": head.seq, "hash": head.hash}}) + "\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(target)
        return {"file": str(target), "entries": head.seq, "hash": head.hash}

    def show(self, data: Any) -> None:
        self.stdout.write(
            f"已导出 {data['entries']:,} 条到 {data['file']}，链头 {data['hash']}。核对：python tools/verify_audit.py {data['file']}"
        )
