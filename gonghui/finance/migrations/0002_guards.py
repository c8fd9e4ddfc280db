"""Guards of the database: debit equals credit, posted vouchers never change, postings are only added, closed months stay closed."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from gonghui.core import triggers

POSTED = "已记账的凭证不得修改或删除，请冲销"
UNEVEN = "借贷不平，不能记账"
LATE = "凭证已记账，不能再加分录或附件"
CLOSED = "期间已结账，不能记账"
SEALED = "已结账的期间不得改动"

# (name, table, when it fires, condition on which it refuses, message); one text serves both engines.
_UNEVEN = (
    'NEW."state" = \'posted\' AND (SELECT COALESCE(SUM(p."debit_fen"), 0) <> COALESCE(SUM(p."credit_fen"), 0)'
    ' OR COALESCE(SUM(p."debit_fen"), 0) <> NEW."total_fen" OR COUNT(*) < 2'
    ' FROM "finance_posting" p WHERE p."voucher_id" = NEW."id")'
)
_CLOSED = (
    'NEW."state" = \'posted\' AND (SELECT q."state" <> \'open\' OR q."book_id" <> NEW."book_id"'
    ' FROM "finance_period" q WHERE q."id" = NEW."period_id")'
)
_ITS = '(SELECT v."state" FROM "finance_voucher" v WHERE v."id" = {row}."voucher_id") = \'posted\''
_MOVED = (
    'OLD."state" = \'closed\' AND NEW."state" = \'closed\' AND (OLD."last_number" <> NEW."last_number" OR OLD."head" <> NEW."head"'
    ' OR OLD."seal" <> NEW."seal" OR OLD."seal_prev" <> NEW."seal_prev")'
)
GUARDS = (
    ("finance_voucher_frozen", "finance_voucher", "UPDATE", "OLD.\"state\" = 'posted'", POSTED),
    ("finance_voucher_kept", "finance_voucher", "DELETE", "OLD.\"state\" = 'posted'", POSTED),
    ("finance_voucher_born", "finance_voucher", "INSERT", "NEW.\"state\" = 'posted'", UNEVEN),
    ("finance_voucher_even", "finance_voucher", "UPDATE", _UNEVEN, UNEVEN),
    ("finance_voucher_open", "finance_voucher", "UPDATE", _CLOSED, CLOSED),
    ("finance_posting_late", "finance_posting", "INSERT", _ITS.format(row="NEW"), LATE),
    ("finance_voucherfile_late", "finance_voucherfile", "INSERT", _ITS.format(row="NEW"), LATE),
    ("finance_voucherfile_kept", "finance_voucherfile", "DELETE", _ITS.format(row="OLD"), POSTED),
    ("finance_voucherfile_same", "finance_voucherfile", "UPDATE", _ITS.format(row="OLD"), POSTED),
    ("finance_period_sealed", "finance_period", "UPDATE", _MOVED, SEALED),
    ("finance_period_kept", "finance_period", "DELETE", "OLD.\"last_number\" > 0", SEALED),
)


def forwards(apps: Any, schema_editor: Any) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    for name, table, verb, condition, message in GUARDS:
        if sqlite:
            schema_editor.execute(
                f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" WHEN {condition} BEGIN SELECT RAISE(ABORT, \'{message}\'); END'
            )
        else:
            row = "OLD" if verb == "DELETE" else "NEW"
            schema_editor.execute(
                f'CREATE OR REPLACE FUNCTION "{name}_fn"() RETURNS trigger AS $$ BEGIN IF {condition} THEN '
                f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$ LANGUAGE plpgsql"
            )
            schema_editor.execute(f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}_fn"()')
    triggers.append_only(schema_editor, "finance_posting", "分录只增不改，请冲销")


def backwards(apps: Any, schema_editor: Any) -> None:
    triggers.drop(schema_editor, "finance_posting")
    for name, table, _verb, _condition, _message in GUARDS:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        else:
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
            schema_editor.execute(f'DROP FUNCTION IF EXISTS "{name}_fn"()')


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_books")]
    operations = [migrations.RunPython(forwards, backwards)]
