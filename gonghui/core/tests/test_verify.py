"""`gonghui verify`: one JSON document, exit code 1 when something fails, a broken check is a failure."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make
from gonghui.core import clock, core_checks, health, jobs, verify
from gonghui.core.errors import BadInput
from gonghui.core.models import AuditEntry, Job, JobState
from gonghui.core.tests.site import Site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_registry() -> Iterator[None]:
    kept = dict(verify._checks)
    yield
    verify._checks.clear()
    verify._checks.update(kept)


def bad() -> Generator[str, None, int]:
    yield "甲不符。"
    return 3


def broken() -> Generator[str, None, int]:
    yield from ()
    raise RuntimeError("boom")


def test_failures_are_told_with_the_number_checked() -> None:
    verify.register("T-01", "测试", bad)
    result = verify.run(["T-01"])
    assert (result["ok"], result["checks"]) == (
        False,
        [{"id": "T-01", "title": "测试", "ok": False, "checked": 3, "failures": ["甲不符。"]}],
    )


def test_a_check_that_breaks_is_a_failure_and_the_others_still_run() -> None:
    verify.register("T-02", "坏的", broken)
    result = verify.run(["T-02", "AUD-01"])
    assert [c["ok"] for c in result["checks"]] == [True, False] and "没有做完" in result["checks"][1]["failures"][0]


def test_an_id_twice_and_an_unknown_id_are_refused() -> None:
    with pytest.raises(ValueError, match="AUD-01"):
        verify.register("AUD-01", "x", bad)
    with pytest.raises(BadInput):
        verify.run(["NO-99"])


def test_the_command_prints_one_document_and_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify", "--json", "--only", "AUD-01")
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] and {"id", "ok", "checked", "failures"} <= set(said["checks"][0])
    verify.register("T-01", "测试", bad)
    with pytest.raises(SystemExit) as end:
        call_command("verify", "--json", "--only", "T-01")
    assert end.value.code == 1 and json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.invariant("AUD-02")
def test_missing_triggers_are_found() -> None:
    from gonghui.core.tests.test_audit import unlock

    assert list(core_checks.triggers()) == []
    unlock()
    assert len(list(core_checks.triggers())) == 2


@pytest.mark.invariant("JOB-02")
def test_a_job_nobody_took_up_is_found() -> None:
    Job.objects.create(
        kind="x",
        title="丢了",
        actor="a",
        state=JobState.RUNNING,
        created_at=clock.now(),
        not_before=clock.now(),
        lease_until=clock.now() - timedelta(hours=2),
    )
    assert "丢了" in next(core_checks.lost_jobs())


@pytest.mark.bar(36)
def test_the_nightly_run_is_kept_and_shown_to_the_administrator_only() -> None:
    verify.register("T-01", "测试", bad)
    jobs.queue("system:clock", health.VERIFY, "核验")
    jobs.run_all()
    assert health.last_verify()["ok"] is False  # type: ignore[index]
    assert "T-01" in AuditEntry.objects.filter(verb="core.verify.run").latest("seq").data
    client = make.client(make.officer((Role.SYSADMIN, "")))
    page = client.get("/console/system/").content.decode()
    assert "甲不符。" in page and "没有通过：T-01" in page
    dead = Job.objects.create(
        kind=health.VERIFY, title="停下的", actor="a", state=JobState.DEAD, tries=5, created_at=clock.now(), not_before=clock.now()
    )
    assert "停下的" in client.get("/console/system/jobs/?state=dead").content.decode()
    assert client.post(f"/console/system/jobs/{dead.pk}/retry").status_code == 302
    dead.refresh_from_db()
    assert dead.state == JobState.QUEUED and AuditEntry.objects.filter(verb="core.job.retried").exists()
    assert client.post(f"/console/system/jobs/{dead.pk}/cancel").status_code == 302
    stranger = make.client(make.officer((Role.CHAIR, "0001")))
    assert stranger.get("/console/system/").status_code == 403 and stranger.post(f"/console/system/jobs/{dead.pk}/retry").status_code == 403


def test_healthz_tells_nothing_but_alive() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"ok", "no-store")


@pytest.mark.engine_free
def test_a_whole_site_verifies(site: Site) -> None:
    result = site.json("verify")
    assert result["ok"], [c for c in result["checks"] if not c["ok"]]
    assert {"AUD-01", "AUD-02", "AUD-07", "JOB-02", "OPS-02", "OPS-03", "PRI-04", "LED-12", "DB-01"} <= {c["id"] for c in result["checks"]}
    file = next(p for p in (site.folder / "files").rglob("*") if p.is_file())
    file.write_bytes(file.read_bytes() + b"x")
    changed = site.json("verify", "--only", "LED-12")
    assert not changed["ok"] and "哈希不符" in changed["checks"][0]["failures"][0]
