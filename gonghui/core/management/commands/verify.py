"""`gonghui verify`: all invariants on the live data (核验)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.db import connection

from gonghui.core import cli, dump, verify


class Command(cli.Command):
    help = "核对全部不变式；有一项不成立则退出码为 1。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--only", nargs="*", default=[], metavar="ID", help="只核这些项，例如 AUD-01")
        parser.add_argument("--facts", action="store_true", help="附上各表行数和审计链头")

    def run(self, **options: Any) -> dict[str, Any]:
        result = verify.run(options["only"])
        if options["facts"]:
            with connection.cursor() as cursor:
                result["facts"] = {"counts": dump.counts(cursor), "head": dump.head(cursor)}
        return result

    def show(self, data: Any) -> None:
        for check in data["checks"]:
            self.stdout.write(f"{'通过  ' if check['ok'] else '不通过'} {check['id']:<8} {check['title']}（核对 {check['checked']:,}）")
            for failure in check["failures"]:
                self.stdout.write(f"         {failure}")
        self.stdout.write("全部通过。" if data["ok"] else "有不通过的核验项，请按上面的说明处理。")
