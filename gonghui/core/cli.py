"""Base of the commands behind `gonghui …` (命令行): `--json` prints one document; refusals go to stderr with 1, bad usage with 2."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from gonghui.core.audit import canonical
from gonghui.core.errors import Refusal


class Parser(CommandParser):
    """Bad usage in Chinese, exit code 2."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"用法不对：{message}\n{self.format_usage()}加 --help 看全部参数。\n")
        raise SystemExit(2)


class Command(BaseCommand):
    """A command of the platform. Subclasses write `arguments(parser)` and `run(**options) -> data`, and may write `show(data)`."""

    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = Parser(prog=f"gonghui {subcommand}", description=self.help or None, **kwargs)
        self.add_base_argument(parser, "--settings")
        self.add_base_argument(parser, "--pythonpath")
        for flag in ("--no-color", "--force-color", "--traceback", "--skip-checks"):
            self.add_base_argument(parser, flag, action="store_true")
        self.add_base_argument(parser, "-v", "--verbosity", default=1, type=int, choices=[0, 1, 2, 3])
        self.arguments(parser)
        return parser

    def arguments(self, parser: ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, **options: Any) -> Any:
        """Do the work; the returned data is what `--json` prints."""
        raise NotImplementedError(type(self).__name__)

    def show(self, data: Any) -> None:
        """Print for a person; by default indented JSON."""
        self.stdout.write(json.dumps(json.loads(canonical(data)), ensure_ascii=False, indent=2))

    def exit_code(self, data: Any) -> int:
        """1 when the data itself says no (`ok: false`), else 0."""
        return 1 if isinstance(data, dict) and data.get("ok") is False else 0

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = self.run(**options)
        except Refusal as refusal:
            self.refuse(refusal)
        if options.get("json"):
            self.stdout.write(canonical(data))
        else:
            self.show(data)
        if code := self.exit_code(data):
            raise SystemExit(code)

    def refuse(self, refusal: Refusal) -> NoReturn:
        """The message, its details, exit code 1."""
        self.stderr.write(f"{refusal.message}（{refusal.code}）")
        for fault in getattr(refusal, "errors", []):
            self.stderr.write("  " + "，".join(str(v) for v in fault.values()))
        raise SystemExit(1)


def iso_date(text: str) -> date:
    """An argument type: `2025-01-01`. argparse turns the ValueError into bad usage."""
    return date.fromisoformat(text)
