"""What a hospital is paid for a month (月结算): made from the uses, with its file, paid or made void."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from gonghui.benefits import flows
from gonghui.benefits.enums import Perm, SettlementState, VisitLevel
from gonghui.benefits.models import FeeScheme, FeeUse, Hospital, Settlement
from gonghui.benefits.rules import codes
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.files import services as files
from gonghui.files.export import Column, export_table

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def _table(actor: Actor, row: Settlement) -> tuple[str, bytes]:
    """The lines by pass number, without names (结算明细)."""
    uses = FeeUse.objects.filter(settlement=row).select_related("grant").order_by("on", "pk")
    lines = [(u.on, codes.masked(u.grant.code), str(VisitLevel(u.level).label), u.fee_fen) for u in uses]
    lines.append(("合计", f"{row.count} 人次", "", row.amount_fen))  # type: ignore[arg-type]  # the last line is the sum
    title = f"{row.hospital.name} {row.month:%Y年%m月} 医事服务费结算明细"
    columns: list[Column | str] = [Column("就诊日期", width=14), Column("凭证号", width=18), "档次", Column("金额（元）", "money")]
    words = {"凭证号": "隐去中间几位，不含姓名", "金额": f"按《{row.scheme.document_no}》当时的标准"}
    return f"{title}.xlsx", export_table(columns, lines, title=title, actor=actor, definition=words)


@transaction.atomic
def settlement_make(*, actor: Actor, scheme: FeeScheme, hospital: Hospital, month: date) -> Settlement:
    """Settle a finished month of one hospital (生成结算单). Raises RuleViolation benefits.month_open, benefits.nothing; Conflict benefits.settled."""
    actor.require(Perm.FEE_SETTLE, scheme.union)
    month = month.replace(day=1)
    if month >= clock.today().replace(day=1):
        raise RuleViolation("benefits.month_open", "这个月还没有过完，下个月再结算。")
    FeeScheme.objects.select_for_update().get(pk=scheme.pk)  # a use is reversed or settled, not both
    rows = FeeUse.objects.filter(
        grant__scheme=scheme, hospital=hospital, on__year=month.year, on__month=month.month, reversed_at=None, settlement=None
    )
    total = rows.aggregate(n=Count("pk"), fen=Sum("fee_fen"))
    if not total["n"]:
        raise RuleViolation("benefits.nothing", "这个月没有待结算的使用记录。")
    try:
        with transaction.atomic():
            made = Settlement.objects.create(
                scheme=scheme, hospital=hospital, month=month, count=total["n"], amount_fen=total["fen"], made_at=clock.now()
            )
    except IntegrityError:
        raise Conflict("benefits.settled", "这家医院这个月已经结算过。要重做，请先作废原来的。") from None
    taken = rows.update(settlement=made)
    if taken != total["n"]:
        raise Conflict("benefits.settle_moved", "刚刚有使用记录变了，请再生成一次。")
    name, data = _table(actor, made)
    made.file = files.file_make(actor, name=name, data=data, purpose="benefits.settlement", org_path=scheme.union.path, restricted=True)
    made.save(update_fields=["file"])
    audit.record(actor, "benefits.settlement.made", made, org_path=scheme.union.path, count=made.count, amount_fen=made.amount_fen)
    return made


@transaction.atomic
def settlement_pay(*, actor: Actor, settlement: Settlement, paid_on: date, voucher: str) -> Settlement:
    """Put the payment down (登记付款)."""
    actor.require(Perm.FEE_SETTLE, settlement.scheme.union)
    if paid_on > clock.today() or not voucher.strip():
        raise BadInput("benefits.pay", "请写付款凭证号，付款日期不能晚于今天。")
    return flows.SETTLEMENT.advance(
        settlement,
        SettlementState.PAID,
        actor=actor,
        org_path=settlement.scheme.union.path,
        changes={"paid_on": paid_on, "voucher": voucher.strip()[:40]},
    )


@transaction.atomic
def settlement_unpay(*, actor: Actor, settlement: Settlement, reason: str) -> Settlement:
    """The payment was put down by mistake (撤回付款登记)."""
    actor.require(Perm.FEE_SETTLE, settlement.scheme.union)
    if len(reason.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写撤回的原因。")
    return flows.SETTLEMENT.advance(
        settlement, SettlementState.MADE, actor=actor, org_path=settlement.scheme.union.path, changes={"paid_on": None, "voucher": ""},
        reason=reason.strip()[:200],
    )  # fmt: skip


@transaction.atomic
def settlement_void(*, actor: Actor, settlement: Settlement, reason: str) -> Settlement:
    """Undo it: its uses can be settled anew (作废结算单)."""
    actor.require(Perm.FEE_SETTLE, settlement.scheme.union)
    if len(reason.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写作废的原因。")
    done = flows.SETTLEMENT.advance(
        settlement, SettlementState.VOID, actor=actor, org_path=settlement.scheme.union.path, changes={"reason": reason.strip()[:200]}
    )
    FeeUse.objects.filter(settlement=settlement).update(settlement=None)
    return done
