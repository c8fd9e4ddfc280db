"""Guards of the database: a line once sent to the bank never waits again (AID-04); moves of assets are only added."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

MESSAGE = "发往银行的明细不得改回待付款，也不得换付款。"
BAD = (
    """(OLD."state" <> 'waiting' AND NEW."state" = 'waiting') OR OLD."transfer_no" <> NEW."transfer_no" OR OLD."payment_id" <> NEW."payment_id" """
    """OR (OLD."state" IN ('paid', 'failed') AND NEW."state" <> OLD."state")"""
)
APPENDED = {
    "treasury_assetevent": "资产变动记录不得修改或删除",
    "treasury_batchanswer": "银行回执记录不得修改或删除",
    "treasury_depreciationline": "折旧明细不得修改或删除",
}
SQLITE = f'CREATE TRIGGER "batchline_once" BEFORE UPDATE ON "treasury_batchline" WHEN {BAD} BEGIN SELECT RAISE(ABORT, \'{MESSAGE}\'); END'
POSTGRES = (
    f"""CREATE OR REPLACE FUNCTION "treasury_batchline_once"() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$ LANGUAGE plpgsql""",
    f"""CREATE TRIGGER "batchline_once" BEFORE UPDATE ON "treasury_batchline" FOR EACH ROW WHEN ({BAD}) EXECUTE FUNCTION "treasury_batchline_once"()""",
)


def forwards(apps: Any, schema_editor: Any) -> None:
    for statement in (SQLITE,) if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement)
    for table, message in APPENDED.items():
        triggers.append_only(schema_editor, table, message)


def backwards(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute('DROP TRIGGER IF EXISTS "batchline_once"')
    else:
        schema_editor.execute('DROP TRIGGER IF EXISTS "batchline_once" ON "treasury_batchline"')
        schema_editor.execute('DROP FUNCTION IF EXISTS "treasury_batchline_once"()')
    for table in APPENDED:
        triggers.drop(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("treasury", "0001_budgets_payments_bank_assets")]
    operations = [migrations.RunPython(forwards, backwards)]
