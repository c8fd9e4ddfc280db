"""Funding projects (资金项目办理): sources, purchases, acceptance, assets. Source: S220."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Sum

from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.treasury import flows
from gonghui.treasury.enums import AssetKind, Level, Perm, ProjectState
from gonghui.treasury.models import FundingProject, FundingPurchase, FundingSource
from gonghui.treasury.services import assets

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LIVE = (ProjectState.PLANNED, ProjectState.RUNNING)


def _live(actor: Actor, project: FundingProject) -> FundingProject:
    actor.require(Perm.PROJECT_EDIT, project.union)
    row = FundingProject.objects.select_for_update(of=("self",)).select_related("union").get(pk=project.pk)
    if row.state not in LIVE:
        raise Conflict("treasury.project_closed", f"项目现在是“{ProjectState(row.state).label}”，不能再改。")
    return row


@transaction.atomic
def project_open(
    *, actor: Actor, union: Any, name: str, kind: str, begun_on: date, due_on: date | None = None, place: str = "", document_no: str = ""
) -> FundingProject:
    """Begin a project (立项)."""
    actor.require(Perm.PROJECT_EDIT, union)
    if not name.strip() or begun_on > clock.today() or (due_on is not None and due_on < begun_on):
        raise BadInput("treasury.project_values", "请写项目名称；立项日期不能晚于今天，计划完成不能早于立项。")
    made = FundingProject.objects.create(
        union=union, name=name.strip()[:80], kind=kind, begun_on=begun_on, due_on=due_on, place=place[:120], document_no=document_no[:60],
        maker_ref=actor.ref, created_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "treasury.project.opened", made, org_path=union.path, name=made.name)
    return made


@transaction.atomic
def source_add(*, actor: Actor, project: FundingProject, level: str, giver: str, promised_fen: int, document_no: str = "") -> FundingSource:
    """One level promises money (登记资金来源)."""
    row = _live(actor, project)
    if promised_fen <= 0 or level not in Level.values or not giver.strip():
        raise BadInput("treasury.source_values", "请写出资单位，承诺金额要大于 0。")
    made = FundingSource.objects.create(
        project=row, level=level, giver=giver.strip()[:80], promised_fen=promised_fen, document_no=document_no[:60]
    )
    audit.record(actor, "treasury.project.source", made, org_path=row.union.path, level=level, promised=promised_fen)
    return made


@transaction.atomic
def source_arrived(*, actor: Actor, source: FundingSource, amount_fen: int, on: date) -> FundingSource:
    """Money arrives (资金到位)."""
    row = _live(actor, source.project)
    if amount_fen <= 0 or on > clock.today():
        raise BadInput("treasury.arrived_values", "到位金额要大于 0，日期不能晚于今天。")
    moved = FundingSource.objects.filter(pk=source.pk, arrived_fen__lte=F("promised_fen") - amount_fen).update(
        arrived_fen=F("arrived_fen") + amount_fen, arrived_on=on
    )
    source.refresh_from_db()
    if not moved:
        left = source.promised_fen - source.arrived_fen
        raise RuleViolation(
            "treasury.arrived_over", f"还差 {money.show(left)} 没有到位，这次 {money.show(amount_fen)} 多了。请核对，或另登记一项来源。"
        )
    if row.state == ProjectState.PLANNED:
        flows.PROJECT.advance(row, ProjectState.RUNNING, actor=actor, org_path=row.union.path)
    audit.record(actor, "treasury.project.arrived", source, org_path=row.union.path, amount=amount_fen)
    return source


def money_of(project: FundingProject) -> dict[str, int]:
    """Promised, arrived, spent, left (项目资金)."""
    sums = project.sources.aggregate(p=Sum("promised_fen"), a=Sum("arrived_fen"))
    spent = sum(p.amount_fen for p in project.purchases.all())
    promised, arrived = int(sums["p"] or 0), int(sums["a"] or 0)
    return {
        "promised": promised,
        "arrived": arrived,
        "spent": spent,
        "left": arrived - spent,
        "percent": arrived * 100 // promised if promised else 0,
    }


@transaction.atomic
def purchase_add(
    *,
    actor: Actor,
    project: FundingProject,
    name: str,
    kind: str,
    quantity: int,
    price_fen: int,
    bought_on: date,
    supplier: str = "",
    years: int | None = None,
) -> FundingPurchase:
    """Buy from the money that has arrived (项目采购): never more than arrived (LED-09)."""
    row = _live(actor, project)
    if quantity <= 0 or price_fen <= 0 or kind not in AssetKind.values or bought_on > clock.today() or quantity > assets.MOST:
        raise BadInput("treasury.purchase_values", f"数量 1 至 {assets.MOST}，单价要大于 0，日期不能晚于今天。")
    left = money_of(row)["left"]
    if quantity * price_fen > left:
        raise RuleViolation(
            "treasury.project_over",
            f"项目到位资金还剩 {money.show(left)}，这次采购 {money.show(quantity * price_fen)}，超出了。专项资金只能在到位数以内使用。",
        )
    made = FundingPurchase.objects.create(
        project=row,
        name=name.strip()[:80],
        kind=kind,
        quantity=quantity,
        price_fen=price_fen,
        supplier=supplier[:80],
        years=years,
        bought_on=bought_on,
    )
    audit.record(actor, "treasury.project.purchase", made, org_path=row.union.path, amount=made.amount_fen)
    return made


@transaction.atomic
def purchase_accept(*, actor: Actor, purchase: FundingPurchase, on: date) -> FundingPurchase:
    """Accept what was delivered and put it into the asset register (验收并登记资产)."""
    row = _live(actor, purchase.project)
    if not purchase.bought_on <= on <= clock.today():
        raise BadInput("treasury.accept_day", "验收日期应在采购日和今天之间。")
    moved = FundingPurchase.objects.filter(pk=purchase.pk, registered=False).update(accepted_on=on, registered=True)
    if not moved:
        raise Conflict("treasury.accepted", "这一项已经验收过。")
    purchase.refresh_from_db()
    assets.asset_add(
        actor=actor, union=row.union, name=purchase.name, kind=purchase.kind, cost_fen=purchase.price_fen, bought_on=purchase.bought_on, years=purchase.years,
        quantity=purchase.quantity, source=f"treasury.fundingpurchase:{purchase.pk}", project=row, place=row.place,
    )  # fmt: skip
    audit.record(actor, "treasury.project.accepted", purchase, org_path=row.union.path)
    return purchase


@transaction.atomic
def project_accept(*, actor: Actor, project: FundingProject, acceptors: str, conclusion: str, on: date) -> FundingProject:
    """Accept the whole project (项目验收): at least two acceptors, every purchase accepted."""
    row = _live(actor, project)
    names = [n for n in acceptors.replace("，", "、").replace(",", "、").split("、") if n.strip()]
    open_ = row.purchases.filter(registered=False).count()
    if len(names) < 2 or len(conclusion.strip()) < 2:
        raise RuleViolation("treasury.acceptors", "验收要写至少两位验收人和验收结论。")
    if open_ or not row.purchases.exists():
        raise RuleViolation("treasury.accept_left", f"还有 {open_} 项采购没有验收。" if open_ else "还没有采购记录，不能验收。")
    changes = {"accepted_on": on, "acceptors": "、".join(n.strip() for n in names)[:120], "conclusion": conclusion.strip()[:500]}
    return flows.PROJECT.advance(row, ProjectState.ACCEPTED, actor=actor, org_path=row.union.path, changes=changes)


@transaction.atomic
def project_stop(*, actor: Actor, project: FundingProject, reason: str) -> FundingProject:
    """End it early (终止)."""
    row = _live(actor, project)
    if not reason.strip():
        raise RuleViolation("treasury.stop_reason", "请写明终止的原因。")
    return flows.PROJECT.advance(
        row, ProjectState.STOPPED, actor=actor, org_path=row.union.path, changes={"conclusion": reason.strip()[:500]}
    )
