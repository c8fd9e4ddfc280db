"""Jobs: once, never lost, bounded, isolated; timed work once per slot (JOB-01…04)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from gonghui.accounts.actor import Actor
from gonghui.core import clock, jobs
from gonghui.core.errors import BadInput
from gonghui.core.idempotency import once
from gonghui.core.models import IdempotencyKey, Job, JobState
from gonghui.core.worker import Worker

ACTOR = Actor.system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_registry() -> Iterator[None]:
    kept = dict(jobs._handlers), dict(jobs._periodic), dict(jobs._pumps), dict(jobs._queued)
    yield
    for target, saved in zip((jobs._handlers, jobs._periodic, jobs._pumps, jobs._queued), kept, strict=True):
        target.clear()
        target.update(saved)


def later(minutes: float) -> object:
    return clock.at(clock.now() + timedelta(minutes=minutes))


@pytest.mark.invariant("JOB-01")
@pytest.mark.fault(6)
def test_an_effect_happens_once_though_the_worker_died_before_the_acknowledgement() -> None:
    effects: list[int] = []

    def handler(progress: jobs.Progress) -> None:
        once(ACTOR, f"job-{progress.job.pk}", {}, lambda: effects.append(1))

    jobs.register("t.effect", handler)
    job = jobs.enqueue(ACTOR, "t.effect", "一次")
    claimed = jobs.claim()
    assert claimed is not None
    handler(jobs.Progress(claimed))  # the effect; then kill -9: no acknowledgement
    assert jobs.run_one() is None  # the lease holds
    with later(3):  # type: ignore[attr-defined]
        done = jobs.run_one()
    assert done is not None and done.pk == job.pk and done.state == JobState.DONE and effects == [1] and IdempotencyKey.objects.count() == 1


@pytest.mark.invariant("JOB-02")
@pytest.mark.fault(40)
def test_a_job_whose_worker_vanished_is_taken_up_and_the_late_worker_cannot_end_it() -> None:
    jobs.register("t.slow", lambda p: "second")
    jobs.enqueue(ACTOR, "t.slow", "慢")
    first = jobs.claim()
    assert first is not None
    with later(3):  # type: ignore[attr-defined]
        assert jobs.run_one() is not None
    jobs._end(first, JobState.FAILED, note="late")
    with pytest.raises(jobs.Cancelled):
        jobs.Progress(first).tell(1)
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.invariant("JOB-02", "JOB-04")
def test_a_job_that_kills_its_worker_is_isolated_after_five_tries() -> None:
    jobs.register("t.killer", lambda p: None)
    jobs.enqueue(ACTOR, "t.killer", "毒")
    for n in range(5):
        with later(3 * n):  # type: ignore[attr-defined]
            claimed = jobs.claim()
            assert claimed is not None and claimed.tries == n + 1
    with later(20):  # type: ignore[attr-defined]
        assert jobs.claim() is None
    assert Job.objects.get().state == JobState.DEAD


@pytest.mark.invariant("JOB-04")
def test_retries_are_bounded_with_jitter_and_others_go_on() -> None:
    def fail(progress: jobs.Progress) -> None:
        raise RuntimeError("boom")

    jobs.register("t.fail", fail)
    jobs.register("t.fine", lambda p: 7)
    bad = jobs.enqueue(ACTOR, "t.fail", "坏")
    pauses = []
    for n in range(5):
        with later(5 * n):  # type: ignore[attr-defined]
            jobs.run_one()
            bad.refresh_from_db()
            pauses.append((bad.not_before - clock.now()).total_seconds())
    assert bad.state == JobState.DEAD and bad.tries == 5
    assert all(2 ** (n + 1) * 0.5 <= pauses[n] <= 2 ** (n + 1) * 1.5 for n in range(4))
    fine = jobs.enqueue(ACTOR, "t.fine", "好")
    jobs.run_all()
    fine.refresh_from_db()
    assert (fine.state, fine.result) == (JobState.DONE, 7)
    assert jobs.retry(bad) and not jobs.retry(fine)
    bad.refresh_from_db()
    assert (bad.state, bad.tries) == (JobState.QUEUED, 0)


def test_a_refusal_ends_a_job_with_its_sentence() -> None:
    def refuse(progress: jobs.Progress) -> None:
        raise BadInput("t.no", "第 3 行缺证件号。")

    jobs.register("t.refuse", refuse)
    jobs.enqueue(ACTOR, "t.refuse", "拒")
    done = jobs.run_one()
    assert done is not None and (done.state, done.note, done.tries) == (JobState.FAILED, "第 3 行缺证件号。", 1)


def test_timed_work_is_queued_once_in_each_slot() -> None:
    jobs._periodic.clear()
    ran: list[int] = []
    jobs.every("t.hourly", timedelta(hours=1), lambda: ran.append(1))
    assert jobs.tick() == 1 and jobs.tick() == 0
    jobs._queued.clear()  # another server, or this one after a restart
    assert jobs.tick() == 0
    jobs.run_all()
    with later(61):  # type: ignore[attr-defined]
        assert jobs.tick() == 1
        jobs.run_all()
    assert ran == [1, 1]


def test_a_pump_that_fails_does_not_stop_the_worker() -> None:
    def fail() -> int:
        raise RuntimeError("boom")

    jobs._pumps.clear()
    jobs._periodic.clear()
    jobs.pump("t.bad", fail)
    jobs.pump("t.good", lambda: 3)
    assert Worker(threading.Event()).round() == 3


def test_old_jobs_go_and_isolated_ones_stay() -> None:
    old = clock.now() - timedelta(days=40)
    for state in JobState.values:
        Job.objects.create(kind="x", title=state, actor="a", state=state, created_at=old, not_before=old, ended_at=old)
    jobs.sweep()
    assert set(Job.objects.values_list("state", flat=True)) == {"queued", "running", "dead"}


@pytest.mark.fault(40)
def test_a_backlog_does_not_slow_the_claim(django_assert_max_num_queries: object) -> None:
    jobs.register("t.many", lambda p: None)
    now = clock.now()
    Job.objects.bulk_create(Job(kind="t.many", title="x", actor="a", created_at=now, not_before=now) for _ in range(2000))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert jobs.run_one() is not None
