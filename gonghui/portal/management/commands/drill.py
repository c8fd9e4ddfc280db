"""`gonghui drill NAME`: cut an operation off by SIGKILL again and again on a scratch database, verify after each."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from gonghui.core import scratch
from gonghui.core.cli import Command as Base
from gonghui.core.errors import BadInput
from gonghui.portal.drill import rounds
from gonghui.portal.drill.operations import OPERATIONS


class Command(Base):
    """Drill import, approval or transfer (断电演练). The installation's own data is never touched."""

    help = "断电演练：反复强行中断导入、审批或转会，每次中断后全面核验。只在临时数据库上进行。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=list(OPERATIONS), help="演练项目")
        parser.add_argument("--rounds", type=int, default=20, help="轮数，默认 20")
        parser.add_argument("--seed", type=int, default=1, help="随机种子")
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["rounds"] < 1:
            raise BadInput("drill.rounds", "轮数至少为 1。")
        if scratch.here():
            return rounds.run(options["name"], options["rounds"], options["seed"], lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
        words = ["drill", options["name"], "--rounds", str(options["rounds"]), "--seed", str(options["seed"]), "--json"]
        return dict(json.loads(scratch.command(*words, engine="sqlite")))

    def show(self, data: Any) -> None:
        self.stdout.write(
            f"{data['name']}：{data['rounds']} 轮，开始 {data['begun']}，办成 {data['acknowledged']}，中断 {data['cut']}，用时 {data['seconds']} 秒"
        )
        for failure in data["failures"]:
            self.stdout.write("  " + failure)
        self.stdout.write("全部核验通过。" if data["ok"] else f"发现 {len(data['failures'])} 个问题。")
