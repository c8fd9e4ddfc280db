"""Backup, restore and the restore drill (备份、恢复、恢复演练). Source: assurance bar 35, OPS-01, T19, fault 46.

The archive holds the database snapshot, the files it names and a manifest; keys are never inside.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from gonghui import __version__
from gonghui.core import archive, audit, clock, dump, schema
from gonghui.core.archive import Damaged
from gonghui.core.errors import Conflict, Unavailable

MANIFEST = "manifest.json"
SAFE = re.compile(r"(db\.sqlite3|pg/[a-z0-9_]+\.copy|files/[0-9a-f]{2}/[0-9a-f]{62})")


def make(target: Path, *, passphrase: str | None = None) -> dict[str, Any]:
    """Write one backup (备份). The file appears under its name only when it is whole. Returns the manifest."""
    if target.exists():
        raise Conflict("core.backup_exists", f"{target} 已存在，备份不覆盖旧文件。请换一个文件名。")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gonghui-backup-", dir=target.parent) as scratch:
        folder = Path(scratch)
        manifest, parts = _collect(folder)
        writer = archive.Writer(target, passphrase)
        try:
            _pack(writer, manifest, parts)
            writer.finish()
        except BaseException:
            writer.drop()
            raise
    size = target.stat().st_size
    audit.append(
        "system:backup",
        "core.backup.made",
        data={"file": target.name, "bytes": size, "head": manifest["head"]["seq"], "files": len(manifest["files"])},
    )
    return {**manifest, "bytes": size}


def _collect(folder: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    facts = dump.take(folder)
    parts = {(p.name if p.name == dump.DATABASE else f"pg/{p.name}"): p for p in sorted(folder.iterdir()) if p.is_file()}
    for place, digest in facts["files"]:
        path = Path(settings.MEDIA_ROOT) / place
        if not path.exists() or archive.digest_of(path) != digest:
            raise Unavailable("core.backup_file_missing", f"附件 {place} 不见了或已被改动，没有备份。请先运行 gonghui verify 查看。")
        parts[f"files/{place}"] = path
    manifest = {
        "made": clock.now().isoformat(),
        "version": __version__,
        "engine": connection.vendor,
        "schema": schema.stamp(),
        "migrations": schema.applied(),
        "head": facts["head"],
        "counts": facts["counts"],
        "files": [place for place, _ in facts["files"]],
        "parts": {name: {"size": path.stat().st_size, "sha256": archive.digest_of(path)} for name, path in parts.items()},
    }
    return manifest, parts


def _pack(writer: archive.Writer, manifest: dict[str, Any], parts: dict[str, Path]) -> None:
    with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT, bufsize=archive.CHUNK) as tar:
        raw = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(raw)
        tar.addfile(info, io.BytesIO(raw))
        for name, path in parts.items():
            info = tarfile.TarInfo(name)
            info.size = int(manifest["parts"][name]["size"])
            with path.open("rb") as source:
                tar.addfile(info, source)


def unpack(source: Path, folder: Path, *, passphrase: str | None = None) -> dict[str, Any]:
    """Every part of a backup into `folder`, each checked against the manifest (解包并核对). Raises Damaged and key refusals."""
    if not source.exists():
        raise Unavailable("core.backup_not_found", f"没有找到备份文件 {source}。请核对路径。")
    with source.open("rb") as raw:
        reader = io.BufferedReader(archive.Reader(archive.plain_chunks(raw, passphrase)), archive.CHUNK)
        try:
            manifest = _members(reader, folder)
        except (tarfile.TarError, EOFError, UnicodeDecodeError, KeyError, ValueError) as fault:
            raise Damaged("内容读不懂") from fault
        while reader.read(archive.CHUNK):
            pass  # to the authenticated end: a cut file is found even behind the last member
    for name, said in manifest["parts"].items():
        path = folder / name
        if not path.exists():
            raise Damaged(f"缺少 {name}")
        if path.stat().st_size != said["size"] or archive.digest_of(path) != said["sha256"]:
            raise Damaged(f"{name} 与清单不符")
    return manifest


def _members(reader: Any, folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = {}
    with tarfile.open(fileobj=reader, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None:
                raise Damaged(f"{member.name[:60]} 不是普通文件")
            if member.name == MANIFEST:
                manifest = json.load(content)
            elif not SAFE.fullmatch(member.name) or member.name not in manifest.get("parts", {}):
                raise Damaged(f"有清单以外的内容 {member.name[:60]}")
            else:
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                    shutil.copyfileobj(content, out, archive.CHUNK)
    if not manifest:
        raise Damaged("没有清单")
    return manifest


def restore(source: Path, target: Path, *, passphrase: str | None = None) -> dict[str, Any]:
    """Restore into a data directory (恢复): all parts are checked before anything is put in place, `verify` runs afterwards.

    On SQLite the database becomes `target/gonghui.sqlite3`; on PostgreSQL the configured, empty, migrated database is filled.
    Nothing is overwritten. Raises Damaged, Conflict, Unavailable.
    """
    _free(target)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=target) as scratch:
        folder = Path(scratch)
        manifest = unpack(source, folder, passphrase=passphrase)
        if manifest["engine"] != connection.vendor:
            raise Conflict(
                "core.restore_other_engine",
                f"这份备份来自 {manifest['engine']}，现在的数据库是 {connection.vendor}。请换对应的数据库地址。",
            )
        if manifest["engine"] == "postgresql":
            dump.fill_postgresql(folder / "pg", manifest)
        if (folder / "files").exists():
            (folder / "files").replace(target / "files")
        if manifest["engine"] == "sqlite":
            (folder / dump.DATABASE).replace(database(target))
    return {**manifest, "verify": verify_at(target, manifest)}


def database(target: Path) -> Path:
    """Where a restored SQLite database lies."""
    return target / "gonghui.sqlite3"


def _free(target: Path) -> None:
    taken = [p.name for p in (database(target), target / "files") if p.exists() and not (p.is_dir() and not any(p.iterdir()))]
    if connection.vendor == "postgresql":
        taken = [name for name in taken if name != database(target).name]
    if taken:
        raise Conflict(
            "core.restore_not_empty", f"{target} 里已有 {'、'.join(taken)}，恢复不覆盖数据。请先改名移开，或用 --to 指到空目录。"
        )


def environment(target: Path, url: str | None = None) -> dict[str, str]:
    """Settings for a process that works on a restored copy; keys stay where they are."""
    where = url or (f"sqlite:///{database(target)}" if connection.vendor == "sqlite" else os.environ.get("GONGHUI_DATABASE_URL", ""))
    kept = {"GONGHUI_DATA_DIR": str(target), "GONGHUI_DATABASE_URL": where, "GONGHUI_KEY_FILE": str(settings.KEY_FILE)}
    return {**os.environ, **kept, "GONGHUI_SECRETS_DIR": str(settings.SECRETS_DIR), "DJANGO_SETTINGS_MODULE": "gonghui.settings"}


def verify_at(target: Path, manifest: dict[str, Any], url: str | None = None) -> dict[str, Any]:
    """Run `gonghui verify` on the copy and compare head and row counts with the manifest. Raises Damaged when they differ."""
    done = subprocess.run(
        [sys.executable, "-m", "django", "verify", "--json", "--facts"],
        env=environment(target, url),
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError as fault:
        raise Damaged(f"恢复后的库打不开：{done.stderr.strip()[-300:]}") from fault
    facts = said.pop("facts")
    if facts["head"] != manifest["head"]:
        raise Damaged(f"审计链头不符：备份时第 {manifest['head']['seq']} 条，恢复后第 {facts['head']['seq']} 条")
    if differing := sorted(t for t in {*manifest["counts"], *facts["counts"]} if manifest["counts"].get(t) != facts["counts"].get(t)):
        raise Damaged(f"{differing[0]} 等 {len(differing)} 张表的行数不符")
    return said


def drill(source: Path, *, passphrase: str | None = None) -> dict[str, Any]:
    """Restore into a scratch place, verify, compare, throw away, and record the minutes (恢复演练)."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gonghui-drill-") as scratch:
        target = Path(scratch) / "copy"
        if connection.vendor == "postgresql":
            result = _drill_postgresql(source, target, passphrase)
        else:
            result = restore(source, target, passphrase=passphrase)
    seconds = round(time.monotonic() - began, 1)
    failed = [c["id"] for c in result["verify"]["checks"] if not c["ok"]]
    facts = {
        "file": source.name,
        "minutes": round(seconds / 60, 2),
        "head": result["head"]["seq"],
        "rows": sum(result["counts"].values()),
        "failed": failed,
    }
    audit.append("system:backup", "core.backup.drilled", data=facts)
    return {"ok": not failed, "seconds": seconds, **facts}


def _drill_postgresql(source: Path, target: Path, passphrase: str | None) -> dict[str, Any]:
    """In a schema of its own, by a process that sees only that schema."""
    name = f"drill_{os.getpid()}_{int(time.time())}"
    base = os.environ["GONGHUI_DATABASE_URL"]
    url = base + ("&" if "?" in base else "?") + f"options=-csearch_path%3D{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{name}"')
    try:
        extra = [] if not passphrase else ["--passphrase-file", _passphrase_file(target.parent, passphrase)]
        env = environment(target, url)
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v", "0"], env=env, check=True, capture_output=True)
        command = [sys.executable, "-m", "django", "restore", str(source), "--to", str(target), "--json", *extra]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if not done.stdout:
            raise Damaged(done.stderr.strip()[-300:])
        result: dict[str, Any] = json.loads(done.stdout)
        return result
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{name}" CASCADE')


def _passphrase_file(folder: Path, passphrase: str) -> str:
    path = folder / "passphrase"
    path.write_text(passphrase, encoding="utf-8")
    path.chmod(0o600)
    return str(path)
