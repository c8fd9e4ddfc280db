"""`gonghui restore FILE`: check, restore, verify (恢复); `--drill` does it in a scratch place (恢复演练)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from gonghui.core import backup, cli
from gonghui.core.management.commands.backup import passphrase


class Command(cli.Command):
    help = "从备份恢复：先逐块校验，再放到位，最后核验。不覆盖已有数据。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="备份文件")
        parser.add_argument("--to", type=Path, help="恢复到这个空目录；不给则恢复到数据目录")
        parser.add_argument("--drill", action="store_true", help="恢复演练：在临时处恢复、核验、比对，然后删掉")
        parser.add_argument("--passphrase-file", type=Path, help="备份时用的口令")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def run(self, **options: Any) -> dict[str, Any]:
        secret, source = passphrase(options["passphrase_file"]), options["file"].absolute()
        if options["drill"]:
            return backup.drill(source, passphrase=secret)
        target = (options["to"] or Path(settings.DATA_DIR)).absolute()
        result = backup.restore(source, target, passphrase=secret)
        return {"ok": result["verify"]["ok"], "to": str(target), **result}

    def show(self, data: Any) -> None:
        if "minutes" in data:
            self.stdout.write(
                f"恢复演练{'通过' if data['ok'] else '不通过'}：{data['rows']:,} 行，审计链第 {data['head']:,} 条，用时 {data['seconds']} 秒。"
            )
            return
        self.stdout.write(
            f"已恢复到 {data['to']}：{sum(data['counts'].values()):,} 行，审计链第 {data['head']['seq']:,} 条，备份于 {data['made'][:16]}。"
        )
        for check in data["verify"]["checks"]:
            if not check["ok"]:
                self.stdout.write(f"不通过 {check['id']} {check['title']}：{'；'.join(check['failures'][:3])}")
        self.stdout.write("核验全部通过。" if data["ok"] else "恢复后的核验有不通过的项，请先处理再启用。")
