"""A small installation of its own for tests that need processes, files and crashes (测试用的小装置)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

CANARIES = ("13900007707", "110101199003070013")
HEAD = "import django; django.setup()\n"
FILL = f"""
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from gonghui.accounts.actor import Actor
from gonghui.core import audit
from gonghui.files import services as files
from gonghui.notices import services as notices
actor = Actor.system("fill")
with transaction.atomic():
    for i in range(30):
        audit.record(actor, "core.test.done", number=i)
    for i in range(12):
        phone = "{CANARIES[0]}" if i == 0 else f"1390000{{i:04}}"
        notices.sms_send(actor, phone=phone, template="notices.plain", params={{"text": "{CANARIES[1]}" if i == 0 else "您好"}})
    notices.notice_send(actor, kind="news", title="通知", persons=range(1, 21))
    files.file_store(actor, upload=SimpleUploadedFile("a.csv", "姓名,工种\\n甲,焊工\\n".encode()), purpose="test")
"""


class Site:
    """One data directory with database, files and keys."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("GONGHUI_")}
        self.env |= {
            "GONGHUI_TESTING": "1",
            "GONGHUI_DATA_DIR": str(folder),
            "GONGHUI_DATABASE_URL": url or f"sqlite:///{folder / 'gonghui.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "gonghui.settings",
            "PYTHONWARNINGS": "ignore",
        }

    @property
    def database(self) -> Path:
        return self.folder / "gonghui.sqlite3"

    def run(self, *args: str, prefix: tuple[str, ...] = (), **env: str) -> subprocess.CompletedProcess[str]:
        """A command of the platform."""
        command = [*prefix, sys.executable, "-m", "django", *args]
        return subprocess.run(command, env={**self.env, **env}, capture_output=True, text=True, check=False, timeout=300)

    def json(self, *args: str, **env: str) -> Any:
        """A command's JSON."""
        done = self.run(*args, "--json", **env)
        assert done.stdout, done.stderr[-2000:]
        return json.loads(done.stdout)

    def code(self, text: str, prefix: tuple[str, ...] = (), **env: str) -> subprocess.CompletedProcess[str]:
        """Python code with Django set up."""
        return subprocess.run(
            [*prefix, sys.executable, "-c", HEAD + text], env={**self.env, **env}, capture_output=True, text=True, check=False, timeout=120
        )

    def start(self, text: str) -> subprocess.Popen[str]:
        """Python code left running."""
        return subprocess.Popen(
            [sys.executable, "-u", "-c", HEAD + text], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def copy(self, folder: Path) -> Site:
        """Another site with the same content."""
        shutil.copytree(self.folder, folder)
        return Site(folder)


def build(folder: Path) -> Site:
    """A migrated and filled site."""
    made = Site(folder)
    done = made.run("migrate", "-v", "0")
    assert done.returncode == 0, done.stderr[-2000:]
    filled = made.code("from gonghui.core import crypto\ncrypto.service().create()\n" + FILL)
    assert filled.returncode == 0, filled.stderr[-2000:]
    return made
