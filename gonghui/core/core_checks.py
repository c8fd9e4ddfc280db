"""The kernel's own checks for `gonghui verify` (内核核验项)."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from gonghui.core import audit, checks, clock, crypto, heads, jobs, rotation, schema, verify
from gonghui.core.models import AuditEntry, DataKey, IdempotencyKey, Job, JobState

TRIGGERS = {
    "sqlite": {"core_auditentry_update", "core_auditentry_delete"},
    "postgresql": {"core_auditentry_update", "core_auditentry_truncate"},
}


def chain() -> Generator[str, None, int]:
    """AUD-01: the chain is unbroken and dense."""
    yield from audit.faults()
    return AuditEntry.objects.count()


def published_heads() -> Generator[str, None, int]:
    """AUD-02, AUD-07: every published head is a prefix of the live chain."""
    yield from heads.faults()
    return sum(1 for _ in heads.published())


def triggers() -> Generator[str, None, int]:
    """AUD-02: the triggers that refuse update and delete are there."""
    wanted = TRIGGERS[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        found = {row[0] for row in cursor.fetchall()}
    for name in sorted(wanted - found):
        yield f"审计表的保护触发器 {name} 不见了。"
    return len(wanted)


def clock_ok() -> Generator[str, None, int]:
    """OPS-03: the clock does not stand before the last audit entry."""
    yield from checks.clock_faults()
    return 1


def lost_jobs() -> Generator[str, None, int]:
    """JOB-02: no job runs without a live lease for long, and none has gone past its tries."""
    late = clock.now() - timedelta(hours=1)
    for job in Job.objects.filter(state=JobState.RUNNING, lease_until__lt=late):
        yield f"任务 {job.pk}（{job.title}）的租约过期一小时以上，没有人接手。"
    for job in Job.objects.filter(tries__gt=jobs.MOST_TRIES).exclude(state=JobState.CANCELLED):
        yield f"任务 {job.pk}（{job.title}）试了 {job.tries} 次，超过上限。"
    return Job.objects.count()


def keys() -> Generator[str, None, int]:
    """PRI-04: all data keys open, none is used up, no value lies under a retired one."""
    for key in DataKey.objects.filter(used__gt=crypto.MOST_PER_KEY):
        yield f"第 {key.pk} 号数据密钥用过了 2³² 次。"
    count = yield from rotation.faults()
    return count


def integrity() -> Generator[str, None, int]:
    """Pages of the SQLite file are sound; foreign keys hold (fault 8)."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(50)")
        yield from (f"数据库文件损坏：{row[0]}" for row in cursor.fetchall() if row[0] != "ok")
        cursor.execute("PRAGMA foreign_key_check")
        yield from (f"{row[0]} 第 {row[1]} 行指向 {row[2]} 里没有的记录。" for row in cursor.fetchmany(50))
        cursor.execute("PRAGMA page_count")
        return int(cursor.fetchone()[0])


def schema_fits() -> Generator[str, None, int]:
    """OPS-02: the schema is the one this code was written for."""
    missing, unknown = schema.gaps()
    yield from (f"升级 {name} 还没有做。" for name in missing)
    yield from (f"数据库里有程序不认识的升级 {name}。" for name in unknown)
    return len(schema.applied())


def sweep() -> dict[str, int]:
    """Old jobs, answers to requests and sessions (清理)."""
    old = clock.now() - timedelta(days=7)
    return {
        "jobs": jobs.sweep(),
        "answers": IdempotencyKey.objects.filter(created_at__lt=old).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=clock.now()).delete()[0],
    }


def register() -> None:
    """Make them known."""
    for id, title, look in (
        ("AUD-01", "审计链连续", chain),
        ("AUD-02", "审计表只增不改", triggers),
        ("AUD-07", "公布的链头都在链上", published_heads),
        ("JOB-02", "没有丢失的任务", lost_jobs),
        ("OPS-02", "库表与程序相符", schema_fits),
        ("OPS-03", "时钟没有倒退", clock_ok),
        ("PRI-04", "密文都用有效密钥", keys),
        ("DB-01", "数据库文件完好", integrity),
    ):
        verify.register(id, title, look)
