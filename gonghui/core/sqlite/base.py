"""SQLite with one OS file lock around every write transaction (see `core.lock`)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from gonghui.core.lock import FileLock

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|VACUUM|REINDEX)\b", re.IGNORECASE)
BACKPORTS = ((3, 44, 6), (3, 50, 7))


def affected(version: tuple[int, int, int] | None = None) -> bool:
    """Is this SQLite inside the range of the WAL-reset fault (3.7.0–3.51.2, fixed in 3.44.6 and 3.50.7)?"""
    v = version or sqlite3.sqlite_version_info[:3]
    if v >= (3, 51, 3) or v < (3, 7, 0):
        return False
    return not any(v[:2] == b[:2] and v >= b for b in BACKPORTS)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite backend whose transactions hold `<database>.lock`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file_lock: FileLock | None = None

    @property
    def file_lock(self) -> FileLock | None:
        name = str(self.settings_dict["NAME"])
        if self.settings_dict["OPTIONS"].get("file_lock") == "never" or ":memory:" in name or "mode=memory" in name:
            return None
        if self._file_lock is None:
            timeout = float(self.settings_dict["OPTIONS"].get("timeout", 5.0))
            self._file_lock = FileLock(Path(name + ".lock"), timeout)
        return self._file_lock

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.file_lock is not None and self._locked_execute not in self.execute_wrappers:
            self.execute_wrappers.append(self._locked_execute)

    def _locked_execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A lone write statement is a transaction of its own and holds the lock for as long."""
        lock = self.file_lock
        if lock is None or lock.held or not WRITES.match(sql):
            return execute(sql, params, many, context)
        lock.acquire()
        try:
            return execute(sql, params, many, context)
        finally:
            lock.release()

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.pop("file_lock", None)
        return params

    def _start_transaction_under_autocommit(self) -> None:
        lock = self.file_lock
        if lock is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # private in Django, absent from its stubs
            return
        lock.acquire()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # private in Django, absent from its stubs
        except BaseException:
            lock.release()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]  # private in Django, absent from its stubs
        finally:
            self._release()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]  # private in Django, absent from its stubs
        finally:
            self._release()

    def close(self) -> None:
        lock = self._file_lock
        if lock is None or self.connection is None or self.in_atomic_block:
            super().close()
            return
        lock.acquire()  # closing the last connection checkpoints the WAL
        try:
            super().close()
        finally:
            lock.close()

    def _release(self) -> None:
        if self._file_lock is not None and self._file_lock.held and not self.in_atomic_block:
            self._file_lock.close_depth()
