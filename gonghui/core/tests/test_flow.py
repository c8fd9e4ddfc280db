"""Flow: listed steps only, one winner, one audit entry."""

from __future__ import annotations

import pytest

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.errors import Conflict
from gonghui.core.flow import Flow
from gonghui.core.models import AuditEntry, Job, JobState

FLOW: Flow[Job] = Flow("core.job", {JobState.QUEUED: {JobState.RUNNING}, JobState.RUNNING: {JobState.DONE}, JobState.DONE: set()})
ACTOR = Actor.system("test")
pytestmark = pytest.mark.django_db


def job() -> Job:
    return Job.objects.create(kind="x", title="测试", actor="system:test", created_at=clock.now(), not_before=clock.now())


def test_a_listed_step_moves_and_writes_one_entry() -> None:
    row = FLOW.advance(job(), JobState.RUNNING, actor=ACTOR, changes={"note": "开始"}, why="到点")
    entry = AuditEntry.objects.get()
    row.refresh_from_db()
    assert (row.state, row.note, entry.verb, entry.object_id) == ("running", "开始", "core.job.running", str(row.pk))
    assert '"old":"queued"' in entry.data and "到点" in entry.data


def test_an_unlisted_step_is_refused_and_writes_nothing() -> None:
    row = job()
    with pytest.raises(Conflict, match="排队中") as refusal:
        FLOW.advance(row, JobState.DONE, actor=ACTOR)
    row.refresh_from_db()
    assert refusal.value.code == "core.wrong_state" and row.state == "queued" and not AuditEntry.objects.exists()


def test_the_second_of_two_meets_a_conflict() -> None:
    first, second = job(), None
    second = Job.objects.get(pk=first.pk)
    FLOW.advance(first, JobState.RUNNING, actor=ACTOR)
    with pytest.raises(Conflict) as refusal:
        FLOW.advance(second, JobState.RUNNING, actor=ACTOR)
    assert refusal.value.code == "core.state_moved" and AuditEntry.objects.count() == 1


def test_a_table_with_a_stranger_is_refused_at_definition() -> None:
    with pytest.raises(ValueError, match="没有列出去向"):
        Flow("x.y", {"a": {"b"}})
