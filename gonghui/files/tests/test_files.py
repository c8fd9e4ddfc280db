"""Files: kept whole or not at all, delivered by short-lived link inside scope, exports with purpose and approval (R31, R33)."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make
from gonghui.core import clock, jobs
from gonghui.core.errors import BadInput, NotFound, NotPermitted, RuleViolation, TooMany, Unavailable
from gonghui.core.models import AuditEntry
from gonghui.files import export, kinds, rules, selectors, services, store
from gonghui.files.enums import ExportState, Perm
from gonghui.files.models import Export, File

CSV = "姓名,工种\n甲,焊工\n".encode()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]


def upload(name: str = "名册.csv", data: bytes = CSV) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def kept(actor: Actor, **more: object) -> File:
    return services.file_store(actor, upload=upload(), purpose="case", org_path="00010002", **more)  # type: ignore[arg-type]


def test_a_file_is_kept_by_its_hash_and_audited() -> None:
    actor = make.acting((Role.CHAIR, "00010002"))
    file = kept(actor)
    assert store.read(file.place) == CSV and store.digest_at(file.place) == file.sha256
    entry = AuditEntry.objects.get(verb="files.file.stored")
    assert (entry.object_id, entry.org_path) == (str(file.pk), "00010002") and "名册" not in entry.data
    assert list(selectors.hash_faults()) == [] and selectors.same_document(sha256=file.sha256).count() == 1


@pytest.mark.fault(35)
def test_too_large_and_over_quota_are_refused() -> None:
    actor = make.acting((Role.CHAIR, "0001"))
    big = upload("a.pdf", b"%PDF-")
    big.size = rules.MOST_BYTES + 1
    with pytest.raises(BadInput):
        services.file_store(actor, upload=big, purpose="x")
    file = kept(actor)
    File.objects.filter(pk=file.pk).update(size=rules.QUOTA_BYTES)
    with pytest.raises(TooMany):
        kept(actor)
    assert kept(make.acting((Role.CHAIR, "0001")))


@pytest.mark.fault(12, 13, 50)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EMFILE])
@pytest.mark.parametrize("where", ["open", "fsync"])
def test_a_full_disk_leaves_no_half_file_and_no_row(where: str, number: int, monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    def fail(*args: object, **kwargs: object) -> int:
        raise OSError(number, "no")

    actor = make.acting((Role.CHAIR, "0001"))
    with monkeypatch.context() as patch:
        patch.setattr(os, where, fail)
        with pytest.raises(Unavailable) as refusal:
            kept(actor)
    assert refusal.value.code == "files.store_full" and not File.objects.exists()
    assert [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()] == []  # type: ignore[attr-defined]
    assert kept(actor)  # recovers


def test_a_place_outside_the_root_is_never_read() -> None:
    with pytest.raises(Unavailable):
        store.read("../../etc/passwd")


@pytest.mark.invariant("ACC-01", "CASE-04")
def test_delivery_is_inside_scope_and_for_the_actor_of_the_link_only() -> None:
    owner, above, beside = (make.officer((Role.CHAIR, p)) for p in ("00010002", "0001", "00010003"))
    file = kept(make.actor(owner))
    answer = make.client(owner).get(services.file_link(make.actor(owner), file))
    assert answer.status_code == 200 and answer.content == CSV
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"] and answer["Cache-Control"] == "no-store"
    assert make.client(above).get(services.file_link(make.actor(above), file)).status_code == 200
    assert make.client(beside).get(services.file_link(make.actor(beside), file)).status_code == 404
    assert make.client(beside).get(services.file_link(make.actor(above), file)).status_code == 404
    assert make.client(beside).get(services.file_link(make.actor(beside), file, granted=True)).status_code == 200
    assert Client().get(services.file_link(make.actor(owner), file)).status_code == 302
    assert AuditEntry.objects.filter(verb="files.file.opened").count() == 3


@pytest.mark.invariant("CASE-04")
def test_a_case_document_opens_only_by_the_cases_own_link() -> None:
    owner, above = make.officer((Role.CHAIR, "00010002")), make.officer((Role.CITY, "0001"))
    file = kept(make.actor(owner), restricted=True)
    assert make.client(above).get(services.file_link(make.actor(above), file)).status_code == 404
    assert make.client(above).get(services.file_link(make.actor(above), file, granted=True)).status_code == 200


@pytest.mark.fault(25)
def test_links_grow_old_and_cannot_be_forged() -> None:
    owner = make.acting((Role.CHAIR, "0001"))
    mark = services.file_link(owner, kept(owner)).split("/")[2]
    assert services.file_opened(owner, mark)
    with pytest.raises(NotFound):
        services.file_opened(owner, mark[:-2] + "xx")
    import time_machine

    with time_machine.travel(clock.now() + rules.LINK_LIFE + timedelta(seconds=5)), pytest.raises(NotFound):
        services.file_opened(owner, mark)


def test_removed_and_expired_files_go_and_shared_bytes_stay() -> None:
    owner, other = make.acting((Role.CHAIR, "0001")), make.acting((Role.CHAIR, "0001"))
    first, second = kept(owner), kept(other)
    with pytest.raises(NotFound):
        services.file_remove(other, file=first)
    services.file_remove(owner, file=first)
    with clock.at(clock.now() + timedelta(days=2)):
        assert services.sweep()["removed"] == 0 and store.read(second.place) == CSV
        services.file_remove(other, file=second)
    with clock.at(clock.now() + timedelta(days=4)):
        assert services.sweep()["removed"] == 1 and store.digest_at(second.place) == ""
        assert list(selectors.hash_faults()) == []


def build(actor: Actor, args: dict[str, object], row: Export) -> tuple[str, bytes]:
    return "名册.xlsx", export.export_table(["姓名"], [["甲"]], title="名册", actor=actor)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> object:
    """A kind of its own, with nobody to approve; what the portal wired is back afterwards."""
    monkeypatch.setattr(kinds, "approval", None)
    kinds.register("t.roll", "会员名册", Perm.EXPORT_START, build)
    yield "t.roll"
    kinds._kinds.pop("t.roll")


@pytest.mark.bar(25)
def test_an_export_asks_purpose_is_audited_and_gone_after_a_day(kind: str) -> None:
    user = make.officer((Role.CHAIR, "0001"))
    actor = make.actor(user)
    with pytest.raises(BadInput):
        services.export_start(actor, kind, " 查 ", 10, org_path="0001")
    with pytest.raises(NotFound):
        services.export_start(actor, kind, "核对会费", 10, org_path="0002")
    row = services.export_start(actor, kind, "核对三季度会费", 10, org_path="0001", union=3)
    assert row.state == ExportState.QUEUED and AuditEntry.objects.filter(verb="files.export.asked").count() == 1
    jobs.run_all()
    row.refresh_from_db()
    client = make.client(user)
    assert row.state == ExportState.READY and "核对三季度会费" in client.get("/console/files/exports/").content.decode()
    assert client.get(f"/console/files/exports/{row.pk}/").status_code == 200
    gone = client.get(f"/console/files/exports/{row.pk}/download", follow=True)
    assert gone.status_code == 200 and gone.content[:2] == b"PK"
    stranger = make.client(make.officer((Role.CHAIR, "0001")))
    assert stranger.get(f"/console/files/exports/{row.pk}/download").status_code == 404
    with clock.at(clock.now() + timedelta(hours=25)):
        services.sweep()
        row.refresh_from_db()
        assert row.state == ExportState.EXPIRED
        with pytest.raises(NotFound):
            selectors.file_get(pk=row.file_id or 0)


@pytest.mark.bar(25)
def test_more_than_five_hundred_persons_wait_for_another_officers_approval(kind: str) -> None:
    actor, other = make.acting((Role.CHAIR, "0001")), make.acting((Role.CITY, "0001"))
    with pytest.raises(RuleViolation):
        services.export_start(actor, kind, "核对会费", 501, org_path="0001")
    assert not Export.objects.exists()
    asked: list[int] = []
    kinds.register_approval(lambda a, row: asked.append(row.pk))
    assert services.export_start(actor, kind, "核对会费", 500, org_path="0001").state == ExportState.QUEUED
    row = services.export_start(actor, kind, "核对会费", 501, org_path="0001")
    assert row.state == ExportState.WAITING and asked == [row.pk]
    with pytest.raises(RuleViolation):
        services.export_decide(actor, export_id=row.pk, approved=True)
    assert services.export_decide(other, export_id=row.pk, approved=True).state == ExportState.QUEUED
    with pytest.raises(NotFound):
        services.export_decide(other, export_id=row.pk, approved=True)


def test_an_export_is_made_with_the_rights_the_asker_has_then(kind: str) -> None:
    from gonghui.accounts.models import Grant

    user = make.officer((Role.CHAIR, "0001"))
    row = services.export_start(make.actor(user), kind, "核对会费", 3, org_path="0001")
    Grant.objects.filter(user=user).update(revoked_at=clock.now())
    jobs.run_all()
    row.refresh_from_db()
    assert row.state == ExportState.FAILED and row.file is None
    with pytest.raises((NotPermitted, NotFound)):
        services.export_start(make.actor(user), kind, "核对会费", 3, org_path="0001")
