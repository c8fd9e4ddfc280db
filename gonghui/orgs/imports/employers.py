"""Import of the employer list (单位底册导入). Source: S001, S002; journey M01-2."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from gonghui.accounts.actor import Actor, any_of, subtree
from gonghui.files.imports.protocol import CREATED, REJECTED, UNCHANGED, UPDATED, Column, Context, Handler, Plan, Problem, Sheet, Tell
from gonghui.orgs.enums import Perm
from gonghui.orgs.imports import employer_rows as rows
from gonghui.orgs.imports.employer_rows import FORM_WORDS, SECTOR_WORDS, STATUS_WORDS, Change, Register, Row
from gonghui.orgs.models import Union
from gonghui.orgs.services import bulk_employers

COLUMNS = (
    Column("code", "单位编号", ("企业编号", "底册编号", "编号"), kind="code", longest=24, example="DW00000001"),
    Column("name", "单位名称", ("企业名称", "名称", "用人单位", "法人单位", "单位全称"), required=True, example="江州市青石茶业有限公司"),
    Column(
        "licence",
        "统一社会信用代码",
        ("注册号", "营业执照号", "信用代码", "工商注册号", "证照号", "社会信用代码"),
        kind="number",
        longest=24,
    ),
    Column("sector", "单位性质", ("性质", "所有制", "公有非公"), choices=SECTOR_WORDS, strict=True, example="非公有制"),
    Column("ownership", "经济类型", ("登记注册类型",), kind="code", longest=4),
    Column("industry", "行业", ("行业代码", "所属行业", "国民经济行业"), kind="code", longest=5),
    Column("address", "地址", ("单位地址", "住所", "经营地址", "注册地址"), longest=160),
    Column("area", "行政区划", ("区划代码",), kind="code", longest=12),
    Column("operator_name", "负责人", ("法定代表人", "法人代表", "经营者", "负责人姓名"), kind="name", longest=60),
    Column("operator_id", "负责人证件号", ("法定代表人证件号", "法人身份证号", "经营者身份证"), kind="number", sensitive="id", longest=24),
    Column("phone", "联系电话", ("电话", "手机", "联系方式", "负责人电话"), kind="number", sensitive="phone", longest=20),
    Column("headcount", "职工数", ("职工人数", "从业人数", "员工数", "人数"), kind="integer"),
    Column("migrant_headcount", "农民工数", ("农民工人数", "农民工"), kind="integer"),
    Column("opened_on", "开业日期", ("成立日期", "注册日期", "开办日期"), kind="date"),
    Column("listed_on", "列入底册日期", ("入册日期", "登记入册日期"), kind="date"),
    Column("status", "经营状态", ("状态", "登记状态", "企业状态"), choices=STATUS_WORDS, strict=True),
    Column("status_on", "状态日期", ("变动日期", "核减日期"), kind="date"),
    Column("evidence", "状态依据", ("依据", "核减依据", "变动原因"), longest=200),
    Column("review_on", "复核日期", (), kind="date"),
    Column("union", "所属工会代码", ("工会代码", "属地工会代码", "乡镇工会代码"), kind="code", longest=24),
    Column("form", "覆盖形式", ("建会形式",), choices=FORM_WORDS, strict=True),
    Column("cover", "覆盖工会代码", ("所建工会代码",), kind="code", longest=24),
    Column("covered_on", "覆盖日期", ("建会日期", "入会日期"), kind="date"),
    Column("cover_reason", "覆盖说明", ("不单独建会理由",), longest=200),
    Column("latitude", "纬度", (), longest=20),
    Column("longitude", "经度", (), longest=20),
    Column("key_sector", "五大重点行业", ("重点行业",), longest=16),
    Column("two_new", "两新", ("两新组织",), kind="flag"),
)


@dataclass
class State:
    """What `write` does: new rows in bulk, changes one by one."""

    org: Union
    new: list[Row] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


class Employers(Handler):
    """Employer list (单位底册)."""

    kind = "employers"
    label = "单位底册"
    order = 20
    perm = Perm.EMPLOYER_IMPORT
    columns = COLUMNS
    causes = {
        "union": "工会代码",
        "licence": "证照号",
        "double": "表内重复",
        "status": "经营状态",
        "cover": "覆盖关系",
        "counts": "人数",
        "date": "日期",
        "sector": "单位性质",
        "name": "名称",
        "scope": "管理范围",
    }

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        raw = list(sheet.frame.iter_rows(named=True))
        known = Register(context.actor, context.org_path, raw)
        typed = [rows.typed(r, known) for r in raw]
        twice = rows.doubles([row for row, _ in typed])
        state, verdicts, problems = State(known.org), [], []
        for row, faults in typed:
            if row.number in twice:
                faults.append(rows.Fault("", "double", twice[row.number]))
            found = known.find(row)
            faults = faults or rows.faults_of(row, found, known)
            problems += [Problem(row.number, f.column, f.code, f.message) for f in faults[:1]]
            verdicts.append((row.number, REJECTED if faults else self._judge(row, found, known, state)))
        frame = pl.DataFrame(verdicts, schema={"_row": pl.UInt32, "verdict": pl.String}, orient="row")
        return Plan(frame, problems, state, self._notes(row for row, _ in typed))

    def _judge(self, row: Row, found: Any, known: Register, state: State) -> str:
        if found is None:
            state.new.append(row)
            return CREATED
        change = rows.change_of(row, found, known)
        if not change.any:
            return UNCHANGED
        state.changes.append(change)
        return UPDATED

    def _notes(self, all_rows: Any) -> list[str]:
        wrong = rows.licence_warnings(all_rows)
        return [f"{wrong} 个证照号校验码不对，照样登记，并标为“未核验”。"] if wrong else []

    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        state: State = plan.state
        return bulk_employers.employers_import(
            actor=context.actor,
            org=state.org,
            new=state.new,
            changes=state.changes,
            as_of=context.as_of,
            origin=f"导入批次 {context.batch or ''}".strip(),
            tell=tell,
        )

    def undo(self, kept: dict[str, Any], context: Context) -> None:
        bulk_employers.employers_import_undo(actor=context.actor, kept=kept)

    def targets(self, actor: Actor) -> list[tuple[str, str]]:
        """Unions of a territory the actor may import to."""
        reach = any_of(subtree(p) for p in actor.paths(self.perm))
        return list(Union.objects.filter(reach, depth__lte=1, ended_on=None).order_by("path").values_list("path", "name")[:200])
