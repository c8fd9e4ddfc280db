"""A released report admits no update and no delete (RPT-03)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLE = "figures_report"
MESSAGE = "已发布的报表不能改动，请出更正版"


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_{verb.lower()} BEFORE {verb} ON {TABLE} WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        return
    schema_editor.execute(
        f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$ LANGUAGE plpgsql"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW WHEN (OLD.state = 'released') EXECUTE FUNCTION {TABLE}_refuse()"
    )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{verb}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_frozen ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_refuse()")


class Migration(migrations.Migration):
    dependencies = [("figures", "0002_periods_reported_reports")]
    operations = [migrations.RunPython(create, drop)]
