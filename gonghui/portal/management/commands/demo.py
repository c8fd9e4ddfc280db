"""`gonghui demo`: build the demo city through the real importers, then serve it (演示城市)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command

from gonghui.core.cli import Command as Base
from gonghui.core.errors import BadInput
from gonghui.portal.demo import build


def scale(text: str) -> float:
    """0.01 to 10."""
    value = float(text)
    if not 0.01 <= value <= 10:
        raise ValueError(text)
    return value


class Command(Base):
    help = "生成演示城市江州市并打开网站。全部数据经真实导入程序写入。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="随机种子，同种子同城市")
        parser.add_argument("--scale", type=scale, default=1.0, help="规模 0.01–10，1 为整座城市")
        parser.add_argument("--data", type=Path, help="数据目录，默认 var")
        parser.add_argument("--no-serve", action="store_true", help="只生成，不打开网站")
        parser.add_argument("--fresh", action="store_true", help="删掉原来的演示数据重新生成")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--json", action="store_true")

    def run(self, **options: Any) -> dict[str, Any]:
        quiet = bool(options["json"])
        if options["json"] and not options["no_serve"]:
            raise BadInput("demo.json_serve", "--json 只和 --no-serve 一起用。")
        report = build.build(
            seed=options["seed"], scale=options["scale"], fresh=options["fresh"], tell=(lambda line: None) if quiet else self.tell
        )
        report["url"] = f"http://{options['host']}:{options['port']}/"
        return report

    def tell(self, line: str) -> None:
        """One line of progress, shown at once."""
        self.stdout.write(line)
        self.stdout.flush()

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["no_serve"]:
            call_command("serve", host=options["host"], port=options["port"])

    def show(self, data: Any) -> None:
        self.stdout.write(build.table(data))
