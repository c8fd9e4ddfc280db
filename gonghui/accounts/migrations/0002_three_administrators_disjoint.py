"""System, security and audit administrator are disjoint per person, kept by the database (三员分立, ACC-04)."""

from django.db import migrations

ROLES = "'sysadmin', 'secadmin', 'auditadmin'"
CLASH = f"""SELECT 1 FROM accounts_grant g
  JOIN accounts_user held ON held.id = g.user_id
  JOIN accounts_user mine ON mine.id = NEW.user_id
  WHERE g.id <> COALESCE(NEW.id, 0) AND g.revoked_at IS NULL AND g.role IN ({ROLES}) AND g.role <> NEW.role
    AND (held.id = mine.id OR (held.person_id IS NOT NULL AND held.person_id = mine.person_id))
    AND (g.until IS NULL OR g.until > NEW.since) AND (NEW.until IS NULL OR NEW.until > g.since)"""
SQLITE = """CREATE TRIGGER accounts_three_{verb} BEFORE {VERB} ON accounts_grant
WHEN NEW.revoked_at IS NULL AND NEW.role IN ({roles}) AND EXISTS ({clash})
BEGIN SELECT RAISE(ABORT, 'accounts.three_disjoint'); END"""
POSTGRES = f"""CREATE OR REPLACE FUNCTION accounts_three_disjoint() RETURNS trigger AS $$ BEGIN
  IF NEW.revoked_at IS NULL AND NEW.role IN ({ROLES}) THEN
    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
    IF EXISTS ({CLASH}) THEN
      RAISE EXCEPTION 'accounts.three_disjoint' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql"""


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("insert", "update"):
            schema_editor.execute(SQLITE.format(verb=verb, VERB=verb.upper(), roles=ROLES, clash=CLASH), params=None)
    else:
        schema_editor.execute(POSTGRES, params=None)
        schema_editor.execute(
            "CREATE TRIGGER accounts_three BEFORE INSERT OR UPDATE ON accounts_grant FOR EACH ROW EXECUTE FUNCTION accounts_three_disjoint()",
            params=None,
        )


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS accounts_three_{verb}")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS accounts_three ON accounts_grant")
        schema_editor.execute("DROP FUNCTION IF EXISTS accounts_three_disjoint()")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(forward, backward, elidable=False)]
