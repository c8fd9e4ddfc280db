"""`gonghui work`: the job worker alone (后台进程); `gonghui serve` starts one by itself."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from gonghui.core import cli
from gonghui.core.worker import Worker


class Command(cli.Command):
    help = "只运行后台进程：定时任务、排队的任务、短信发件箱。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完到期的就退出")

    def run(self, **options: Any) -> dict[str, Any]:
        worker = Worker()
        if options["once"]:
            done = 0
            while count := worker.round():
                done += count
            return {"done": done}
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop.set())
        return {"done": worker.run()}

    def show(self, data: Any) -> None:
        self.stdout.write(f"后台进程已停，做了 {data['done']} 件。")
