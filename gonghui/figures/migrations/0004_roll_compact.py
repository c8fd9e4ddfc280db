"""One B-tree for the roll-ups on SQLite: the primary key is the row (WITHOUT ROWID), half the writing and half the space."""

from django.db import migrations

TABLE = """CREATE TABLE "figures_roll_compact" ("union_id" bigint NOT NULL, "key" varchar(48) NOT NULL, "day" date NOT NULL,
  "n" bigint NOT NULL, PRIMARY KEY ("union_id", "key", "day")) WITHOUT ROWID"""
PLAIN = """CREATE TABLE "figures_roll_compact" ("union_id" bigint NOT NULL, "key" varchar(48) NOT NULL, "day" date NOT NULL,
  "n" bigint NOT NULL, CONSTRAINT "figures_roll_pk" PRIMARY KEY ("union_id", "key", "day"))"""


def rebuild(schema_editor, table):
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute(table)
    schema_editor.execute('INSERT INTO "figures_roll_compact" SELECT "union_id", "key", "day", "n" FROM "figures_roll"')
    schema_editor.execute('DROP TABLE "figures_roll"')
    schema_editor.execute('ALTER TABLE "figures_roll_compact" RENAME TO "figures_roll"')


def forward(apps, schema_editor):
    rebuild(schema_editor, TABLE)


def backward(apps, schema_editor):
    rebuild(schema_editor, PLAIN)


class Migration(migrations.Migration):
    dependencies = [("figures", "0003_report_frozen"), ("orgs", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
