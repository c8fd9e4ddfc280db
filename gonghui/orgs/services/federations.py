"""Papers of a federation (联合会的协议、职代会): filed with day and text; the modules of bargaining and congress write here too.

Source: S012, S013; CC-38-1; policy orgs.agreement_term, orgs.cluster_quorum, orgs.agreement_reminders.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.files.export import Column, export_table
from gonghui.orgs.enums import CoverageForm, Perm
from gonghui.orgs.models import Agreement, AgreementEmployer, ClusterCongress, Employer, Union
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.services.common import must_be_alive, not_future, sign, violate

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def _federation(union: Union) -> None:
    if union.kind not in rules.FEDERATIONS | rules.JOINT:
        violate("orgs.not_federation", f"区域（行业）协议和职代会登记在联合会下面，{union.name}是{union.get_kind_display()}。")


@transaction.atomic
def agreement_record(
    *,
    actor: Actor,
    union: Union,
    kind: str,
    number: str,
    counterpart: str,
    signed_on: date,
    valid_until: date,
    employers: Sequence[Employer] | None = None,
    file: Any = None,
) -> Agreement:
    """File a signed agreement (登记区域、行业协议). It binds the employers named; without names, all covered on the day it was signed.

    Raises: NotPermitted; RuleViolation orgs.not_federation, orgs.agreement_dates, orgs.agreement_nobody, orgs.agreement_outside;
    Conflict orgs.agreement_number_once.
    """
    actor.require(Perm.AGREEMENT_EDIT, union)
    must_be_alive(union)
    _federation(union)
    not_future(signed_on, "签订日期")
    if valid_until <= signed_on:
        violate("orgs.agreement_dates", f"期满日期 {valid_until} 应晚于签订日期 {signed_on}。")
    bound = _bound(union, signed_on, employers)
    try:
        with transaction.atomic():
            row = Agreement.objects.create(
                union=union, kind=kind, number=number.strip(), counterpart=counterpart.strip(), signed_on=signed_on, valid_until=valid_until,
                workers=sum(e.headcount or 0 for e in bound), file=file, actor=sign(actor), recorded_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("orgs.agreement_number_once", f"{union.name}已登记过编号为“{number.strip()}”的协议。") from fault
    AgreementEmployer.objects.bulk_create(
        [AgreementEmployer(agreement=row, employer=e, headcount=e.headcount) for e in bound], batch_size=500
    )
    audit.record(
        actor, "orgs.agreement.record", row, org_path=union.path, agreement=kind, number=row.number, signed_on=signed_on,
        valid_until=valid_until, employers=len(bound), workers=row.workers,
    )  # fmt: skip
    return row


def _bound(union: Union, on: date, employers: Sequence[Employer] | None) -> list[Employer]:
    """Each employer once, all of them covered by the federation on the day."""
    live = Q(coverages__union=union, coverages__since__lte=on) & (Q(coverages__until=None) | Q(coverages__until__gt=on))
    covered = {e.pk: e for e in Employer.objects.filter(live).distinct().order_by("pk")}
    chosen = list(covered.values()) if employers is None else list({e.pk: e for e in employers}.values())
    if outside := [e.name for e in chosen if e.pk not in covered]:
        violate("orgs.agreement_outside", f"{on} 这些单位不在{union.name}的覆盖范围：{'、'.join(outside[:5])}。请先登记覆盖，或不列入。")
    if not chosen:
        violate("orgs.agreement_nobody", f"{on} {union.name}没有覆盖任何单位，协议没有约束对象。请先登记覆盖。")
    return chosen


@transaction.atomic
def agreement_end(*, actor: Actor, agreement: Agreement, on: date, reason: str) -> Agreement:
    """An agreement ends before its day (提前终止). Raises: RuleViolation orgs.agreement_dates, orgs.reason_missing; Conflict."""
    actor.require(Perm.AGREEMENT_EDIT, agreement.union)
    not_future(on, "终止日期")
    if not agreement.signed_on <= on < agreement.valid_until:
        violate("orgs.agreement_dates", f"终止日期应在签订日 {agreement.signed_on} 和期满日 {agreement.valid_until} 之间。")
    if len(reason.strip()) < 4:
        violate("orgs.reason_missing", "请写明终止的原因，至少 4 个字。")
    if not Agreement.objects.filter(pk=agreement.pk, ended_on=None).update(ended_on=on, end_reason=reason.strip()[:200]):
        raise Conflict("orgs.agreement_ended", "这份协议已经终止。请刷新后查看。")
    audit.record(actor, "orgs.agreement.end", agreement, org_path=agreement.union.path, on=on, reason=reason.strip()[:200])
    agreement.refresh_from_db()
    return agreement


@transaction.atomic
def cluster_congress_record(
    *, actor: Actor, union: Union, name: str, on: date, delegates: int, present: int, result: str, minutes: Any = None
) -> ClusterCongress:
    """File a session of the regional or industry workers' congress (登记区域、行业职代会). Raises: RuleViolation orgs.cluster_present; Conflict."""
    actor.require(Perm.AGREEMENT_EDIT, union)
    must_be_alive(union)
    _federation(union)
    not_future(on, "会议日期")
    if delegates < 1 or present > delegates:
        violate("orgs.cluster_present", f"到会 {present} 人，代表 {delegates} 人：代表至少 1 人，到会不能多于代表。请核对。")
    row, made = ClusterCongress.objects.get_or_create(
        union=union, on=on, defaults={
            "name": name.strip(), "delegates": delegates, "present": present, "result": result.strip(), "minutes": minutes,
            "actor": sign(actor), "recorded_at": clock.now(),
        },
    )  # fmt: skip
    if not made:
        raise Conflict("orgs.cluster_day_once", f"{union.name} {on} 的会议已经登记为“{row.name}”。")
    audit.record(actor, "orgs.cluster_congress.record", row, org_path=union.path, on=on, delegates=delegates, present=present)
    return row


COLUMNS = (
    Column("联合会", width=30), Column("种类"), Column("编号", width=20), Column("企业方", width=26), Column("签订日期", "date"),
    Column("期满日期", "date"), Column("状态"), Column("单位数", "number"), Column("职工数", "number"),
)  # fmt: skip
COVERED = (
    Column("单位编号"), Column("单位名称", width=32), Column("形式"), Column("起", "date"), Column("止（不含）", "date"), Column("主覆盖"),
    Column("同时覆盖的工会", width=36), Column("职工数", "number"),
)  # fmt: skip
DEFINITIONS = {
    "单位数": "签订时协议所列、由联合会覆盖的单位，一家只数一次",
    "职工数": "签订时所列单位登记的职工数之和",
    "主覆盖": "同时被区域和行业联合会覆盖的单位，统计只算在主覆盖的工会",
}


@transaction.atomic
def agreements_export(*, actor: Actor, rows: Any) -> bytes:
    """What the list shows, as xlsx (导出协议)."""
    actor.require(Perm.UNION_VIEW)
    data = [
        (a.union.name, a.get_kind_display(), a.number, a.counterpart, a.signed_on, a.valid_until, a.word, a.employers, a.workers)
        for a in rows
    ]
    content = export_table(COLUMNS, data, title="区域（行业）协议", actor=actor, definition=DEFINITIONS)
    audit.record(actor, "orgs.agreement.export", None, org_path=actor.home, count=len(data))
    return content


@transaction.atomic
def covered_export(*, actor: Actor, union: Union, on: date, rows: Any) -> bytes:
    """The employers a federation covers on a day, as xlsx (导出覆盖单位)."""
    actor.require(Perm.UNION_VIEW, union)
    labels = dict(CoverageForm.choices)
    data = [
        (
            c.employer.code,
            c.employer.name,
            labels[c.form],
            c.since,
            c.until,
            "是" if c.main else "否",
            "、".join(c.beside),
            c.employer.headcount,
        )
        for c in rows
    ]
    content = export_table(COVERED, data, title=f"{union.name}覆盖单位（{on}）", actor=actor, definition=DEFINITIONS)
    audit.record(actor, "orgs.coverage.export", None, org_path=union.path, union=union.pk, on=on, count=len(data))
    return content


__all__ = ["agreement_end", "agreement_record", "agreements_export", "cluster_congress_record", "covered_export"]
