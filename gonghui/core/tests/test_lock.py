"""What a crash, a full disk or a mutilated journal may do to the store: nothing that was acknowledged is lost (faults 1–3, 7–11, 21)."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from gonghui.core import audit
from gonghui.core.lock import FileLock
from gonghui.core.sqlite.base import affected
from gonghui.core.tests.site import Site

pytestmark = pytest.mark.engine_free
WRITE = """
import sys
from django.db import connection
from gonghui.core import audit
{setup}
for i in range({n}):
    try:
        entry = audit.append("system:w{who}", "core.test.done", data={{"i": i}})
        print(entry.seq, flush=True)
    except Exception as fault:
        print("failed", type(fault).__name__, flush=True)
        connection.close()
{end}
"""


def chain(database: Path) -> list[str]:
    """Faults of the chain in a file, read without Django; the file must be sound."""
    db = sqlite3.connect(database)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        prev, found = "0" * 64, []
        names = ", ".join(f'"{f}"' for f in (*audit.FIELDS, "hash"))
        for n, row in enumerate(db.execute(f"SELECT {names} FROM core_auditentry ORDER BY seq"), 1):
            entry = dict(zip((*audit.FIELDS, "hash"), row, strict=True))
            if entry["seq"] != n or entry["prev"] != prev:
                found.append(f"{n}")
            prev = entry["hash"]
        head = db.execute("SELECT seq, hash FROM core_audithead").fetchone()
        if head != (n, prev):
            found.append("head")
        return found
    finally:
        db.close()


def entries(database: Path) -> int:
    db = sqlite3.connect(database)
    try:
        return int(db.execute("SELECT count(*) FROM core_auditentry").fetchone()[0])
    finally:
        db.close()


@pytest.mark.fault(7)
def test_a_mutilated_journal_leaves_a_whole_prefix(site: Site, tmp_path: Path) -> None:
    before = entries(site.database)
    keep = "import os\nconnection.cursor().execute('PRAGMA wal_autocheckpoint=0')"
    site.code(WRITE.format(n=40, who=1, setup=keep, end="os._exit(0)"))
    wal = Path(str(site.database) + "-wal")
    raw, base, chance = wal.read_bytes(), site.database.read_bytes(), random.Random(7)
    seen = set()
    for n in range(300):
        data, at = bytearray(raw), chance.randrange(len(raw))
        if n % 3 == 0:
            del data[at:]
        elif n % 3 == 1:
            for _ in range(chance.randrange(1, 9)):
                data[chance.randrange(at, len(data))] ^= 1 << chance.randrange(8)
        else:
            data[at:] = chance.randbytes(len(data) - at)
        place = tmp_path / "m.sqlite3"
        for path in tmp_path.glob("m.sqlite3*"):
            path.unlink()
        place.write_bytes(base)
        Path(str(place) + "-wal").write_bytes(bytes(data))
        assert chain(place) == []
        seen.add(entries(place))
    assert min(seen) >= before and max(seen) <= before + 40 and len(seen) > 10


@pytest.mark.fault(8)
def test_a_damaged_page_refuses_the_start_and_offers_restore(site: Site) -> None:
    raw = bytearray(site.database.read_bytes())
    for at in range(8192, len(raw), 4096 * 3):
        raw[at : at + 64] = b"\xff" * 64
    site.database.write_bytes(bytes(raw))
    done = site.run("serve", "--port", "8132")
    assert done.returncode == 1 and ("core.database_damaged" in done.stderr or "malformed" in done.stderr)


@pytest.mark.fault(1, 2, 3)
@pytest.mark.invariant("AUD-03")
def test_what_was_acknowledged_survives_kill_9(site: Site) -> None:
    chance = random.Random(9)
    for _ in range(4):
        process = site.start(WRITE.format(n=100000, who=1, setup="", end=""))
        assert process.stdout is not None
        acked = [process.stdout.readline()]
        time.sleep(chance.uniform(0.05, 0.4))
        process.kill()
        acked += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        last = max(int(a) for a in acked if a.strip().isdigit() and a.endswith("\n"))
        assert last <= entries(site.database) and chain(site.database) == []


@pytest.mark.invariant("AUD-05")
def test_processes_that_write_at_once_make_one_line(site: Site) -> None:
    before = entries(site.database)
    writers = [site.start(WRITE.format(n=60, who=w, setup="", end="")) for w in range(4)]
    said = [w.communicate(timeout=60)[0] for w in writers]
    assert "failed" not in "".join(said) and entries(site.database) == before + 240 and chain(site.database) == []


@pytest.mark.fault(9, 10)
@pytest.mark.parametrize(("call", "error"), [("fdatasync", "EIO"), ("pwrite64", "ENOSPC")])
def test_a_failing_disk_is_told_and_nothing_told_is_lost(site: Site, call: str, error: str) -> None:
    strace = shutil.which("strace")
    assert strace, "这项测试要用 strace：apt-get install strace"
    prefix = (strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when=12..30")
    done = site.code(WRITE.format(n=30, who=1, setup="", end=""), prefix=prefix)
    lines = done.stdout.split("\n")
    told = [int(line) for line in lines if line.strip().isdigit()]
    assert any("failed" in line for line in lines), done.stderr[-500:]
    assert told and chain(site.database) == [] and entries(site.database) >= max(told)
    assert json.loads(site.run("verify", "--json", "--only", "AUD-01", "DB-01").stdout)["ok"]


@pytest.mark.fault(21)
def test_a_lock_held_too_long_is_refused_and_let_go_is_taken(tmp_path: Path) -> None:
    from gonghui.core.errors import Unavailable

    first, second = FileLock(tmp_path / "l", 5), FileLock(tmp_path / "l", 0.05)
    first.acquire()
    first.acquire()
    with pytest.raises(Unavailable) as refusal:
        second.acquire()
    assert refusal.value.code == "core.busy" and refusal.value.retry_after > 0
    first.release()
    assert first.held
    first.release()
    second.acquire()
    second.close()
    first.close()


@pytest.mark.fault(21)
def test_a_busy_store_gives_503_and_no_loss(site: Site) -> None:
    code = """
from django.test import Client
from django.db import connection
connection.settings_dict["OPTIONS"]["timeout"] = 0.2
from gonghui.core import audit
try:
    audit.append("system:x", "core.test.done")
    print("written")
except Exception as fault:
    from gonghui.core.middleware import translate
    print(translate(fault).status, translate(fault).retry_after)
"""
    holder = sqlite3.connect(site.database, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    busy = site.code(code).stdout
    holder.execute("ROLLBACK")
    holder.close()
    assert busy.split() == ["503", "5"] and site.code(code).stdout.strip() == "written" and chain(site.database) == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 40, 1), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((3, 44, 6), False),
        ((3, 44, 5), True),
        ((3, 50, 7), False),
        ((3, 6, 9), False),
    ],
)
def test_affected_versions(version: tuple[int, int, int], expected: bool) -> None:
    assert affected(version) is expected
