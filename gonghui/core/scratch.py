"""A place to try what commits (试验场): a process of its own, whose data directory and database are fresh and thrown away after it.

Benches and drills go there, so that an installation's own data is never touched.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from gonghui.core.errors import BadInput

MARK = "SCRATCH"
"""A file in the data directory: what is here may be thrown away."""


def here() -> bool:
    """Is this process in such a place?"""
    return (Path(os.environ.get("GONGHUI_DATA_DIR", "")) / MARK).exists()


def command(*words: str, engine: str = "") -> str:
    """What `gonghui WORDS` prints there; its error output passes through.

    Args: engine: "sqlite" for a file whatever this installation uses; else the same engine, on PostgreSQL the same server.
    Raises: BadInput core.scratch_broken with the exit code.
    """
    with tempfile.TemporaryDirectory(prefix="gonghui-scratch-") as folder, _database(folder, engine or connection.vendor) as url:
        (Path(folder) / MARK).touch()
        env = {k: v for k, v in os.environ.items() if not k.startswith("GONGHUI_")}
        env |= {"GONGHUI_DATA_DIR": folder, "GONGHUI_DATABASE_URL": url, "GONGHUI_SECURE": "0", "GONGHUI_TESTING": "1"}
        done = _run(words, env)
    if done.returncode and not done.stdout.strip():
        raise BadInput("core.scratch_broken", f"{' '.join(words[:2])} 没有做完，退出码 {done.returncode}，详情见上面的输出。")
    return done.stdout


def _run(words: tuple[str, ...], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gonghui.cli", *words], env=env, stdout=subprocess.PIPE, text=True, check=False)


@contextmanager
def _database(folder: str, engine: str) -> Iterator[str]:
    """The address of a database of its own."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/gonghui.sqlite3"
        return
    name = f"gonghui_scratch_{os.getpid()}"
    parts = urlsplit(os.environ.get("GONGHUI_DATABASE_URL", ""))
    with connection._nodb_cursor() as cursor:  # Django's own way to the maintenance database
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


__all__ = ["MARK", "command", "here"]
