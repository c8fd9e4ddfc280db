"""Import of the union list (工会组织导入): the tree with terms, chairs and certificates. Parents may stand anywhere in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.files.imports.protocol import CREATED, REJECTED, UNCHANGED, UPDATED, Column, Context, Handler, Plan, Problem, Sheet, Tell
from gonghui.orgs.enums import JointForm, Mode, Perm, UnionKind
from gonghui.orgs.models import Union
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.services import bulk_unions

KIND_WORDS = {
    **{k.label: k.value for k in UnionKind},
    "市总工会": UnionKind.CITY.value,
    "县总工会": UnionKind.COUNTY.value,
    "区总工会": UnionKind.COUNTY.value,
    "乡镇工会": UnionKind.TOWNSHIP.value,
    "街道工会": UnionKind.TOWNSHIP.value,
    "开发区工会": UnionKind.ZONE.value,
    "园区工会": UnionKind.ZONE.value,
    "村工会": UnionKind.VILLAGE.value,
    "社区工会": UnionKind.VILLAGE.value,
    "区域工会联合会": UnionKind.REGIONAL.value,
    "行业工会联合会": UnionKind.INDUSTRY.value,
    "产业工会": UnionKind.CITY_INDUSTRIAL.value,
    "企业工会": UnionKind.ENTERPRISE.value,
}
FORM_WORDS = {**{f.label: f.value for f in JointForm}, **{f.label[1:]: f.value for f in JointForm}}

COLUMNS = (
    Column("code", "组织代码", ("工会代码", "代码", "工会编号"), required=True, kind="code", longest=24),
    Column("name", "名称", ("工会名称", "工会全称", "组织名称"), required=True),
    Column("kind", "类别", ("组织类别", "工会类别"), required=True, choices=KIND_WORDS, strict=True),
    Column("form", "联合形式", ("形式",), choices=FORM_WORDS, strict=True),
    Column("mode", "建会方式", ("组建方式",), choices={m.label: m.value for m in Mode}, strict=True),
    Column("parent", "上级代码", ("上级工会代码", "上级组织代码"), kind="code", longest=24),
    Column("founded_on", "成立日期", ("建会日期", "批复日期"), required=True, kind="date"),
    Column("term", "届次", ("届数",), kind="integer"),
    Column("term_since", "届次起", ("本届开始", "任期起"), kind="date"),
    Column("term_until", "届次止", ("届满日", "任期止", "届满日期"), kind="date"),
    Column("chair", "主席姓名", ("主席", "工会主席", "负责人"), kind="name", longest=60),
    Column("certificate", "法人证书号", ("证书号", "法人资格证号", "工会法人证号"), kind="number", longest=40),
    Column("area", "行政区划", ("区划代码",), kind="code", longest=12),
    Column("industry", "行业", ("行业代码",), kind="code", longest=5),
    Column("association", "依托协会", ("行业协会",), longest=80),
    Column("address", "地址", (), longest=160),
    Column("latitude", "纬度", (), longest=20),
    Column("longitude", "经度", (), longest=20),
)


@dataclass
class UnionRow:
    """One line of the file, typed."""

    number: int
    code: str
    name: str
    kind: str
    form: str
    mode: str
    parent: str
    founded_on: date
    term: int | None
    term_since: date | None
    term_until: date | None
    chair: str
    certificate: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class State:
    """What `write` does."""

    new: list[UnionRow] = field(default_factory=list)
    changed: list[tuple[UnionRow, int, dict[str, Any]]] = field(default_factory=list)


class Unions(Handler):
    """Union list (工会组织)."""

    kind = "unions"
    label = "工会组织"
    order = 30
    perm = Perm.UNION_BUILD
    columns = COLUMNS
    causes = {
        "parent": "上级代码",
        "double": "表内重复",
        "form": "联合形式",
        "term": "届次",
        "date": "日期",
        "scope": "管理范围",
        "moved": "隶属变化",
    }

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        rows = [_typed(r) for r in sheet.frame.iter_rows(named=True)]
        known = Known(rows, context.org_path)
        state, verdicts, problems = State(), [], []
        for row in _parents_first(rows):
            fault = known.fault(row)
            if fault is not None:
                problems.append(Problem(row.number, *fault))
            verdicts.append((row.number, REJECTED if fault else known.judge(row, state)))
        frame = pl.DataFrame(verdicts, schema={"_row": pl.UInt32, "verdict": pl.String}, orient="row")
        return Plan(frame, problems, state)

    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        kept = bulk_unions.unions_import(actor=context.actor, new=plan.state.new, changed=plan.state.changed, org_path=context.org_path)
        tell(len(plan.state.new) + len(plan.state.changed), len(plan.state.new) + len(plan.state.changed), "已登记")
        return kept

    def undo(self, kept: dict[str, Any], context: Context) -> None:
        bulk_unions.unions_import_undo(actor=context.actor, kept=kept, org_path=context.org_path)

    def targets(self, actor: Actor) -> list[tuple[str, str]]:
        return list(
            Union.objects.filter(actor.within(self.perm), depth__lte=1, ended_on=None).order_by("path").values_list("path", "name")[:200]
        )


class Known:
    """What stands in the register, and what the file has brought so far."""

    def __init__(self, rows: Iterable[UnionRow], org_path: str) -> None:
        data = list(rows)
        codes = {r.code for r in data} | {r.parent for r in data if r.parent}
        self.stored = {u.code: u for u in Union.objects.filter(code__in=codes).select_related("parent")}
        self.org_path = org_path
        self.rooted = Union.objects.filter(depth=0).exists()
        self.brought: dict[str, UnionRow] = {}
        self.seen: dict[str, int] = {}

    def fault(self, row: UnionRow) -> tuple[str, str, str] | None:
        """(column, code, message) of what keeps the row out."""
        if row.code in self.seen:
            return "code", "double", f"组织代码 {row.code} 在第 {self.seen[row.code]} 行已经出现过，同一工会只留一行。"
        self.seen[row.code] = row.number
        return self._place(row) or _shape(row)

    def _place(self, row: UnionRow) -> tuple[str, str, str] | None:
        stored = self.stored.get(row.code)
        if stored is not None:
            return self._stays(row, stored)
        if not row.parent:
            taken = self.rooted or any(not r.parent for r in self.brought.values())
            return (
                ("parent", "parent", "没有填上级代码。整棵组织树只有一个最上级工会，其他工会都要填上级代码。")
                if taken or self.org_path
                else None
            )
        above, brought = self.stored.get(row.parent), self.brought.get(row.parent)
        if above is None and brought is None:
            return "parent", "parent", f"上级代码 {row.parent} 没找到，也不在这张表里。请先登记上级工会。"
        if above is not None and not above.path.startswith(self.org_path):
            return "parent", "scope", f"上级工会 {row.parent} 不在您管理的范围内。请联系上级工会登记。"
        if above is not None and above.ended_on is not None:
            return "parent", "parent", f"{above.name}已于 {above.ended_on}{above.get_state_display()}，下面不能再设工会。"
        kind, name = (above.kind, above.name) if above is not None else (brought.kind, brought.name)  # type: ignore[union-attr]  # one of the two is there
        wrong = rules.placement_fault(row.kind, kind, name)
        return ("kind", "parent", wrong.message) if wrong else None

    def _stays(self, row: UnionRow, stored: Union) -> tuple[str, str, str] | None:
        if not stored.path.startswith(self.org_path):
            return "code", "scope", f"组织代码 {row.code} 属于别的工会，不在您管理的范围内。"
        if stored.parent is not None and row.parent and stored.parent.code != row.parent:
            return (
                "parent",
                "moved",
                f"{stored.name}现在隶属{stored.parent.name}（{stored.parent.code}）。改变隶属请在工会页面办理“调整隶属”。",
            )
        return None

    def judge(self, row: UnionRow, state: State) -> str:
        stored = self.stored.get(row.code)
        if stored is None:
            self.brought[row.code] = row
            state.new.append(row)
            return CREATED
        differs = {k: v for k, v in {"name": row.name, **row.details}.items() if getattr(stored, k) != v}
        if not differs:
            return UNCHANGED
        state.changed.append((row, stored.pk, differs))
        return UPDATED


def _shape(row: UnionRow) -> tuple[str, str, str] | None:
    if row.founded_on > clock.today():
        return "founded_on", "date", f"成立日期 {row.founded_on} 晚于今天（{clock.today()}），请核对。"
    wrong = rules.form_fault(row.kind, row.form, row.name)
    if wrong is not None:
        return "form", "form", wrong.message
    if row.term is not None and not (row.term_since and row.term_until):
        return "term_since", "term", "填了届次，也要填届次起和届次止。"
    if row.term_since and row.term_until and row.term_until <= row.term_since:
        return "term_until", "term", f"届次止 {row.term_until} 应晚于届次起 {row.term_since}。"
    return None


def _typed(raw: Mapping[str, Any]) -> UnionRow:
    details = {k: v for k in ("area", "industry", "association", "address") if (v := raw[k])}
    for key in ("latitude", "longitude"):
        try:
            details[key] = float(raw[key])
        except (TypeError, ValueError):
            continue
    return UnionRow(
        number=int(raw["_row"]),
        code=raw["code"],
        name=raw["name"].strip(),
        kind=raw["kind"],
        form=raw["form"] or "",
        mode=raw["mode"] or Mode.SINGLE,
        parent=raw["parent"] or "",
        founded_on=date.fromisoformat(raw["founded_on"]),
        term=int(raw["term"]) if raw["term"] else None,
        term_since=_day(raw["term_since"]),
        term_until=_day(raw["term_until"]),
        chair=raw["chair"] or "",
        certificate=raw["certificate"] or "",
        details=details,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _parents_first(rows: list[UnionRow]) -> list[UnionRow]:
    """Order in which every parent of the file comes before its children; a circle keeps the order of the file and is refused."""
    left = {r.code: r for r in reversed(rows)}
    ordered: list[UnionRow] = []
    placed: set[int] = set()

    def place(row: UnionRow, chain: tuple[str, ...]) -> None:
        if row.number in placed or row.code in chain:
            return
        above = left.get(row.parent)
        if above is not None and above is not row and len(chain) < rules.MOST_LEVELS:
            place(above, (*chain, row.code))
        if row.number not in placed:
            placed.add(row.number)
            ordered.append(row)

    for row in rows:
        place(row, ())
    return ordered
