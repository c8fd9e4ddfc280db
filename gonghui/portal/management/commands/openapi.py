"""`gonghui openapi [--out FILE]`: the contract of the REST API."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from gonghui.core import cli


def text() -> str:
    """The contract as committed: sorted, readable."""
    from gonghui.portal.api import schema

    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class Command(cli.Command):
    help = "输出接口契约 OpenAPI"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", help="写到文件，如 docs/openapi.json；不填则输出到屏幕")

    def run(self, **options: Any) -> str:
        found = text()
        if options["out"]:
            Path(options["out"]).write_text(found, encoding="utf-8")
        return found

    def show(self, data: Any) -> None:
        self.stdout.write(data)
