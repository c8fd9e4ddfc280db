"""`gonghui figures --org CODE [--as-of DATE] [--json]`: every figure with definition, numerator and denominator."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import cli
from gonghui.figures import selectors
from gonghui.orgs.selectors import closure


class Command(cli.Command):
    help = "各级工会的全部指标，带口径、分子、分母"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", required=True, help="组织代码；root 为全市")
        parser.add_argument("--as-of", type=cli.iso_date, default=None, help="截止日，如 2025-12-31；不填用当前统计期")

        parser.add_argument("--json", action="store_true", help="只输出一份 JSON")

    def run(self, **options: Any) -> dict[str, Any]:
        org, as_of = options["org"], options["as_of"]
        union, day = closure.node(org), as_of or selectors.default_date()
        rows = selectors.figures(actor=Actor.system("figures"), union=union, as_of=day)
        return {"org": org, "name": union.name, "as_of": day, "figures": [row.plain() for row in rows]}

    def show(self, data: Any) -> None:
        self.stdout.write(f"{data['name']}  截至 {data['as_of']}\n")
        for row in data["figures"]:
            whole = f"（{row['numerator']:,} / {row['denominator']:,}）" if row["denominator"] is not None else ""
            value = row["value"] if isinstance(row["value"], str) else f"{row['value']:,}" if row["value"] is not None else "无分母"
            self.stdout.write(f"  {row['key']:<40} {value:>12} {whole}  {row['label']}\n")
