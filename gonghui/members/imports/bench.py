"""Bench of the roster import (花名册导入测速): the whole way of a workbook against a raw insert of the same rows.

A database of its own is built beside the configured one: `base` persons with labour relation and membership. The import
runs in a fresh process, so its memory is its own. Floor: the rows it wrote, inserted again by plain `executemany`/`COPY` into
a copy of the same database, in one durable transaction.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, transaction

from gonghui.accounts.actor import Actor
from gonghui.core import bench, bulk, clock, crypto
from gonghui.files.imports import services
from gonghui.members.imports import writing
from gonghui.members.models import Employment, Membership
from gonghui.people import rules

EMPLOYERS = 400
HEAD = (
    "姓名", "证件种类", "证件号码", "性别", "出生日期", "民族", "学历", "政治面貌", "手机号", "户籍地", "是否农民工", "八大群体", "单位编号", "工会代码", "岗位", "用工形式", "入职日期",
    "是否会员", "入会日期",
)  # fmt: skip
ROLL = ("union_id", "key", "day", "n")
AS_OF = date(2026, 11, 1)
KNOWN_SHARE = 0.05
Made = dict[str, Any]


def run(rows: int = 200_000, base: int = 1_000_000, keep: str = "") -> list[dict[str, Any]]:
    """Measure. Args: rows of the workbook; base: persons in the database before; keep: folder to work in."""
    rows, base = int(rows), int(base)
    with tempfile.TemporaryDirectory(prefix="gonghui-bench-") as spare:
        folder = Path(keep or spare)
        crypto.service().create()
        with _database(folder):
            places = _register()
            people = _people(rows, places)
            _say(f"写工作簿 {rows:,} 行")
            book = _workbook(folder / "roster.xlsx", people)
            _say(f"铺底 {base:,} 人")
            _base(base, places)
            known = people[: int(rows * KNOWN_SHARE)]
            services.import_run(
                actor=Actor.system("bench"),
                kind="roster",
                content=_workbook(folder / "known.xlsx", known).read_bytes(),
                name="known.xlsx",
                org_path="",
                as_of=AS_OF,
            )
            return _measure(folder, book, rows)


def _measure(folder: Path, book: Path, rows: int) -> list[dict[str, Any]]:
    before = {m: _last(m) for m in _tables()}
    copy = _copy(folder)
    _say("导入")
    told = _import_apart(book)
    _say("取出写下的行")
    written = {m: _rows_after(m, last) for m, last in before.items()}
    rolls = _rolls_written(copy)
    with _use(copy):
        _say("下限")
        floor = _floor(written, [])
        more = _floor_rolls(rolls)
    engine = connection.vendor
    value = told["seconds"]
    head = {"engine": engine, "unit": "s", "n": rows, "peak_mib": told["peak_mib"]}
    return [
        {
            "name": "roster",
            **head,
            "value": round(value, 2),
            "floor": round(floor + more, 2),
            "ratio": round(value / (floor + more), 2),
            "rolls": len(rolls),
            "counts": told["counts"],
            "parts": told["parts"],
        },
        {"name": "roster.records_only", **head, "value": round(value, 2), "floor": round(floor, 2), "ratio": round(value / floor, 2)},
    ]


def step(file: str = "") -> dict[str, Any]:
    """The import itself, called in a process of its own by `run`."""
    content = Path(file).read_bytes()
    parts: dict[str, float] = {}
    with _timed(parts):
        begun = time.perf_counter()
        done = services.import_run(
            actor=Actor.system("bench"), kind="roster", content=content, name="roster.xlsx", org_path="", as_of=AS_OF
        )
        seconds = time.perf_counter() - begun
    counts = {k: done[k] for k in ("rows", "created", "updated", "unchanged", "rejected")}
    return {
        "name": "roster.step",
        "engine": connection.vendor,
        "value": seconds,
        "unit": "s",
        "floor": None,
        "ratio": None,
        "n": done["rows"],
        "seconds": seconds,
        "counts": counts,
        "peak_mib": bench.peak_mib(),
        "parts": parts,
    }


@contextmanager
def _timed(parts: dict[str, float]) -> Iterator[None]:
    """Where the time goes: seconds by stage."""
    from gonghui.figures.services import frames
    from gonghui.files.imports import pipeline, reading, vault
    from gonghui.files.imports.services import checking
    from gonghui.members.imports import matching, planning
    from gonghui.members.services import folding

    places = [
        (reading, "read"), (pipeline, "prepare"), (pipeline, "judge"), (matching, "blind_columns"), (matching, "by_document"), (planning.Planner, "_existing"), (bulk, "reserve_ids"), (bulk, "insert"),
        (writing, "person_rows"), (frames, "post_frame"), (vault, "put"), (vault, "keep"), (folding, "refolded"), (writing, "write"), (checking, "store_waiting"),
    ]  # fmt: skip
    saved = []
    for owner, name in places:
        real = getattr(owner, name)
        saved.append((owner, name, real))

        def timed(*args: Any, _real: Any = real, _name: str = name, **kwargs: Any) -> Any:
            begun = time.perf_counter()
            try:
                return _real(*args, **kwargs)
            finally:
                parts[_name] = round(parts.get(_name, 0.0) + time.perf_counter() - begun, 3)

        setattr(owner, name, timed)
    try:
        yield
    finally:
        for owner, name, real in saved:
            setattr(owner, name, real)


def _import_apart(book: Path) -> Made:
    """In a fresh process on the same database."""
    env = {**os.environ, "GONGHUI_DATABASE_URL": _url()}
    done = subprocess.run(
        [sys.executable, "-m", "django", "bench", "roster-step", "--set", f"file={book}", "--json", "--settings", "gonghui.settings"],
        env=env,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    told: Made = json.loads(done.stdout)[0]
    return told


# -- data ----------------------------------------------------------------------------------------------------------


def _register() -> list[tuple[int, str, int, str]]:
    """(employer id, code, union id, union code): a city, ten townships, enterprises with their own unions."""
    from gonghui.orgs import services as orgs

    actor, old = Actor.system("bench"), date(2010, 1, 1)
    root = orgs.union_build(actor=actor, parent=None, kind="city", name="测速市总工会", founded_on=old)
    towns = [orgs.union_build(actor=actor, parent=root, kind="township", name=f"第 {i} 镇工会", founded_on=old) for i in range(10)]
    made = []
    for i in range(EMPLOYERS):
        town = towns[i % 10]
        firm = orgs.employer_register(actor=actor, union=town, name=f"测速 {i} 厂", headcount=500, opened_on=old, listed_on=old)
        union = orgs.union_build(
            actor=actor, parent=town, kind="enterprise", name=f"测速 {i} 厂工会", employer=firm, mode="single", founded_on=old
        )
        made.append((firm.pk, firm.code, union.pk, union.code))
    return made


def _people(rows: int, places: list[tuple[int, str, int, str]]) -> list[tuple[str, ...]]:
    """Roster rows, different people, hired and joined over fourteen years."""
    chance = random.Random(11)  # noqa: S311  # test data
    out: list[tuple[str, ...]] = []
    for n in range(rows):
        born = date(1964, 1, 1) + timedelta(days=n % 15_000)
        first17 = f"{990100 + n // 15_000 % 90:06d}{born:%Y%m%d}{n % 997:03d}"
        hired = date(2012, 1, 1) + timedelta(days=chance.randrange(5_000))
        firm = places[chance.randrange(len(places))]
        out.append((
            "赵钱孙李周吴郑王"[n % 8] + chr(0x4E00 + n % 4000) + chr(0x5000 + n // 4000), "居民身份证", first17 + rules.check_digit(first17), "男" if int(first17[16]) % 2 else "女", born.isoformat(),
            "汉族" if n % 15 else "回族", ("初中", "高中", "大学专科", "大学本科")[n % 4], "群众", f"1{30 + n % 60}{n:08d}", "379901", "是" if n % 4 else "否", "快递员" if n % 30 == 0 else "",
            firm[1], firm[3], ("操作工", "质检员", "司机")[n % 3], "合同制" if n % 12 else "季节工", hired.isoformat(), "是" if n % 12 else "否",
            (hired + timedelta(days=chance.randrange(45))).isoformat() if n % 12 else "",
        ))  # fmt: skip
    return out


def _workbook(path: Path, people: list[tuple[str, ...]]) -> Path:
    with xlsxwriter.Workbook(
        path, {"constant_memory": True, "strings_to_numbers": False, "strings_to_urls": False, "strings_to_formulas": False}
    ) as book:
        sheet = book.add_worksheet("表1")
        sheet.write_row(0, 0, HEAD)
        for n, row in enumerate(people, 1):
            for c, value in enumerate(row):
                if value:
                    sheet.write_string(n, c, value)
    return path


def _base(count: int, places: list[tuple[int, str, int, str]]) -> None:
    """Persons that have nothing to do with the workbook, with labour relation and membership, so that every index is as large as in life."""
    person = apps.get_model("people", "Person")
    pg, now, chance = connection.vendor == "postgresql", writing.stamp(), random.Random(5)  # noqa: S311  # test data
    for start in range(0, count, 100_000):
        size = min(100_000, count - start)
        with transaction.atomic():
            ids = list(bulk.reserve_ids(person, size))
            false = False if pg else 0
            bulk.insert(person, writing.PERSON_FIELDS, [
                (i, f"底{i % 90_000}", "1", "1980-01-01", "resident", "ok", os.urandom(52), os.urandom(16), "9901**********0017", os.urandom(45), os.urandom(16), "138****0000", "01", "60", "13", "379901", false, "", None, now, "底册")
                for i in ids
            ])  # fmt: skip
            where = [places[chance.randrange(len(places))] for _ in ids]
            jobs = bulk.reserve_ids(Employment, size)
            bulk.insert(
                Employment,
                writing.JOB_FIELDS,
                [(j, i, w[0], "regular", "操作工", "", "", "2015-01-01", None, "底册") for j, i, w in zip(jobs, ids, where, strict=True)],
            )
            spells = bulk.reserve_ids(Membership, size)
            bulk.insert(
                Membership,
                writing.SPELL_FIELDS,
                [
                    (s, i, w[2], None, "active", "2015-02-01", None, "", "2015-02-01", "import", "", false)
                    for s, i, w in zip(spells, ids, where, strict=True)
                ],
            )


# -- floor ---------------------------------------------------------------------------------------------------------


def _tables() -> dict[Any, tuple[str, ...]]:
    return {apps.get_model("people", "Person"): writing.PERSON_FIELDS, Employment: writing.JOB_FIELDS, Membership: writing.SPELL_FIELDS}


def _last(model: Any) -> int:
    return int(model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _rows_after(model: Any, last: int) -> list[tuple[Any, ...]]:
    fields = ", ".join(f'"{f}"' for f in _tables()[model])
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {fields} FROM "{model._meta.db_table}" WHERE id > %s ORDER BY id', [last])  # noqa: S608  # own names
        return [tuple(_plain(v) for v in row) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    if connection.vendor == "postgresql":
        return bytes(value) if isinstance(value, memoryview) else value
    return str(value) if hasattr(value, "isoformat") else value


def _rolls_written(copy: str) -> list[tuple[int, str, str, int]]:
    """Rows of the roll-ups that are new or larger than in the copy."""
    after = _all_rolls()
    with _use(copy):
        before = _all_rolls()
    return [(*k, n - before.get(k, 0)) for k, n in sorted(after.items()) if n != before.get(k, 0)]


def _all_rolls() -> dict[tuple[int, str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT union_id, key, day, n FROM figures_roll")
        return {(u, k, str(d)): n for u, k, d, n in cursor.fetchall()}


def _floor(written: dict[Any, list[tuple[Any, ...]]], _none: list[Any]) -> float:
    begun = time.perf_counter()
    with transaction.atomic():
        for model, rows in written.items():
            bulk.insert(model, _tables()[model], rows)
    return time.perf_counter() - begun


def _floor_rolls(rolls: list[tuple[int, str, str, int]]) -> float:
    roll = apps.get_model("figures", "Roll")
    begun = time.perf_counter()
    with transaction.atomic():
        bulk.upsert(roll, ROLL, rolls, key=("union_id", "key", "day"), add=("n",))
    return time.perf_counter() - begun


# -- databases -----------------------------------------------------------------------------------------------------


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    """An empty migrated database of the configured engine."""
    with _use(str(folder / "base.sqlite3") if connection.vendor == "sqlite" else _create("gonghui_bench_base")):
        call_command("migrate", verbosity=0)
        yield


@contextmanager
def _use(name: str) -> Iterator[None]:
    held = connections["default"].settings_dict["NAME"]
    connection.close()
    connection._file_lock = None  # type: ignore[attr-defined]  # the SQLite backend of the kernel
    connections["default"].settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection._file_lock = None  # type: ignore[attr-defined]  # the SQLite backend of the kernel
        connections["default"].settings_dict["NAME"] = held


def _copy(folder: Path) -> str:
    """The same database once more."""
    name = str(connections["default"].settings_dict["NAME"])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        target = str(folder / "floor.sqlite3")
        shutil.copyfile(name, target)
        return target
    connection.close()
    return _create("gonghui_bench_floor", name)


def _create(name: str, template: str = "template0") -> str:
    import psycopg

    s = connections["default"].settings_dict
    with psycopg.connect(
        dbname="postgres", user=s["USER"], password=s["PASSWORD"], host=s["HOST"] or None, port=s["PORT"] or None, autocommit=True
    ) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def _url() -> str:
    s = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{s['NAME']}"
    return f"postgresql://{s['USER']}:{s['PASSWORD']}@/{s['NAME']}?host={s['HOST']}" + (f"&port={s['PORT']}" if s["PORT"] else "")


def _say(text: str) -> None:
    sys.stderr.write(f"{clock.now():%H:%M:%S} {text}\n")


def register() -> None:
    """Called from `MembersConfig.ready()`."""
    bench.register("roster", run)
    bench.register("roster-step", step)
