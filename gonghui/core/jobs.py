"""Long work with visible progress (后台任务): claimed by compare-and-set, leased, retried with jitter, isolated after five tries.

`register(kind, run)` in `AppConfig.ready()`; `enqueue(...)` inside a service; `gonghui serve` runs `work()` beside the web.
A handler gets a `Progress` and must be safe to run twice: its effect is once by its own keys (JOB-01).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
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
_EPOCH = datetime(2020, 1, 1, tzinfo=clock.SHANGHAI)


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


@dataclass(frozen=True)
class Periodic:
    """Timed work (定时任务): due once in every slot of `interval`, counted from `at` of the Shanghai day."""

    name: str
    title: str
    interval: timedelta
    at: time = time(0)

    def slot(self, moment: datetime) -> int:
        """Number of the slot a moment falls in."""
        start = _EPOCH + timedelta(hours=self.at.hour, minutes=self.at.minute)
        return (moment - start) // self.interval


_periodic: dict[str, Periodic] = {}
_queued: dict[str, int] = {}
_pumps: dict[str, Callable[[], int]] = {}


def every(name: str, interval: timedelta, fn: Callable[[], Any], *, title: str = "", at: time = time(0)) -> None:
    """Run `fn` once in each slot of `interval` (定时任务), however many servers there are. The result is kept with the job."""
    _periodic[name] = Periodic(name, title or name, interval, at)
    register(name, lambda progress: fn())


def periodic() -> list[Periodic]:
    """All timed work."""
    return list(_periodic.values())


def pump(name: str, fn: Callable[[], int]) -> None:
    """Register work of the worker's every round that keeps its own queue, for example the SMS outbox. Returns how many it did."""
    _pumps[name] = fn


def run_pumps() -> int:
    """One round of all pumps; a failing one does not stop the others."""
    count = 0
    for name, fn in _pumps.items():
        try:
            count += fn()
        except Exception:
            log.exception("pump %s failed", name)
    return count


def tick() -> int:
    """Queue the timed work whose slot has begun (排入定时任务). The `once` key makes it one job per slot on all servers."""
    now, count = clock.now(), 0
    for work in _periodic.values():
        slot = work.slot(now)
        if _queued.get(work.name) == slot:
            continue
        if not Job.objects.filter(kind=work.name, once=str(slot)).exists():
            queue("system:clock", work.name, work.title, once=str(slot))
            count += 1
        _queued[work.name] = slot
    return count


def sweep(days: int = 30) -> int:
    """Remove ended jobs older than `days` (清理任务记录); those set aside stay until a person has seen to them."""
    ended = Job.objects.filter(
        state__in=[JobState.DONE, JobState.CANCELLED, JobState.FAILED], ended_at__lt=clock.now() - timedelta(days=days)
    )
    return ended.delete()[0]


def enqueue(
    actor: Actor, kind: str, title: str, *, org_path: str = "", total: int = 0, once: str = "", delay: timedelta | None = None, **args: Any
) -> Job:
    """Queue a job in the caller's transaction (排队). The same `once` key is queued only once."""
    return queue(actor.ref, kind, title, org_path=org_path, total=total, once=once, delay=delay, **args)


def queue(
    ref: str, kind: str, title: str, *, org_path: str = "", total: int = 0, once: str = "", delay: timedelta | None = None, **args: Any
) -> Job:
    """`enqueue` from a bare actor reference."""
    if kind not in _handlers:
        raise LookupError(f"没有登记的任务种类：{kind}")
    now = clock.now()
    values = {
        "title": title[:120],
        "actor": ref,
        "org_path": org_path,
        "args": args,
        "total": total,
        "created_at": now,
        "not_before": now + (delay or timedelta(0)),
    }
    if not once:
        return Job.objects.create(kind=kind, **values)
    try:
        with transaction.atomic():
            return Job.objects.create(kind=kind, once=once, **values)
    except IntegrityError:
        return Job.objects.get(kind=kind, once=once)


def cancel(job: Job) -> bool:
    """Stop a job that has not ended."""
    moved = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED, ended_at=clock.now()
    )
    return bool(moved)


def retry(job: Job) -> bool:
    """Give a failed or isolated job five new tries (重新排队)."""
    ended = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.DEAD])
    return bool(ended.update(state=JobState.QUEUED, tries=0, not_before=clock.now(), ended_at=None, note="已由管理员重新排队。"))


def claim() -> Job | None:
    """Take the next job that is due, or whose lease ran out (JOB-02)."""
    now = clock.now()
    Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now, tries__gte=MOST_TRIES).update(
        state=JobState.DEAD, ended_at=now, lease_until=None, note="连续五次没有做完就中断了，已停下等人处理。请联系系统管理员。"
    )
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
    pause = timedelta(seconds=2**job.tries * random.uniform(0.5, 1.5))  # noqa: S311  # spreads load, no secret
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries).update(
        state=JobState.QUEUED, not_before=clock.now() + pause, lease_until=None, note="刚才没有成功，稍后自动再试。"
    )
