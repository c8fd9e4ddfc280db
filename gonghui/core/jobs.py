"""Long work with visible progress (后台任务): claimed by compare-and-set, leased, retried with jitter, isolated after five tries.

`register(kind, run)` in `AppConfig.ready()`; `enqueue(...)` inside a service; `gonghui serve` runs `work()` beside the web.
A handler gets a `Progress` and must be safe to run twice: its effect is once by its own keys (JOB-01).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction

from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.core.models import Job, JobState

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_TRIES = 5
_handlers: dict[str, Callable[[Progress], Any]] = {}


class Cancelled(Exception):
    """The person who started the job stopped it."""


class Progress:
    """What a handler sees of its job: arguments, and a place to tell how far it is."""

    def __init__(self, job: Job) -> None:
        self.job, self.args = job, dict(job.args)

    def tell(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show progress and renew the lease. Raises Cancelled when the job was stopped or taken over."""
        values: dict[str, Any] = {"done": done, "lease_until": clock.now() + LEASE}
        if total is not None:
            values["total"] = total
        if note:
            values["note"] = note[:200]
        if not Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, tries=self.job.tries).update(**values):
            raise Cancelled


def register(kind: str, run: Callable[[Progress], Any]) -> None:
    """Name a kind of job `app.verb`."""
    _handlers[kind] = run


def enqueue(actor: Actor, kind: str, title: str, *, org_path: str = "", total: int = 0, once: str = "", delay: timedelta | None = None, **args: Any) -> Job:
    """Queue a job in the caller's transaction (排队). The same `once` key is queued only once."""
    if kind not in _handlers:
        raise LookupError(f"没有登记的任务种类：{kind}")
    now = clock.now()
    values = {"title": title[:120], "actor": actor.ref, "org_path": org_path, "args": args, "total": total, "created_at": now, "not_before": now + (delay or timedelta(0))}
    if not once:
        return Job.objects.create(kind=kind, **values)
    try:
        with transaction.atomic():
            return Job.objects.create(kind=kind, once=once, **values)
    except IntegrityError:
        return Job.objects.get(kind=kind, once=once)


def cancel(job: Job) -> bool:
    """Stop a job that has not ended."""
    moved = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(state=JobState.CANCELLED, ended_at=clock.now())
    return bool(moved)


def claim() -> Job | None:
    """Take the next job that is due, or whose lease ran out (JOB-02)."""
    now = clock.now()
    due = models.Q(state=JobState.QUEUED, not_before__lte=now) | models.Q(state=JobState.RUNNING, lease_until__lt=now)
    for job in Job.objects.filter(due).order_by("not_before", "pk")[:10]:
        seen = Job.objects.filter(pk=job.pk, state=job.state, tries=job.tries)
        if seen.update(state=JobState.RUNNING, tries=job.tries + 1, started_at=now, lease_until=now + LEASE):
            job.refresh_from_db()
            return job
    return None


def run_one() -> Job | None:
    """Claim and run one job; the job afterwards, or None when nothing is due."""
    job = claim()
    if job is None:
        return None
    try:
        result = _handlers[job.kind](Progress(job))
    except Cancelled:
        return job
    except Refusal as refusal:
        _end(job, JobState.FAILED, note=refusal.message, result=refusal.as_dict())
    except Exception:
        log.exception("job %s %s failed on try %s", job.pk, job.kind, job.tries)
        _again(job)
    else:
        _end(job, JobState.DONE, result=result)
    job.refresh_from_db()
    return job


def run_all(limit: int = 1000) -> int:
    """Run whatever is due: for tests and commands. Returns how many."""
    count = 0
    while count < limit and run_one() is not None:
        count += 1
    return count


def _end(job: Job, state: JobState, *, note: str = "", result: Any = None) -> None:
    values: dict[str, Any] = {"state": state, "ended_at": clock.now(), "result": result, "lease_until": None}
    if note:
        values["note"] = note[:200]
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries).update(**values)


def _again(job: Job) -> None:
    """Back to the queue after a pause with jitter; after five tries the job is set aside (JOB-04)."""
    if job.tries >= MOST_TRIES:
        _end(job, JobState.DEAD, note="连续五次没有成功，已停下等人处理。请联系系统管理员。")
        return
    pause = timedelta(seconds=2**job.tries * random.uniform(0.5, 1.5))
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries).update(
        state=JobState.QUEUED, not_before=clock.now() + pause, lease_until=None, note="刚才没有成功，稍后自动再试。"
    )
