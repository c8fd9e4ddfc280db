"""Backup and restore: whole, keyless, loud when damaged (OPS-01, T19, PRI-02, fault 46)."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from gonghui.core import archive, backup
from gonghui.core.errors import Refusal
from gonghui.core.tests.site import CANARIES, FILL, Site


def tiny(folder: Path, passphrase: str | None = None, size: int = 4000) -> Path:
    """A backup with one small part, without a database."""
    folder.mkdir()
    part = folder / "db.sqlite3"
    part.write_bytes(random.Random(7).randbytes(size))
    manifest = {"parts": {"db.sqlite3": {"size": size, "sha256": archive.digest_of(part)}}, "head": {}, "counts": {}}
    target = folder / "tiny.bak"
    writer = archive.Writer(target, passphrase)
    backup._pack(writer, manifest, {"db.sqlite3": part})
    writer.finish()
    return target


@pytest.mark.engine_free
@pytest.mark.fault(46)
@pytest.mark.bar(35)
def test_a_thousand_mutations_are_all_refused(tmp_path: Path) -> None:
    whole = tiny(tmp_path / "a")
    raw, chance = whole.read_bytes(), random.Random(46)
    backup.unpack(whole, tmp_path / "ok")
    survived, bad = [], tmp_path / "bad.bak"
    for n in range(1000):
        at = chance.randrange(len(raw))
        kind = n % 4
        if kind == 0:
            data = raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
        elif kind == 1:
            data = raw[:at]
        elif kind == 2:
            data = raw[:at] + raw[at + chance.randrange(1, 64) :]
        else:
            data = raw + chance.randbytes(chance.randrange(1, 64))
        bad.write_bytes(data)
        try:
            backup.unpack(bad, tmp_path / f"x{n}")
            survived.append(n)
        except Refusal as refusal:
            assert refusal.code.startswith(("core.backup_", "core.key_"))
    assert survived == []


@pytest.mark.engine_free
@pytest.mark.fault(46)
def test_swapped_chunks_and_a_wrong_passphrase_are_refused(tmp_path: Path) -> None:
    whole = tiny(tmp_path / "a", "orchid lantern 42", size=3 * archive.CHUNK)
    raw = whole.read_bytes()
    start = raw.index(b"}") + 1 + 7
    piece = archive.CHUNK + 16
    swapped = tmp_path / "swapped.bak"
    swapped.write_bytes(raw[:start] + raw[start + piece : start + 2 * piece] + raw[start : start + piece] + raw[start + 2 * piece :])
    for path, secret in ((swapped, "orchid lantern 42"), (whole, "orchid lantern 43"), (whole, None)):
        with pytest.raises(Refusal):
            backup.unpack(path, tmp_path / f"y{secret}{path.name}", passphrase=secret)
    assert backup.unpack(whole, tmp_path / "z", passphrase="orchid lantern 42")["parts"]


@pytest.mark.engine_free
def test_a_part_the_manifest_does_not_know_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "p").write_bytes(b"x")
    for name in ("../evil", "db.sqlite3", "/etc/x"):
        writer = archive.Writer(folder / "t.bak", None)
        backup._pack(writer, {"parts": {name: {"size": 1, "sha256": "0" * 64}} if name.startswith(".") else {"files/x": {"size": 1}}}, {})
        writer.finish()
        with pytest.raises(Refusal):
            backup.unpack(folder / "t.bak", tmp_path / ("o" + str(len(name))))
        (folder / "t.bak").unlink()


@pytest.mark.engine_free
@pytest.mark.invariant("OPS-01", "PRI-02")
@pytest.mark.bar(35)
def test_backup_restore_and_drill_of_a_whole_site(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "gonghui.bak"
    made = site.json("backup", str(target))
    assert made["counts"]["core_auditentry"] == 31 and made["files"] and target.stat().st_size == made["bytes"]
    raw = target.read_bytes()
    assert not any(c.encode() in raw for c in CANARIES)

    drilled = site.json("restore", str(target), "--drill")
    assert drilled["ok"] and drilled["minutes"] >= 0 and drilled["failed"] == [] and drilled["head"] == made["head"]["seq"]

    new = tmp_path / "new"
    restored = site.json("restore", str(target), "--to", str(new))
    assert restored["ok"] and restored["head"] == made["head"] and restored["counts"] == made["counts"]
    # T19: the restored database and files without their keys hold no canary in clear
    plain = b"".join(p.read_bytes() for p in new.rglob("*") if p.is_file())
    assert not any(c.encode() in plain for c in CANARIES) and "焊工".encode() in plain
    refused = site.run("restore", str(target), "--to", str(new))
    assert refused.returncode == 1 and "core.restore_not_empty" in refused.stderr
    assert site.run("backup", str(target)).returncode == 1  # never overwritten


@pytest.mark.engine_free
@pytest.mark.invariant("OPS-01")
def test_a_backup_without_its_keys_does_not_open(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "a.bak"
    site.json("backup", str(target))
    (site.folder / "secrets" / "keys.json").unlink()
    done = site.run("restore", str(target), "--to", str(tmp_path / "new"))
    assert done.returncode == 1 and "core.key_" in done.stderr and not (tmp_path / "new" / "gonghui.sqlite3").exists()


@pytest.mark.engine_free
@pytest.mark.fault(47)
@pytest.mark.invariant("AUD-07")
def test_an_older_backup_put_back_is_noticed_by_the_published_heads(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "a.bak"
    site.json("backup", str(target))
    more = "from gonghui.core import audit, heads\naudit.append('system:x', 'core.test.done')\nheads.publish()\n"
    assert site.code(more).returncode == 0
    site.json("restore", str(target), "--to", str(tmp_path / "new"))
    (tmp_path / "new" / "audit-heads.jsonl").write_bytes((site.folder / "audit-heads.jsonl").read_bytes())
    old = Site(tmp_path / "new")
    old.env |= {"GONGHUI_KEY_FILE": str(site.folder / "secrets" / "keys.json")}
    said = json.loads(old.run("verify", "--json", "--only", "AUD-07").stdout)
    assert not said["ok"] and "截断或恢复" in said["checks"][0]["failures"][0]


@pytest.mark.engine_free
def test_a_missing_attachment_stops_the_backup(site: Site, tmp_path: Path) -> None:
    next(p for p in (site.folder / "files").rglob("*") if p.is_file()).unlink()
    done = site.run("backup", str(tmp_path / "a.bak"))
    assert done.returncode == 1 and "core.backup_file_missing" in done.stderr and list(tmp_path.glob("a.bak*")) == []


@pytest.mark.invariant("OPS-01")
@pytest.mark.skipif(
    os.environ.get("GONGHUI_TEST_ENGINE") != "postgresql", reason="the same on PostgreSQL, run with GONGHUI_TEST_ENGINE=postgresql"
)
def test_backup_restore_and_drill_on_postgresql(tmp_path: Path) -> None:
    base = os.environ["GONGHUI_DATABASE_URL"]
    sites = {}
    for name in ("one", "two"):
        url = base + ("&" if "?" in base else "?") + f"options=-csearch_path%3Dbackup_{name}"
        sites[name] = Site(tmp_path / name, url)
        made = sites[name].code(
            f"from django.db import connection\nconnection.cursor().execute('DROP SCHEMA IF EXISTS backup_{name} CASCADE')\nconnection.cursor().execute('CREATE SCHEMA backup_{name}')"
        )
        assert made.returncode == 0, made.stderr[-2000:]
        done = sites[name].run("migrate", "-v", "0")
        assert done.returncode == 0, done.stderr[-2000:]
    one, two = sites["one"], sites["two"]
    filled = one.code("from gonghui.core import crypto\ncrypto.service().create()\n" + FILL)
    assert filled.returncode == 0, filled.stderr[-2000:]
    target = tmp_path / "pg.bak"
    made = one.json("backup", str(target))
    drilled = one.json("restore", str(target), "--drill")
    assert drilled["ok"] and drilled["head"] == made["head"]["seq"], drilled
    two.env["GONGHUI_KEY_FILE"] = str(one.folder / "secrets" / "keys.json")
    restored = two.json("restore", str(target), "--to", str(tmp_path / "new"))
    assert restored["ok"] and restored["head"] == made["head"] and restored["counts"] == made["counts"]
    assert two.run("restore", str(target), "--to", str(tmp_path / "new2")).returncode == 1  # not empty any more
    more = two.code(
        "from gonghui.core import audit\nprint(audit.append('system:x', 'core.test.done').seq)\nfrom gonghui.notices.models import Notice\nfrom gonghui.core import clock\nprint(Notice.objects.create(kind='news', title='x', person_id=1, created_at=clock.now()).pk)"
    )
    assert more.stdout.split()[0] == str(made["head"]["seq"] + 1) and int(more.stdout.split()[1]) > 20, more.stderr[-800:]
    assert two.json("verify", "--only", "AUD-01", "AUD-02")["ok"]  # the triggers are on again
    for name, site in sites.items():
        site.code(f"from django.db import connection\nconnection.cursor().execute('DROP SCHEMA backup_{name} CASCADE')")
