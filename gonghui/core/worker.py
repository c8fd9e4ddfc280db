"""The loop beside the web (后台进程): timed work, jobs, outboxes; stops at the end of a job when asked."""

from __future__ import annotations

import logging
import threading
import time

from django.db import Error, close_old_connections, connection

from gonghui.core import jobs, schema, serving

log = logging.getLogger(__name__)
IDLE, TICK, SCHEMA = 0.5, 15.0, 60.0
REST = 5.0


class Worker:
    """Runs until `stop` is set, the parent is gone, or the schema is not ours any more (fault 39)."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()
        self._ticked = self._looked = -1e9

    def run(self) -> int:
        """The loop. Returns how many jobs were run."""
        count = 0
        while not self.stop.is_set() and not serving.orphaned():
            try:
                done = self.round()
                count += done
            except Error:
                log.exception("the store does not answer; resting")
                connection.close()
                self.stop.wait(REST)
                continue
            close_old_connections()
            if not done:
                self.stop.wait(IDLE)
        return count

    def round(self) -> int:
        """One round: timed work when it is time, one job, one turn of every outbox."""
        now = time.monotonic()
        if now - self._looked >= SCHEMA:
            schema.require()
            self._looked = now
        if now - self._ticked >= TICK:
            jobs.tick()
            self._ticked = now
        done = 1 if jobs.run_one() is not None else 0
        return done + jobs.run_pumps()
