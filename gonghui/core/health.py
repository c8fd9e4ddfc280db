"""State of the platform for its administrator (运行状况): versions, queue, last verification, backups, clock."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Callable
from typing import Any

import django
from django.db import connection
from django.db.models import Count

from gonghui import __version__
from gonghui.core import checks, clock, jobs, schema
from gonghui.core.models import AuditEntry, AuditHead, Job, JobState

VERIFY = "core.verify"
OVERDUE = 26 * 3600
_parts: dict[str, Callable[[], dict[str, Any]]] = {}


def register(name: str, read: Callable[[], dict[str, Any]]) -> None:
    """An app above adds its own figures, for example the SMS queue."""
    _parts[name] = read


def last_verify() -> dict[str, Any] | None:
    """Result of the last nightly verification, with its time."""
    job = Job.objects.filter(kind=VERIFY, state=JobState.DONE).order_by("-ended_at").first()
    return {**job.result, "at": job.ended_at} if job and isinstance(job.result, dict) else None


WORDS = {"core.backup.made": "备份", "core.backup.restored": "恢复", "core.backup.drilled": "恢复演练"}


def backups(limit: int = 5) -> list[dict[str, Any]]:
    """Backups made and drilled, newest first, each with a sentence."""
    found = AuditEntry.objects.filter(verb__in=list(WORDS)).order_by("-seq")[:limit]
    return [{"at": e.at, "what": WORDS[e.verb], "text": _said(json.loads(e.data))} for e in found]


def _said(facts: dict[str, Any]) -> str:
    parts = [str(facts.get("file", "")), f"审计链第 {facts.get('head', 0):,} 条"]
    if "bytes" in facts:
        parts.append(f"{facts['bytes'] / 1048576:.1f} MB，附件 {facts.get('files', 0):,} 个")
    if "minutes" in facts:
        parts.append(
            f"{facts.get('rows', 0):,} 行，用时 {facts['minutes']} 分钟，"
            + (f"不通过：{'、'.join(facts['failed'])}" if facts.get("failed") else "核验通过")
        )
    return "；".join(parts)


def queue() -> dict[str, Any]:
    """Jobs by state, and how long the oldest that is due has waited, in seconds."""
    counts = dict(Job.objects.values_list("state").annotate(n=Count("pk")).order_by())
    oldest = Job.objects.filter(state=JobState.QUEUED, not_before__lte=clock.now()).order_by("not_before").first()
    age = int((clock.now() - oldest.not_before).total_seconds()) if oldest else 0
    return {"counts": counts, "waiting": counts.get(JobState.QUEUED, 0), "dead": counts.get(JobState.DEAD, 0), "age": age}


def versions() -> list[tuple[str, str]]:
    """What runs here."""
    engine = f"SQLite {sqlite3.sqlite_version}" if connection.vendor == "sqlite" else f"PostgreSQL {getattr(connection, 'pg_version', '')}"
    return [
        ("平台", __version__),
        ("库表版本", schema.stamp()),
        ("数据库", engine),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
    ]


def warnings() -> list[str]:
    """What the administrator should look at, one sentence each."""
    found = list(checks.clock_faults())
    state, verified = queue(), last_verify()
    if state["dead"]:
        found.append(f"{state['dead']} 个后台任务停下等人处理。")
    if state["age"] > 600:
        found.append(f"后台任务已排队 {state['age'] // 60} 分钟，请确认后台进程在运行。")
    if verified is not None and not verified["ok"]:
        failed = "、".join(c["id"] for c in verified["checks"] if not c["ok"])
        found.append(f"最近一次核验没有通过：{failed}。")
    last = backups(1)
    if not last or (clock.now() - last[0]["at"]).total_seconds() > OVERDUE:
        found.append("最近一天没有备份。请运行 gonghui backup。")
    for name, read in _parts.items():
        if read().get("dead"):
            found.append(f"{name}：{read()['dead']} 条停发，请查看。")
    return found


def overview() -> dict[str, Any]:
    """Everything the page shows."""
    head = AuditHead.objects.filter(pk=1).first()
    return {
        "versions": versions(),
        "warnings": warnings(),
        "queue": queue(),
        "verify": last_verify(),
        "backups": backups(),
        "head": head,
        "parts": {name: read() for name, read in _parts.items()},
        "periodic": [(p, Job.objects.filter(kind=p.name).order_by("-pk").first()) for p in jobs.periodic()],
    }
