"""Web processes killed in the rush (强杀演练): what was acknowledged stands, no place leaks, nobody has two."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gonghui.booking.bench import ground
from gonghui.booking.models import Session

Drive = Callable[[list[tuple[str, str]]], dict[str, Any]]
SETTLE = 6.0
"""Seconds between two kills: the web server takes a second death within 5.5 s for a crash loop, and ends."""
FIRST, LAST = 0.05, 0.9
"""A kill falls between these shares of the time an undisturbed rush takes."""


@dataclass
class Kills:
    """What the rounds came to."""

    rounds: int = 0
    killed: int = 0
    cut: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def run(
    made: dict[str, Any], drive: Drive, processes: Callable[[], Sequence[int]], faults: Callable[[Session, dict[str, Any], int], list[str]],
    *, rounds: int, members: int, places: int, workers: int, seed: int,
) -> Kills:  # fmt: skip
    """So many rushes; in each, one web process gets SIGKILL at a random moment. A request that was cut off is sent again with its key.

    `drive` sends requests and answers what came back, `processes` names the web processes now, `faults` looks at the database.
    """
    chance, found = random.Random(seed), Kills()  # noqa: S311  # a drill, repeatable by its seed
    calm = _rush(made, drive, members, places, "calm")[1]["seconds"]
    for n in range(rounds):
        pid = chance.choice(_all_back(processes, workers))
        timer = threading.Timer(calm * chance.uniform(FIRST, LAST), _kill, (pid,))
        timer.start()
        session, answers = _rush(made, drive, members, places, f"k{n}")
        timer.join()
        told = Counter(answers["statuses"])
        found.rounds, found.killed, found.cut = found.rounds + 1, found.killed + 1, found.cut + bool(told["lost"])
        answers["statuses"] = {k: v for k, v in told.items() if k not in {"lost", "503 again"}}
        found.statuses += told
        found.faults += [f"第 {n + 1} 轮：{fault}" for fault in faults(session, answers, places)]
    return found


def _rush(made: dict[str, Any], drive: Drive, members: int, places: int, keys: str) -> tuple[Session, dict[str, Any]]:
    session = ground.session(made["union"], places, shares=(("first_time", places // 5),))
    asks = ground.requests(
        session, made["persons"][:members], f"{keys}-{session.pk}", year=10_000
    )  # no round uses up the next one's rights
    return session, drive(asks)


def _all_back(processes: Callable[[], Sequence[int]], workers: int) -> list[int]:
    """The web processes, once the killed one is back."""
    time.sleep(SETTLE)
    end = time.monotonic() + 30
    while len(found := sorted(processes())) < workers and time.monotonic() < end:
        time.sleep(0.2)
    return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
