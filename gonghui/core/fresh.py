"""An empty database gets its tables in one go (空库一次建表).

Replaying every migration rebuilds Django's picture of all models at each of some five hundred steps: half a minute. On a database
without any table the outcome is known beforehand: the tables of the models as they are, then what the migrations do in Python or
SQL of their own (triggers, dictionaries), in their order, and all of them are recorded as applied. `tools/replay.py`
compares the outcome of both ways, table by table, and `core/tests/test_fresh.py` asks for it anew when a migration changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.special import RunSQL

Tell = Callable[[str], None]


def is_empty(connection: Any) -> bool:
    """Has the database no table at all?"""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def build(connection: Any, tell: Tell = lambda text: None) -> int:
    """Make the whole schema of an empty database. Returns how many migrations it stands for.

    Raises: ValueError when a table is there already.
    """
    if not is_empty(connection):
        raise ValueError("fresh.build is for an empty database")
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    ours = {migration.app_label for migration in plan}
    executor.recorder.ensure_schema()
    with connection.schema_editor() as editor:
        for model in _models(connection, ours):
            editor.create_model(model)
    for migration, step in _own_steps(plan):
        with connection.schema_editor(atomic=migration.atomic) as editor:
            _run(migration, step, editor)
    for migration in plan:
        executor.recorder.record_applied(migration.app_label, migration.name)
    tell(f"{len(plan)} migrations at once")
    return len(plan)


def _models(connection: Any, labels: set[str]) -> Iterator[type[models.Model]]:
    """Every managed table of the migrated apps; those joined automatically are made with their model."""
    for config in apps.get_app_configs():
        if config.label in labels:
            for model in config.get_models(include_auto_created=False):
                if model._meta.can_migrate(connection):
                    yield model


def _own_steps(plan: list[Migration]) -> Iterator[tuple[Migration, RunPython | RunSQL]]:
    for migration in plan:
        for step in migration.operations:
            if isinstance(step, RunPython | RunSQL):
                yield migration, step


def _run(migration: Migration, step: RunPython | RunSQL, editor: Any) -> None:
    there: Any = apps
    if isinstance(step, RunPython):
        step.code(there, editor)
        return
    nowhere: Any = None  # plain SQL looks at no state
    step.database_forwards(migration.app_label, editor, nowhere, nowhere)


__all__ = ["build", "is_empty"]
