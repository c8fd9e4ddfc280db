"""Rounds of a drill (演练轮次): a child works in a loop, is killed after a random while, another child looks at what is left.

The parent forks every child and never opens the database itself, so nothing is shared across a fork: neither a connection
nor the write lock.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from gonghui.core.errors import BadInput
from gonghui.policy import rules as policy
from gonghui.portal.drill import ground
from gonghui.portal.drill.operations import OPERATIONS, Operation

Say = Callable[[Mapping[str, Any]], None]
SHORTEST, LONGEST = 0.0, 1.0
"""Seconds between the first operation begun and the kill."""
PATIENCE = 120.0


def run(name: str, rounds: int, seed: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Drill one operation. The document: rounds, operations begun and acknowledged, cut off, and every failure found.

    Raises: BadInput drill.unknown, drill.no_fork.
    """
    if name not in OPERATIONS:
        raise BadInput("drill.unknown", f"没有演练 {name}。可用：{'、'.join(OPERATIONS)}。")
    if not hasattr(os, "fork"):
        raise BadInput("drill.no_fork", "这个系统不能做断电演练，请在 Linux 上运行。")
    operation, chance, begun = OPERATIONS[name], random.Random(seed), time.monotonic()  # noqa: S311  # a drill, not a secret
    book: dict[str, Any] = {"begun": {}, "done": {}, "start": 0, "first": {}}
    policy.live()  # the rules are read once, not in every child; nobody changes them meanwhile
    facts = _ask(lambda say: say(ground.build()))[-1]
    total = {"begun": 0, "acknowledged": 0, "cut": 0}
    failures: list[str] = []
    for number in range(1, rounds + 1):
        lines = _killed(lambda say: operation.work(facts, book, say), chance.uniform(SHORTEST, LONGEST))
        cut = _enter(book, lines, total)
        total["cut"] += cut
        whole = number % 20 == 0 or number == rounds
        found = _ask(lambda say, whole=whole: say({"failures": look(operation, facts, book, whole)}))  # type: ignore[misc]
        failures += [f"第 {number} 轮：{f}" for f in (found[-1]["failures"] if found else ["核验没有做完"])]
        if number % 20 == 0:
            tell(f"  {number} 轮，办成 {total['acknowledged']}，中断 {total['cut']}，问题 {len(failures)}")
    seconds = round(time.monotonic() - begun, 1)
    return {"ok": not failures, "name": name, "rounds": rounds, **total, "failures": failures[:100], "seconds": seconds}


def look(operation: Operation, facts: Mapping[str, Any], book: dict[str, Any], whole: bool = True) -> list[str]:
    """The invariants, all of them or those the operation names, and what the operation itself must have left."""
    from gonghui.core import verify

    result = verify.run(() if whole else operation.invariants)
    found = [f"{c['id']} {f}" for c in result["checks"] if not c["ok"] for f in c["failures"]]
    return found + list(operation.check(facts, book))


def _enter(book: dict[str, Any], lines: list[dict[str, Any]], total: dict[str, int]) -> int:
    """Note what was begun and acknowledged; returns 1 when the last one begun was cut off."""
    for line in lines:
        kind, key = line["what"], str(line["key"])
        total["begun" if kind == "begun" else "acknowledged"] += 1
        book["begun" if kind == "begun" else "done"][key] = line
        book["start"] = max(book["start"], int(line["n"]) + 1)
    return int(bool(lines) and lines[-1]["what"] == "begun")


def _fork(work: Callable[[Say], Any]) -> tuple[int, int]:
    """A child that works and writes JSON lines; returns its process id and the reading end."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    code = 1
    try:
        os.close(reading)
        work(lambda line: _line(writing, line))
        code = 0
    except BaseException:
        traceback.print_exc()
    os._exit(code)


def _line(end: int, line: Mapping[str, Any]) -> None:
    raw = json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n"
    while raw:
        raw = raw[os.write(end, raw) :]


def _read(end: int) -> list[dict[str, Any]]:
    """Whole lines only: a line cut off by the kill was not acknowledged."""
    with os.fdopen(end, "rb") as pipe:
        return [json.loads(raw) for raw in pipe.read().split(b"\n")[:-1] if raw]


def _ask(work: Callable[[Say], Any]) -> list[dict[str, Any]]:
    """A child that is let finish."""
    pid, end = _fork(work)
    lines = _read(end)
    _pid, status = os.waitpid(pid, 0)
    if status:
        raise BadInput("drill.child", f"演练的子进程没有做完（{os.waitstatus_to_exitcode(status)}），详情见上面的输出。")
    return lines


def _killed(work: Callable[[Say], Any], seconds: float) -> list[dict[str, Any]]:
    """A child that is killed in the middle of its work, counted from its first word."""
    pid, end = _fork(work)
    select.select([end], [], [], PATIENCE)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return _read(end)
