"""`gonghui backup FILE`: one encrypted file with database and attachments (备份)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from gonghui.core import backup, cli
from gonghui.core.errors import BadInput


def passphrase(path: Path | None) -> str | None:
    """The passphrase in a file. Raises BadInput core.passphrase."""
    if path is None:
        return None
    try:
        found = path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise BadInput("core.passphrase", f"读不到口令文件 {path}。请核对路径和权限。") from fault
    if len(found) < 12:
        raise BadInput("core.passphrase", "口令至少 12 个字符。请换一个长一点的。")
    return found


class Command(cli.Command):
    help = "备份数据库和附件到一个加密文件。密钥不在里面，请另外保存密钥文件。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="备份文件，不覆盖已有文件")
        parser.add_argument("--passphrase-file", type=Path, help="用口令加密；不给则用密钥文件里的主密钥")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def run(self, **options: Any) -> dict[str, Any]:
        return backup.make(options["file"].absolute(), passphrase=passphrase(options["passphrase_file"]))

    def show(self, data: Any) -> None:
        rows = sum(data["counts"].values())
        self.stdout.write(
            f"已备份：{len(data['counts'])} 张表 {rows:,} 行，附件 {len(data['files']):,} 个，审计链第 {data['head']['seq']:,} 条，{data['bytes']:,} 字节。"
        )
        self.stdout.write("密钥不在备份里。请把密钥文件另外保存，没有它恢复后身份证号等信息打不开。")
