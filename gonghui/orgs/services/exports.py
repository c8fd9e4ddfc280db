"""The ledger as a workbook (导出单位底册): with purpose, definitions and an audit entry. Phones stay masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit
from gonghui.files.export import Column, export_table
from gonghui.orgs.enums import Perm
from gonghui.orgs.services.common import violate

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

COLUMNS = (
    Column("单位编号"), Column("单位名称", width=32), Column("证照号", width=22), Column("单位性质"), Column("行业"), Column("经营状态"),
    Column("责任工会", width=28), Column("已建会"), Column("职工数", "number"), Column("农民工数", "number"), Column("地址", width=36),
    Column("负责人"), Column("联系电话"), Column("列入底册日期", "date"), Column("核减日期", "date"),
)  # fmt: skip
DEFINITIONS = {
    "单位": "实际经营的用人单位，一企多照只算一家",
    "已建会": "今天有有效覆盖（单独建会、联合、区域、行业或系统），不论几种只算一次",
    "职工数": "单位登记数，走访数优先",
    "核减": "注销、关停、搬迁、更名、同名、倒闭、归并七类",
}


@transaction.atomic
def employers_export(*, actor: Actor, rows: Any, purpose: str) -> bytes:
    """What the list shows, as xlsx (导出). Raises: NotPermitted; RuleViolation orgs.purpose_missing."""
    actor.require(Perm.EMPLOYER_EXPORT)
    if len(purpose.strip()) < 4:
        violate("orgs.purpose_missing", "请写明导出用途（至少 4 个字），例如“下发各镇核对”。")
    held = list(rows.filter(actor.within(Perm.EMPLOYER_EXPORT, "union")).prefetch_related("licences"))
    data = [
        (
            e.code, e.name, "、".join(x.number for x in e.licences.all() if x.until is None), e.get_sector_display(), e.industry, e.get_status_display(),
            e.union.name, "是" if e.organised else "否", e.headcount, e.migrant_headcount, e.address, e.operator_name, e.phone_mask, e.listed_on, e.written_off_on,
        )
        for e in held
    ]  # fmt: skip
    content = export_table(COLUMNS, data, title="单位底册", actor=actor, definition=DEFINITIONS)
    audit.record(actor, "orgs.employer.export", None, org_path=actor.home, purpose=purpose.strip(), count=len(data))
    return content
