"""One writer at a time on SQLite (文件锁, assurance F1).

SQLite before 3.51.3 can corrupt a WAL database when two connections race around a WAL reset. On such a version every
write transaction holds one OS file lock, so commit, auto-checkpoint and close-checkpoint never overlap. The lock is
taken by the database backend `gonghui.core.sqlite` around BEGIN IMMEDIATE … COMMIT/ROLLBACK.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from gonghui.core.errors import Unavailable

try:
    import fcntl
except ImportError:  # Windows: msvcrt locks the first byte instead.
    fcntl = None  # type: ignore[assignment]  # the module exists on POSIX only


class FileLock:
    """An advisory lock on `<database>.lock`; re-entrant within one connection; waits at most `timeout` seconds."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.path, self.timeout, self._fd, self._depth = path, timeout, -1, 0

    @property
    def held(self) -> bool:
        return self._depth > 0

    def acquire(self) -> None:
        if self._depth == 0:
            self._wait()
        self._depth += 1

    def release(self) -> None:
        if self._depth == 0:
            return
        self._depth -= 1
        if self._depth == 0:
            self._unlock()

    def close_depth(self) -> None:
        """Let go however deep: the transaction has ended."""
        if self._depth:
            self._depth = 0
            self._unlock()

    def close(self) -> None:
        if self._depth:
            self._depth = 0
            self._unlock()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _wait(self) -> None:
        if self._fd < 0:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline, pause = time.monotonic() + self.timeout, 0.0002
        while not self._try():
            if time.monotonic() > deadline:
                raise Unavailable("core.busy", "数据库正在写入，等待超时。您填的内容没有丢，请过几秒再试一次。")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)

    def _try(self) -> bool:
        try:
            if fcntl is not None:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                import msvcrt

                msvcrt.locking(self._fd, msvcrt.LK_NBLCK, 1)  # Windows only
        except OSError:
            return False
        return True

    def _unlock(self) -> None:
        if fcntl is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
        else:
            import msvcrt

            os.lseek(self._fd, 0, os.SEEK_SET)
            msvcrt.locking(self._fd, msvcrt.LK_UNLCK, 1)  # Windows only
