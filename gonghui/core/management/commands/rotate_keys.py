"""`gonghui rotate-keys`: new keys, old values re-encrypted, resumable (换钥)."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from gonghui.core import cli, crypto, rotation


class Command(cli.Command):
    help = "更换密钥：主密钥只重包，数据密钥分批重加密，盲索引重建。中断后再运行一次会接着做。"

    def arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--kek", action="store_true", help="换主密钥，重包全部数据密钥")
        which.add_argument("--data", metavar="TABLE", help="换一张表的数据密钥；all 为全部")
        which.add_argument("--index", action="store_true", help="重建盲索引")
        parser.add_argument("--settle", type=float, default=crypto.KEY_MEMORY, help="等其他进程换用新密钥的秒数")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["kek"]:
            return dict(rotation.rotate_kek())
        if options["index"]:
            return dict(rotation.reindex())
        tables = rotation.tables() if options["data"] == "all" else [options["data"]]
        return {"tables": [self._table(t, options["settle"]) for t in tables]}

    def _table(self, table: str, settle: float) -> dict[str, Any]:
        """Twice: other processes may seal with the old key for a little while after the new one exists."""
        first = rotation.rotate_data(table, settle=settle)
        if not rotation.open_keys(table):
            return first
        time.sleep(settle)
        again = rotation.rotate_data(table, settle=settle)
        return {**again, "resealed": int(first["resealed"]) + int(again["resealed"])}
