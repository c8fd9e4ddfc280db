"""Many at once, on both engines (并发测试): each job runs in a thread with a connection of its own. Needs the fixture `own_database`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, connections


def crowd(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Results of all jobs, started together; an exception stands for itself."""
    start, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def work(n: int, job: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(30)
            results[n] = job()
        except Exception as fault:
            results[n] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(n, job)) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
