"""National codes (国家标准代码): the shipped table, its loader, and the words people write for them. Source: COD-1…7."""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import audit
from gonghui.core.errors import BadInput
from gonghui.people.enums import Group, Perm
from gonghui.people.models import Code

SHIPPED = Path(__file__).resolve().parent / "data" / "codes.csv"
FIELDS = ("set", "code", "label", "parent", "since", "until", "source")
EDUCATION = {
    "研究生": "10", "博士": "10", "硕士": "10", "博士研究生": "10", "硕士研究生": "10", "大学本科": "20", "本科": "20", "大学": "20", "大学专科": "30", "专科": "30", "大专": "30",
    "中等专科": "40", "中专": "40", "职高": "40", "技工学校": "50", "技校": "50", "高中": "60", "初中": "70", "初中及以下": "70", "小学": "80", "其他": "90",
}  # fmt: skip
POLITICAL = {
    "党员": "01", "中共党员": "01", "预备党员": "02", "中共预备党员": "02", "团员": "03", "共青团员": "03", "民革": "04", "民盟": "05", "民建": "06", "民进": "07", "农工党": "08",
    "致公党": "09", "九三学社": "10", "台盟": "11", "无党派": "12", "无党派人士": "12", "群众": "13", "无": "13",
}  # fmt: skip
GROUPS = {
    **{g.label: g.value for g in Group if g.value}, "卡车司机": "trucker", "快递小哥": "courier", "外卖员": "rider", "外卖骑手": "rider", "网约配送员": "rider", "送餐员": "rider",
    "护工": "nurse_aide", "护理员": "nurse_aide", "保姆": "housekeeper", "家政": "housekeeper", "导购员": "shop_clerk", "房产中介": "estate_agent", "保安": "guard",
}  # fmt: skip


@cache
def shipped() -> tuple[dict[str, str], ...]:
    """The rows of the shipped table."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def words(set_name: str) -> dict[str, str]:
    """What people write -> code, for `ethnic`, `education`, `political`, `group`: labels, short forms, and the codes themselves."""
    found = {r["label"]: r["code"] for r in shipped() if r["set"] == set_name}
    if set_name == "ethnic":
        found |= {label.removesuffix("族"): code for label, code in found.items()}
    found |= {"education": EDUCATION, "political": POLITICAL, "group": GROUPS}.get(set_name, {})
    return found


@transaction.atomic
def load_shipped(*, actor: Actor) -> dict[str, int]:
    """Put the shipped table in place (装入自带代码). Safe to repeat."""
    return _store(actor, [dict(r) for r in shipped()], "自带代码表")


@transaction.atomic
def codes_import(*, actor: Actor, content: bytes, name: str) -> dict[str, int]:
    """Load codes from a csv with the columns set, code, label, parent, since, until, source (导入代码表).

    Raises: NotPermitted; BadInput people.codes_columns, people.codes_row.
    """
    actor.require(Perm.CODE_EDIT)
    from gonghui.files.imports import reading  # only this door reads files

    text, _encoding = reading.decode(content)
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if not {"set", "code", "label"} <= set(reader.fieldnames or ()):
        raise BadInput(
            "people.codes_columns", "代码表要有 set、code、label 三列，可另有 parent、since、until、source。请改好表头后再导入。"
        )
    rows = [{f: (r.get(f) or "").strip() for f in FIELDS} for r in reader]
    return _store(actor, rows, name)


def _store(actor: Actor, rows: list[dict[str, str]], name: str) -> dict[str, int]:
    have = {(c.set, c.code, c.since): c for c in Code.objects.all()}
    fresh: list[Any] = []
    counts = {"rows": len(rows), "created": 0, "updated": 0, "unchanged": 0}
    for i, r in enumerate(rows):
        since, until = _day(r["since"], i), _day(r["until"], i)
        if not r["set"] or not r["code"] or not r["label"] or len(r["code"]) > 12 or len(r["set"]) > 24:
            raise BadInput("people.codes_row", f"第 {i + 2} 行的代码集、代码或名称不完整。请改好后再导入。", row=i + 2)
        old = have.get((r["set"], r["code"], since))
        if old is None:
            have[r["set"], r["code"], since] = code = Code(
                set=r["set"],
                code=r["code"],
                label=r["label"],
                parent=r["parent"],
                since=since,
                until=until,
                source=r["source"] or name,
                order=i,
            )
            fresh.append(code)
            counts["created"] += 1
        elif (old.label, old.parent, old.until) == (r["label"], r["parent"], until):
            counts["unchanged"] += 1
        elif old.pk:
            Code.objects.filter(pk=old.pk).update(label=r["label"], parent=r["parent"], until=until, source=r["source"] or name)
            counts["updated"] += 1
    Code.objects.bulk_create(fresh, batch_size=500)
    if counts["created"] or counts["updated"]:
        audit.record(actor, "people.codes.imported", name=name, counts=counts)
    return counts


def _day(text: str, i: int) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("people.codes_row", f"第 {i + 2} 行的日期要写成 2026-11-23。请改好后再导入。", row=i + 2) from None


__all__ = ["codes_import", "load_shipped", "shipped", "words"]
