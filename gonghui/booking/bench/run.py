"""What is measured (测什么): floor, rate of bookings that all succeed, the rush, polls. Everything over HTTP, durable commits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.models import Count, F

from gonghui.booking.bench import ground
from gonghui.booking.bench import kills as killing
from gonghui.booking.models import Booking, Claim, Quota, Session
from gonghui.core import bench
from gonghui.core.management.commands.serve import threads_for

CONNECTIONS, WORKERS = 256, 2
FLOORS = ("noop", "bare", "view")
"""Requests that do nothing: at the door, in Django without middleware, behind the platform's middleware (bench/server.py). The last is the
no-op request of this server, and the floor of the bar; the others are told beside it."""
BAR_RATIO, BAR_SECONDS, BAR_P99 = 0.4, 10.0, 1000.0


def run(
    rows: int | str = 20_000, places: int | str = 4_000, port: int | str = 8350, connections: int | str = CONNECTIONS,
    threads: int | str = 0, workers: int | str = WORKERS, polls: int | str = 20_000, times: int | str = 1,
    template: str = "", kills: int | str = 0, seed: int | str = 1,
) -> list[dict[str, Any]]:  # fmt: skip
    """Options: rows members, places in the rush, connections, threads and workers of the server, polls, times repeated;
    template a migrated SQLite file to copy; kills rounds in which a web process is killed in the rush, with a seed."""
    setting = {
        k: int(v)
        for k, v in (
            ("port", port),
            ("connections", connections),
            ("threads", int(threads) or threads_for(int(workers))),
            ("workers", workers),
        )
    }
    out: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="gonghui-bench-", dir=_folder()) as name, _database(Path(name)):
        if template:
            shutil.copyfile(template, database_name())
        ground.prepare(migrated=bool(template))
        made = ground.build(int(rows))
        with _server(**setting):
            for _ in range(int(times)):
                out += _measure(made, int(rows), int(places), int(polls), setting)
            if int(kills):
                out.append(_kills(made, int(rows), int(places), int(kills), int(seed), setting))
    return out


def _kills(made: dict[str, Any], rows: int, places: int, rounds: int, seed: int, setting: dict[str, int]) -> dict[str, Any]:
    def drive(asked: list[tuple[str, str]]) -> dict[str, Any]:
        return _drive(setting, "/api/booking/take", asked, again=True)

    found = killing.run(
        made,
        drive,
        lambda: sorted(_processes(setting)),
        _faults,
        rounds=rounds,
        members=rows,
        places=min(places, rows // 2),
        workers=setting["workers"],
        seed=seed,
    )
    return _row(
        "booking.kills", found.cut, "rounds cut", None, rounds, ok=not found.faults and found.cut > 0, statuses=dict(found.statuses),
        faults=found.faults[:20],
    )  # fmt: skip


def _greedy(made: dict[str, Any], asks: int, setting: dict[str, int]) -> dict[str, Any]:
    """One member, so many requests each with a key of its own: one place at most (BK-02)."""
    plenty = ground.session(made["union"], asks)
    ((text, _body),) = ground.requests(plenty, made["persons"][:1], "g")
    found = _drive(setting, "/api/booking/take", [(text, f'{{"key":"greedy-{n:08d}"}}') for n in range(asks)])
    held = Booking.objects.filter(session=plenty).count()
    wrong = {k: v for k, v in found["statuses"].items() if k not in {"200", "409", "429"}}
    return _row("booking.greedy", held, "places", None, asks, ok=held == 1 and not wrong, statuses=found["statuses"], ms=found["ms"])


def _measure(made: dict[str, Any], rows: int, places: int, polls: int, setting: dict[str, int]) -> list[dict[str, Any]]:
    load, nothing = round(os.getloadavg()[0], 2), [("", '{"key":"nothing-at-all"}')] * rows
    before = {name: _rate(_drive(setting, f"/bench/{name}", nothing[: rows // 2])) for name in FLOORS}
    plenty = ground.session(made["union"], rows)
    told, taken = _desks(setting), _drive(setting, "/api/booking/take", ground.requests(plenty, made["persons"], f"a{plenty.pk}"))
    groups, asks = (now - then for now, then in zip(_desks(setting)[1:], told[1:], strict=True))
    after = {name: _rate(_drive(setting, f"/bench/{name}", nothing[: rows // 2])) for name in FLOORS}
    floors = {name: round((before[name] + after[name]) / 2, 1) for name in FLOORS}
    value, faults = _rate(taken), _faults(plenty, taken, rows)
    good = value / floors["view"] >= BAR_RATIO and not faults
    more = {"floors": floors, "ratios": {k: round(value / v, 3) for k, v in floors.items()}, "group": round(asks / max(groups, 1), 1)}
    out = [_row("booking.take", value, "/s", floors["view"], rows, ok=good, load=load, ms=taken["ms"], faults=faults, **more)]
    scarce = ground.session(made["union"], places, shares=(("first_time", places // 5),))
    rush = _drive(setting, "/api/booking/take", ground.requests(scarce, made["persons"], f"b{scarce.pk}"))
    faults = _faults(scarce, rush, places)
    good = not faults and rush["seconds"] <= BAR_SECONDS and rush["ms"]["p99"] <= BAR_P99
    out.append(
        _row(
            "booking.rush",
            round(rush["seconds"], 3),
            "s",
            None,
            rows,
            ok=good,
            places=places,
            ms=rush["ms"],
            codes=rush["codes"],
            faults=faults,
        )
    )
    out.append(_greedy(made, 12_000 if rows > 12_000 else rows, setting))
    if polls:
        out.append(_polls(scarce, polls, setting))
    return out


def _polls(made: Session, polls: int, setting: dict[str, int]) -> dict[str, Any]:
    path = f"/api/booking/remaining?item={made.item_id}"
    before = _reads(setting)
    found = _drive(setting, path, [("", "")] * polls, method="GET")
    asked = _reads(setting) - before
    most = int(found["seconds"]) + 2  # one a second, and one for each end
    return _row(
        "booking.polls", _rate(found), "/s", None, polls, ok=set(found["statuses"]) == {"200"} and asked <= most, ms=found["ms"],
        seconds=round(found["seconds"], 2), database_reads=asked,
    )  # fmt: skip


def _reads(setting: dict[str, int]) -> int:
    """How often the database was asked for the places left, over all processes of the server."""
    return _desks(setting)[0]


def _desks(setting: dict[str, int]) -> list[int]:
    """Reads, groups, requests settled, over all processes of the server."""
    return [sum(column) for column in zip(*_processes(setting).values(), strict=True)]


def _processes(setting: dict[str, int]) -> dict[int, list[int]]:
    """The web processes that answer now, with what each has done."""
    told = [[int(n) for n in p.split(":")] for p in _drive(setting, "/bench/reads", [("", "")] * 400)["places"]]
    return {pid: max(t[1:] for t in told if t[0] == pid) for pid in {t[0] for t in told}}


def _faults(made: Session, found: dict[str, Any], places: int) -> list[str]:
    """What must not have happened."""
    faults = []
    rows = Booking.objects.filter(session=made)
    count = rows.count()
    if count != min(places, found["done"]) or count != len(set(found["places"])):
        faults.append(f"名额 {places}，预约 {count}，告知成功 {len(found['places'])}")
    if rows.values("person").annotate(n=Count("pk")).filter(n__gt=1).exists():
        faults.append("有人约到两份")
    if Quota.objects.filter(item=made.item, taken__gt=F("size")).exists():
        faults.append("超额")
    wrong = Quota.objects.filter(session=made, kind="session").exclude(taken=count)
    if wrong.exists():
        faults.append("计数与预约不符")
    if Claim.objects.filter(booking__session=made).count() != 2 * count:
        faults.append("占用的权利与预约不符")
    errors = {k: v for k, v in found["statuses"].items() if k not in {"200", "409"}}
    if errors:
        faults.append(f"服务器错误 {errors}")
    return faults


def _row(name: str, value: float, unit: str, floor: float | None, n: int, **more: Any) -> dict[str, Any]:
    ratio = round(value / floor, 3) if floor else None
    found = {
        "name": name,
        "engine": connection.vendor,
        "value": round(value, 3),
        "unit": unit,
        "floor": floor and round(floor, 1),
        "ratio": ratio,
    }
    return {**found, "n": n, "peak_mib": bench.peak_mib(), **more}


def _rate(found: dict[str, Any]) -> float:
    return float(found["done"] / found["seconds"])


def _drive(
    setting: dict[str, int], path: str, asked: list[tuple[str, str]], method: str = "POST", *, again: bool = False
) -> dict[str, Any]:
    """Run the load in a process of its own. `again`: what was lost or put off is sent once more."""
    order = {
        "host": "127.0.0.1", "port": setting["port"], "connections": setting["connections"], "path": path, "method": method,
        "headers": {"Content-Type": "application/json"}, "requests": asked, "again": again,
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "gonghui.booking.bench.load"], input=json.dumps(order).encode(), capture_output=True)
    if done.returncode:
        raise ConnectionError(done.stderr.decode()[-800:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# -- server and database -----------------------------------------------------------------------------------------


@contextmanager
def _server(port: int, connections: int, threads: int, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """The web server as `gonghui serve` starts it, on the database of the bench."""
    environ = {
        **os.environ,
        "GONGHUI_DATABASE_URL": url(),
        "GONGHUI_DATA_DIR": str(settings.DATA_DIR),
        "GONGHUI_ALLOWED_HOSTS": "127.0.0.1",
        "GONGHUI_SECURE": "0",  # plain HTTP on this machine
        "DJANGO_SETTINGS_MODULE": "gonghui.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gonghui.booking.bench.server", str(port), str(workers), str(threads)],
        env=environ,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    order = {"port": port, "connections": 1}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if _drive(order, "/bench/noop", [("", "{}")] * 4)["statuses"].get("200") == 4:
                return
        except ConnectionError:
            time.sleep(0.2)
    raise TimeoutError("压测服务器没有启动")


def _folder() -> Path:
    where = Path(settings.DATA_DIR)
    where.mkdir(parents=True, exist_ok=True)
    return where


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    """An empty database of the configured engine, removed afterwards."""
    values = connections["default"].settings_dict
    held, vendor = values["NAME"], connection.vendor
    connection.close()
    connection._file_lock = None  # type: ignore[attr-defined]  # of the kernel's SQLite backend
    values["NAME"] = str(folder / "bench.sqlite3") if vendor == "sqlite" else _create("gonghui_bench_booking")
    try:
        yield
    finally:
        connection.close()
        connection._file_lock = None  # type: ignore[attr-defined]  # as above
        if vendor != "sqlite":
            _drop("gonghui_bench_booking")
        values["NAME"] = held
        shutil.rmtree(folder / "counts", ignore_errors=True)


def _create(name: str) -> str:
    _drop(name)
    _elsewhere(f'CREATE DATABASE "{name}"')
    return name


def _drop(name: str) -> None:
    _elsewhere(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _elsewhere(statement: str) -> None:
    import psycopg

    s = connections["default"].settings_dict
    place = {"user": s["USER"], "password": s["PASSWORD"], "host": s["HOST"] or None, "port": s["PORT"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(statement)


def database_name() -> str:
    """Name (SQLite: file) of the database in use."""
    return str(connections["default"].settings_dict["NAME"])


def url() -> str:
    """The database as `GONGHUI_DATABASE_URL`."""
    s = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{s['NAME']}"
    return f"postgresql://{s['USER']}:{s['PASSWORD']}@/{s['NAME']}?host={s['HOST']}" + (f"&port={s['PORT']}" if s["PORT"] else "")


def register() -> None:
    """Called from `BookingConfig.ready()`."""
    bench.register("booking", run)


__all__ = ["register", "run"]
