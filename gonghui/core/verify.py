"""All invariants on the live data (核验): a registry of checks, run by `gonghui verify` and nightly.

`register(id, title, fn)` in `AppConfig.ready()`. `fn` is a generator: it yields one Chinese sentence per failure and
returns how many things it looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Refusal

log = logging.getLogger(__name__)
Look = Callable[[], Generator[str, None, int]]
MOST_SHOWN = 100


@dataclass(frozen=True)
class Check:
    """One check (核验项): id as in the assurance file, title for a person."""

    id: str
    title: str
    look: Look


_checks: dict[str, Check] = {}


def register(id: str, title: str, fn: Look) -> None:
    """Add a check. Two functions under one id raise."""
    known = _checks.setdefault(id, Check(id, title, fn))
    if known.look is not fn:
        raise ValueError(f"核验项重复：{id}")


def checks() -> list[Check]:
    """All checks by id."""
    return sorted(_checks.values(), key=lambda c: c.id)


def run(ids: Iterable[str] = ()) -> dict[str, Any]:
    """Run all checks, or those named; the document `verify --json` prints: `{ok, checks: [{id, ok, checked, failures}]}`.

    Raises: BadInput core.no_such_check.
    """
    wanted = list(ids)
    if strangers := sorted(set(wanted) - set(_checks)):
        raise BadInput("core.no_such_check", f"没有这些核验项：{'、'.join(strangers)}。不带 --only 可看全部。")
    results = [_look(check) for check in checks() if not wanted or check.id in wanted]
    return {"ok": all(r["ok"] for r in results), "at": clock.now(), "engine": connection.vendor, "checks": results}


def _look(check: Check) -> dict[str, Any]:
    """Drain one check. A check that breaks is a failure, never a pass."""
    failures: list[str] = []
    total, checked = 0, 0
    looking = check.look()
    try:
        while True:
            failure = next(looking)
            total += 1
            if total <= MOST_SHOWN:
                failures.append(failure)
    except StopIteration as end:
        checked = int(end.value or 0)
    except Refusal as refusal:
        total += 1
        failures.append(refusal.message)
    except Exception as fault:
        log.exception("check %s broke", check.id)
        total += 1
        failures.append(f"核验没有做完：{type(fault).__name__}。详情见运行日志。")
    if total > MOST_SHOWN:
        failures.append(f"另有 {total - MOST_SHOWN} 处未列出。")
    return {"id": check.id, "title": check.title, "ok": total == 0, "checked": checked, "failures": failures}


def nightly() -> dict[str, Any]:
    """The nightly run (每晚核验): the job keeps the result; a failure is written to the audit chain."""
    result = run()
    failed = [c["id"] for c in result["checks"] if not c["ok"]]
    if failed:
        log.error("nightly verify failed: %s", ", ".join(failed))
    audit.append("system:verify", "core.verify.run", data={"ok": result["ok"], "failed": failed})
    return {**result, "at": result["at"].isoformat()}
