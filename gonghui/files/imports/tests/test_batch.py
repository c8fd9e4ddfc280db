"""The life of a batch: checked, mended, written whole, undone."""

from __future__ import annotations

import pytest
from django.db import transaction

from gonghui.core import jobs
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.files.imports import protocol, services, vault
from gonghui.files.imports.enums import BatchState, RowState
from gonghui.files.imports.models import HeaderMemory, ImportBatch, ImportRow
from gonghui.files.imports.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _toy(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(protocol._handlers, "toy", make.Toy())


def toys() -> dict[str, str]:
    return dict(HeaderMemory.objects.filter(kind="toyrow").values_list("header", "column"))


def upload(rows, **more) -> ImportBatch:
    content = rows if isinstance(rows, bytes) else make.text([make.HEAD, *rows])
    return services.batch_upload(actor=make.actor(), kind="toy", content=content, name="表.csv", org_path="0001", **more)


def checked(rows) -> ImportBatch:
    batch = upload(rows)
    services.batch_map(actor=make.actor(), batch=batch, mapping=batch.mapping)
    return services.batch_check(actor=make.actor(), batch=batch)


def committed(batch, **more) -> ImportBatch:
    services.batch_commit(actor=make.actor(), batch=batch, **more)
    jobs.run_all()
    return ImportBatch.objects.get(pk=batch.pk)


@pytest.mark.invariant("MEM-05")
def test_the_counts_add_up_and_a_second_time_changes_nothing():
    done = committed(checked(make.GOOD))
    assert (done.state, done.rows, done.created, done.unchanged) == (BatchState.COMMITTED, 3, 3, 0)
    before = toys()
    again = committed(checked(make.GOOD))
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 3, 0) and toys() == before


@pytest.mark.parametrize(
    "content",
    [
        make.xlsx([make.HEAD, *make.GOOD]),
        make.text([make.HEAD, *make.GOOD], "gb18030"),
        make.text([make.HEAD, *make.GOOD], "utf-16"),
        make.text([make.HEAD, *make.GOOD], "utf-8-sig", "\t"),
    ],
)
def test_every_format_reads_the_same(content):
    assert services.import_run(actor=make.actor(), kind="toy", content=content, name="表", org_path="0001")["created"] == 3
    assert toys() == {"A1": "甲厂", "A2": "乙厂", "A3": "丙厂"}


def test_bad_rows_wait_are_mended_and_follow():
    batch = checked([*make.GOOD, ("丁厂", "", "明天", "是"), ("戊厂", "A5", "", "也许")])
    assert (batch.rows, batch.rejected) == (5, 2)
    with pytest.raises(RuleViolation):
        services.batch_commit(actor=make.actor(), batch=batch)
    row = ImportRow.objects.get(batch=batch, row=5)
    assert {p["code"] for p in row.problems} == {"empty", "date"}
    services.row_fix(actor=make.actor(), row=row, values={"number": "A4"})
    assert row.state == RowState.OPEN
    services.row_fix(actor=make.actor(), row=row, values={"on": "2026年11月23日"})
    assert row.state == RowState.FIXED
    done = committed(batch, only_good=True)
    assert (done.created, done.rejected) == (4, 1) and "A4" in toys()
    follow = services.batch_follow(actor=make.actor(), batch=done)
    services.batch_check(actor=make.actor(), batch=follow)
    last = ImportRow.objects.get(batch=follow)
    assert last.row == 6
    services.row_fix(actor=make.actor(), row=last, values={"open": "是"})
    assert committed(follow).created == 1 and "A5" in toys()


def test_a_duplicate_needs_a_choice_and_a_skipped_row_stays_out():
    batch = checked([*make.GOOD, ("甲二厂", "A1", "", ""), ("甲三厂", "A1", "", "")])
    first, second = ImportRow.objects.filter(batch=batch).order_by("row")
    with pytest.raises(BadInput):
        services.row_fix(actor=make.actor(), row=first, values={}, choice="else")
    services.row_fix(actor=make.actor(), row=first, values={}, choice="keep")
    services.row_skip(actor=make.actor(), row=second)
    services.batch_check(actor=make.actor(), batch=batch)
    done = committed(batch)
    assert done.rejected == 1 and toys()["A1"] == "甲二厂"


def test_a_tidied_cell_can_be_taken_back():
    batch = checked([("甲　厂", "’Ａ1", "", "")])
    assert batch.tidied == {"space": 1, "apostrophe": 1}
    services.tidy_revoke(actor=make.actor(), batch=batch, row=2, column="name")
    services.batch_check(actor=make.actor(), batch=batch)
    assert committed(batch).created == 1 and toys() == {"A1": "甲　厂"}


def test_undo_reverses_and_is_refused_when_something_depends():
    done = committed(checked(make.GOOD))
    use = HeaderMemory.objects.create(org_path="toy", kind="toyuse", header="A1", column="x", used_at=done.created_at)
    with pytest.raises(RuleViolation):
        services.batch_undo(actor=make.actor(), batch=done, reason="导错了表")
    assert ImportBatch.objects.get(pk=done.pk).state == BatchState.COMMITTED and toys()
    use.delete()
    services.batch_undo(actor=make.actor(), batch=done, reason="导错了表")
    assert toys() == {}
    with pytest.raises(Conflict):
        services.batch_undo(actor=make.actor(), batch=done, reason="再撤一次")


@pytest.mark.invariant("MEM-06")
def test_a_failed_write_leaves_nothing(monkeypatch):
    batch = checked(make.GOOD)
    real = make.Toy.write

    def half(self, plan, context, tell):
        real(self, plan, context, tell)
        raise RuntimeError("power cut")

    monkeypatch.setattr(make.Toy, "write", half)
    services.batch_commit(actor=make.actor(), batch=batch)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.commit_now(actor=make.actor(), batch=batch)
    assert toys() == {}
    assert ImportBatch.objects.get(pk=batch.pk).state == BatchState.COMMITTING
    monkeypatch.setattr(make.Toy, "write", real)
    services.commit_now(actor=make.actor(), batch=batch)
    assert len(toys()) == 3
    services.commit_now(actor=make.actor(), batch=batch)
    assert ImportBatch.objects.get(pk=batch.pk).created == 3
    assert AuditEntry.objects.filter(verb="files.import.committed").count() == 1


def test_headers_are_remembered():
    batch = upload(make.text([("牌子", "编号"), ("甲厂", "A1")]))
    assert "name" not in batch.mapping
    with pytest.raises(BadInput) as refused:
        services.batch_map(actor=make.actor(), batch=batch, mapping=batch.mapping)
    assert refused.value.code == "imports.columns"
    services.batch_map(actor=make.actor(), batch=batch, mapping={**batch.mapping, "name": "c0"})
    again = upload(make.text([("牌子", "编号"), ("甲厂", "A1")]))
    assert again.mapping == {"name": "c0", "number": "c1"} and again.options["sure"]["name"] == "memory"


def test_the_dry_run_stores_nothing():
    said = services.import_run(
        actor=make.actor(),
        kind="toy",
        content=make.text([make.HEAD, *make.GOOD, ("", "A9", "", "")]),
        name="表",
        org_path="0001",
        dry_run=True,
    )
    assert (said["rows"], said["created"], said["rejected"]) == (4, 3, 1)
    assert not ImportBatch.objects.exists() and not toys()


@pytest.mark.invariant("PRI-03")
def test_files_and_waiting_rows_rest_sealed(settings):
    batch = checked([("甲厂", "SECRET77", "坏日期", "")])
    stored = (settings.MEDIA_ROOT / batch.place).read_bytes() + bytes(ImportRow.objects.get(batch=batch).cells)
    assert b"SECRET77" not in stored and vault.get(batch)
    services.batch_abandon(actor=make.actor(), batch=batch)
    assert not ImportRow.objects.filter(batch=batch).exists()
