"""`gonghui migrate` (建表、升级): Django's, but an empty database is built in one go (see `core.fresh`)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.commands import migrate
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections

from gonghui.core import fresh


class Command(migrate.Command):
    """As Django's; `--replay` applies every migration one by one also to an empty database."""

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--replay", action="store_true", help="空库也逐个执行迁移")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        plain = not any(
            options.get(name) for name in ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "replay")
        )
        if not (plain and fresh.is_empty(connection)):
            super().handle(*args, **options)
            return
        if not options["skip_checks"]:
            self.check(databases=[connection.alias])
        verbosity, interactive = options["verbosity"], options["interactive"]
        emit_pre_migrate_signal(verbosity, interactive, connection.alias, stdout=self.stdout, apps=apps, plan=[])
        made = fresh.build(connection)
        emit_post_migrate_signal(verbosity, interactive, connection.alias, stdout=self.stdout, apps=apps, plan=[])
        if verbosity >= 1:
            self.stdout.write(f"空库已建好，相当于 {made} 个迁移。")
