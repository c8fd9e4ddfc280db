"""`gonghui bench NAME`: a figure beside its floor, measured in one run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.db import connection

from gonghui.core import bench, crypto, fresh
from gonghui.core.cli import Command as Base
from gonghui.core.errors import BadInput


class Command(Base):
    """Run one bench (性能测试)."""

    help = "跑一个性能测试，给出数值、下限和比值"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="、".join(bench.names()))
        parser.add_argument("--rows", type=int, help="处理的行数")
        parser.add_argument("--base", type=int, help="库里已有的人数")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="其他参数")
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON")

    def run(self, **options: Any) -> Any:
        given = {k: options[k] for k in ("rows", "base") if options[k] is not None}
        if strange := [pair for pair in options["set"] if "=" not in pair]:
            raise BadInput("bench.set", f"--set 要写成“名字=数值”，这里是“{strange[0]}”。")
        given |= dict(pair.split("=", 1) for pair in options["set"])
        crypto.service().create()
        if fresh.is_empty(connection):
            call_command("migrate", verbosity=0)  # a bench on nothing but a machine
        try:
            return bench.run(options["name"], given)
        except LookupError as fault:
            raise BadInput("bench.unknown", str(fault)) from fault

    def show(self, data: Any) -> None:
        for row in data:
            ratio = f"，下限 {row['floor']}，比值 {row['ratio']}" if row.get("floor") is not None else ""
            proof = f"，用时 {row['seconds']} 秒，{'核对通过' if row.get('ok') else '核对没有通过'}" if "seconds" in row else ""
            self.stdout.write(
                f"{row['name']}（{row['engine']}，{row['n']:,} 行）：{row['value']} {row['unit']}{ratio}，内存峰值 {row['peak_mib']} MiB{proof}"
            )
