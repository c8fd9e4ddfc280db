"""From an empty directory to a living city (生成演示城市), with progress and a stop-watch."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from gonghui.accounts.actor import Actor
from gonghui.core import crypto
from gonghui.core.errors import BadInput
from gonghui.files.imports import services as imports
from gonghui.portal.demo import chapters, city, furnish, life, plan, writer
from gonghui.portal.demo.plan import CITY, CITY_CODE, CLOSING

Tell = Callable[[str], None]
MARK = "DEMO"


def build(*, seed: int, scale: float, fresh: bool, tell: Tell) -> dict[str, Any]:
    """Build the city, or take the one that is there for the same seed and scale.

    Raises: BadInput demo.not_empty when the data directory holds something else.
    """
    mark = settings.DATA_DIR / MARK
    wanted = {"seed": seed, "scale": scale}
    if mark.exists() and not fresh:
        held = json.loads(mark.read_text(encoding="utf-8") or "{}")
        if held.get("building"):
            tell("上次没有生成完，清掉重新生成。")
            return _Builder(plan.make(seed, scale), tell).run(mark, wanted, fresh=True)
        if {k: held.get(k) for k in wanted} == wanted:
            tell(f"{CITY}已经生成过，直接使用（重新生成请加 --fresh）。")
            call_command("migrate", verbosity=0)
            return dict(held)
        raise BadInput(
            "demo.other_city",
            f"{settings.DATA_DIR} 里是另一座演示城市（{held.get('seed')}，{held.get('scale')}）。请换 --data，或加 --fresh 重新生成。",
        )
    return _Builder(plan.make(seed, scale), tell).run(mark, wanted, fresh)


class _Builder:
    """Steps of the build, each with its time."""

    def __init__(self, wanted: plan.Plan, tell: Tell) -> None:
        self.plan, self.tell, self.actor = wanted, tell, Actor.system("demo")
        self.started = time.monotonic()
        self.rows: dict[str, int] = {}

    def run(self, mark: Path, wanted: dict[str, Any], fresh: bool) -> dict[str, Any]:
        """Every step in order; the mark is written last, so a broken build is never taken for a whole one."""
        self._clear(mark, fresh)
        mark.write_text(json.dumps({**wanted, "building": True}), encoding="utf-8")
        files = writer.stream(self.plan.seed, self.plan.scale, settings.DATA_DIR / "demo")
        written = chain([next(files)], files)  # the writer starts before the database does
        self.step("建立数据库", self._database)
        for kind, path in written:
            self.step(f"导入 {path.name}", partial(self._import, kind, path))
        made = city.build(self.plan)
        accounts = self.step("开通账号，登记统计期和上报数", lambda: furnish.furnish(self.actor, self.plan, made))
        for title, do in chain(life.steps(self.actor, self.plan, made), chapters.steps(self.actor, self.plan, made)):
            self.step(title, do)
        report = {
            **wanted,
            "plan": asdict(self.plan),
            "rows": self.rows,
            "accounts": accounts,
            "seconds": round(time.monotonic() - self.started, 1),
        }
        mark.write_text(json.dumps(report, ensure_ascii=False, default=str), encoding="utf-8")
        self.tell(f"{CITY}已就绪，用时 {report['seconds']} 秒。")
        return report

    def step(self, title: str, do: Callable[[], Any]) -> Any:
        """Run one step and say how long it took."""
        begun = time.monotonic()
        result = do()
        count = f"，{result:,} 行" if isinstance(result, int) else ""
        self.tell(f"  {time.monotonic() - self.started:6.1f} 秒  {title}{count}（{time.monotonic() - begun:.1f} 秒）")
        return result

    def _clear(self, mark: Path, fresh: bool) -> None:
        if fresh and mark.exists():
            connection.close()
            for name in ("demo", "files", "gonghui.sqlite3", "gonghui.sqlite3-wal", "gonghui.sqlite3-shm", MARK):
                where = settings.DATA_DIR / name
                shutil.rmtree(where, ignore_errors=True) if where.is_dir() else where.unlink(missing_ok=True)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)

    def _database(self) -> None:
        crypto.service().create()
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM orgs_union")
            if cursor.fetchone()[0]:
                (settings.DATA_DIR / MARK).unlink()  # what is there is not ours, and is never cleared
                raise BadInput("demo.not_empty", "数据库里已有别的工会数据，演示城市不会写进去。请用 --data 指定空目录，或换一个空数据库。")

    def _import(self, kind: str, path: Path) -> int:
        org = CITY_CODE if kind != "unions" else ""
        report = imports.import_run(
            actor=self.actor,
            kind=kind,
            content=path.read_bytes(),
            name=path.name,
            org_path=furnish.path_of(org),
            org_name=CITY,
            as_of=CLOSING,
        )
        self.rows[path.name] = int(report["rows"])
        return int(report["rows"])


def table(report: dict[str, Any]) -> str:
    """Addresses and accounts, one for each role."""
    lines = ["", f"{CITY}  {report['url']}", ""]
    lines += [f"  {a['role']}\t{a['login']}\t{a['password']}\t{a['note']}" for a in report["accounts"]]
    codes = report["url"] + "demo/codes/"
    lines += ["", f"  动态验证码：{codes}    短信：{report['url']}demo/outbox/", "  数据全部虚构；按 Ctrl-C 停止。", ""]
    return "\n".join(lines)
