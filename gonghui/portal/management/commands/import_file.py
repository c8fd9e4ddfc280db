"""`gonghui import KIND FILE --org CODE`: row verdicts whose sum equals the rows read."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.apps import apps

from gonghui.accounts.actor import Actor
from gonghui.core.cli import Command as Base
from gonghui.core.cli import iso_date
from gonghui.core.errors import BadInput, NotFound
from gonghui.files.imports import protocol, services
from gonghui.people import codes

CODES = "codes"


class Command(Base):
    """Import a file (导入)."""

    help = "导入表格：employers 单位底册、unions 工会组织、roster 花名册、codes 代码表"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[*(h.kind for h in protocol.handlers()), CODES], help="种类")
        parser.add_argument("file", type=Path, help=".xlsx 或 .csv 文件")
        parser.add_argument("--org", default="", help="导入到哪个工会（组织代码）；root 为最上级")
        parser.add_argument("--as-of", type=iso_date, help="资料截至日期，默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON")

    def run(self, **options: Any) -> Any:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise BadInput("imports.no_file", f"读不到文件 {path}。请核对路径后再试。") from fault
        actor = Actor.system("import")
        if options["kind"] == CODES:
            return {"kind": CODES, **codes.codes_import(actor=actor, content=content, name=path.name)}
        org_path, org_name = _org(options["org"])
        return services.import_run(
            actor=actor,
            kind=options["kind"],
            content=content,
            name=path.name,
            org_path=org_path,
            org_name=org_name,
            as_of=options["as_of"],
            dry_run=options["dry_run"],
        )

    def show(self, data: Any) -> None:
        self.stdout.write(
            f"读到 {data['rows']:,} 行：新增 {data['created']:,}，更新 {data['updated']:,}，没有变化 {data['unchanged']:,}，没有导入 {data.get('rejected', 0):,}。"
        )
        for note in data.get("notes", []):
            self.stdout.write(f"  {note}")
        for (code, message), n in Counter((p["code"], p["message"]) for p in data.get("problems", [])).most_common(20):
            rows = [p["row"] for p in data["problems"] if (p["code"], p["message"]) == (code, message)][:5]
            self.stdout.write(f"  {n:,} 行：{message}（第 {'、'.join(map(str, rows))} 行{'…' if n > 5 else ''}）")


def _org(code: str) -> tuple[str, str]:
    """Path and name of the union; none is the whole register. Raises NotFound."""
    if not code:
        return "", ""
    unions = apps.get_model("orgs", "Union")._default_manager
    union = unions.filter(depth=0).first() if code == "root" else unions.filter(code=code).first()
    if union is None:
        raise NotFound("imports.no_org", f"没有组织代码为 {code} 的工会。请用 root 表示最上级，或核对代码。")
    return union.path, union.name
