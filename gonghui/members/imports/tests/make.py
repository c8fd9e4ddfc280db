"""A small register and rosters for tests of the roster import (测试用花名册)."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.files.imports import services
from gonghui.files.imports.tests.make import text
from gonghui.orgs.tests import make as orgs
from gonghui.people.tests.make import id_number

AS_OF = date(2026, 11, 21)
HEAD = (
    "姓名",
    "证件号码",
    "性别",
    "民族",
    "学历",
    "手机号",
    "是否农民工",
    "单位编号",
    "工会代码",
    "岗位",
    "用工形式",
    "入职日期",
    "是否会员",
    "入会日期",
)


def town() -> dict[str, Any]:
    """Two employers with their own unions below a township."""
    above = orgs.township()
    one, two = orgs.employer(above, "甲茶厂"), orgs.employer(above, "乙茶厂")
    return {"town": above, "one": one, "two": two, "u1": orgs.own_union(one, above), "u2": orgs.own_union(two, above)}


def row(n: int, at: dict[str, Any], which: str = "one", **change: str) -> tuple[str, ...]:
    union = {"one": "u1", "two": "u2"}[which]
    values = dict(
        zip(
            HEAD,
            (
                f"职工{'甲乙丙丁戊己庚辛壬癸'[n % 10]}",
                id_number(n),
                "",
                "汉族",
                "高中",
                f"138{n:08d}",
                "是",
                at[which].code,
                at[union].code,
                "操作工",
                "合同制",
                "2024-03-01",
                "是",
                "2024-04-01",
            ),
            strict=True,
        )
    )
    return tuple({**values, **change}.values())


def content(rows: list[tuple[str, ...]], encoding: str = "utf-8") -> bytes:
    return text([HEAD, *rows], encoding)


def run(rows: list[tuple[str, ...]] | bytes, **more: Any) -> dict[str, Any]:
    data = rows if isinstance(rows, bytes) else content(rows)
    return services.import_run(
        actor=Actor.system("test"), kind="roster", content=data, name="花名册.csv", org_path=more.pop("org_path", ""), as_of=AS_OF, **more
    )
