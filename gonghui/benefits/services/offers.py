"""Merchants and offers (商家和普惠项目的办理)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.benefits import flows
from gonghui.benefits.enums import MerchantKind, MerchantState, OfferKind, OfferState, Perm
from gonghui.benefits.models import Merchant, Offer
from gonghui.benefits.selectors import common
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.orgs.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

MERCHANT_FIELDS = ("name", "kind", "credit_code", "address", "contact", "phone", "contract_no", "since", "until")
OFFER_FIELDS = (
    "title", "words", "kind", "list_fen", "price_fen", "subsidy_fen", "quota", "per_member", "member_days", "first_hours", "since", "until", "code_days",
    "group_least",
)  # fmt: skip


def _merchant(data: dict[str, Any]) -> dict[str, Any]:
    if data["kind"] not in MerchantKind.values or data["until"] < data["since"] or not str(data["name"]).strip():
        raise BadInput("benefits.merchant", "请写商家名称和类别；协议止期不能早于起期。")
    return {k: data[k] for k in MERCHANT_FIELDS if k in data}


@transaction.atomic
def merchant_add(*, actor: Actor, union: Any, **data: Any) -> Merchant:
    """Put a merchant with its contract down (登记商家)."""
    actor.require(Perm.OFFER_EDIT, union)
    try:
        with transaction.atomic():
            made = Merchant.objects.create(union=union, **_merchant(data))
    except IntegrityError:
        raise Conflict("benefits.contract_once", "这个协议编号已经登记过，请核对。") from None
    audit.record(actor, "benefits.merchant.created", made, org_path=union.path, name=made.name)
    return made


@transaction.atomic
def merchant_edit(*, actor: Actor, merchant: Merchant, **data: Any) -> Merchant:
    """Change it; a shorter contract must still cover the offers that are open (修改商家)."""
    actor.require(Perm.OFFER_EDIT, merchant.union)
    values = _merchant(data)
    row = Merchant.objects.select_for_update().get(pk=merchant.pk)
    late = row.offers.filter(state__in=[OfferState.OPEN, OfferState.PAUSED], until__date__gt=values["until"]).first()
    if late is not None:
        raise RuleViolation(
            "benefits.contract_short", f"“{late.title}”要领取到 {late.until.astimezone(clock.SHANGHAI):%Y-%m-%d}，协议止期不能更早。"
        )
    try:
        with transaction.atomic():
            Merchant.objects.filter(pk=row.pk).update(**values)
    except IntegrityError:
        raise Conflict("benefits.contract_once", "这个协议编号已经登记过，请核对。") from None
    row.refresh_from_db()
    audit.record(actor, "benefits.merchant.edited", row, org_path=merchant.union.path)
    return row


@transaction.atomic
def merchant_move(*, actor: Actor, merchant: Merchant, to: str, reason: str = "") -> Merchant:
    """Suspend, end, take up again (暂停、终止、恢复合作): nothing can be claimed or used while it is not active."""
    actor.require(Perm.OFFER_EDIT, merchant.union)
    if to not in MerchantState.values:
        raise BadInput("benefits.state", "没有这种状态。")
    if to != MerchantState.ACTIVE and len(reason.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写原因，会员在手机上看得到。")
    return flows.MERCHANT.advance(merchant, to, actor=actor, org_path=merchant.union.path, changes={"reason": reason.strip()[:200]})


@transaction.atomic
def merchant_link(*, actor: Actor, merchant: Merchant) -> Merchant:
    """Give the counter a new address; the old one is void at once (更换核销页)."""
    actor.require(Perm.OFFER_EDIT, merchant.union)
    Merchant.objects.filter(pk=merchant.pk).update(serial=F("serial") + 1)
    merchant.refresh_from_db()
    audit.record(actor, "benefits.merchant.link_changed", merchant, org_path=merchant.union.path)
    return merchant


# -- offers ------------------------------------------------------------------------------------------------------------


def _offer(merchant: Merchant, data: dict[str, Any]) -> dict[str, Any]:
    """Values that hold together, before the database would refuse them. Raises BadInput, RuleViolation."""
    values = {k: data[k] for k in OFFER_FIELDS if data.get(k) is not None}
    if values["kind"] not in OfferKind.values or values["quota"] < 1 or values["per_member"] < 1 or not 1 <= values["code_days"] <= 366:
        raise BadInput("benefits.offer", "份数、每人限领至少 1，券码有效 1 至 366 天。")
    if values["list_fen"] <= 0 or values["price_fen"] < 0 or values.get("subsidy_fen", 0) < 0:
        raise BadInput("benefits.offer", "金额不能是负数，原价要大于零。")
    if values["price_fen"] + values.get("subsidy_fen", 0) > values["list_fen"]:
        raise RuleViolation("benefits.offer_prices", "会员付的加工会补贴不能高于原价。")
    if values["until"] <= values["since"]:
        raise BadInput("benefits.offer_dates", "停止领取要晚于开始领取。")
    if (
        values["since"].astimezone(clock.SHANGHAI).date() < merchant.since
        or values["until"].astimezone(clock.SHANGHAI).date() > merchant.until
    ):
        raise RuleViolation(
            "benefits.outside_contract", f"领取时间要在协议期内（{merchant.since:%Y-%m-%d} 至 {merchant.until:%Y-%m-%d}）。"
        )
    if values["kind"] == OfferKind.GROUP:
        if not 2 <= values.get("group_least", 0) <= values["quota"]:
            raise RuleViolation("benefits.group_least", "成团人数至少 2 人，不超过总份数。")
    else:
        values["group_least"] = 0
    return values


def voucher_slip(union: Any, subsidy_fen: int, on: date) -> Decision:
    """Is a voucher paid by the union within the local standard? Source: policy finance.consumption_voucher."""
    return law.decide("finance.consumption_voucher", union, on, {"amount_fen": subsidy_fen})


def _voucher(union: Any, values: dict[str, Any]) -> None:
    """All pieces of one member count together: the standard is for a member and a year."""
    if values["kind"] != OfferKind.VOUCHER:
        return
    if not values.get("subsidy_fen"):
        raise RuleViolation("benefits.voucher_empty", "工会消费券要写工会补贴多少；没有补贴的选“会员价”。")
    slip = voucher_slip(union, values["subsidy_fen"] * values["per_member"], values["since"].astimezone(clock.SHANGHAI).date())
    if slip.blocks:
        raise RuleViolation("benefits.voucher_limit", common.reasons(slip))


@transaction.atomic
def offer_add(*, actor: Actor, merchant: Merchant, **data: Any) -> Offer:
    """Draft an offer inside the contract (新建普惠项目). Raises RuleViolation benefits.outside_contract, benefits.voucher_limit."""
    actor.require(Perm.OFFER_EDIT, merchant.union)
    values = _offer(merchant, data)
    _voucher(merchant.union, values)
    made = Offer.objects.create(merchant=merchant, union=merchant.union, **values)
    audit.record(actor, "benefits.offer.created", made, org_path=merchant.union.path, title=made.title, quota=made.quota)
    return made


@transaction.atomic
def offer_edit(*, actor: Actor, offer: Offer, **data: Any) -> Offer:
    """Change it. What members were promised stays: prices, way and limits of an offer that was opened do not change (修改)."""
    actor.require(Perm.OFFER_EDIT, offer.union)
    row = Offer.objects.select_for_update().select_related("merchant", "union").get(pk=offer.pk)
    values = _offer(row.merchant, data)
    if row.state != OfferState.DRAFT:
        fixed = [
            f
            for f in ("kind", "list_fen", "price_fen", "subsidy_fen", "per_member", "member_days", "first_hours", "since", "group_least")
            if values.get(f, getattr(row, f)) != getattr(row, f)
        ]
        if fixed:
            labels = {f.name: str(f.verbose_name) for f in Offer._meta.concrete_fields}
            names = "、".join(labels[f] for f in fixed)
            raise RuleViolation("benefits.offer_promised", f"已经开放过，{names}不能再改。请结束这一项，另建一项。")
    if values["quota"] < row.taken:
        raise RuleViolation("benefits.quota_below", f"已经领出 {row.taken} 份，总份数不能少于它。")
    _voucher(row.union, values)
    if not Offer.objects.filter(pk=row.pk, taken__lte=values["quota"]).update(**values):
        raise Conflict("benefits.quota_below", "刚刚又有人领了，请刷新后再改总份数。")
    row.refresh_from_db()
    audit.record(actor, "benefits.offer.edited", row, org_path=row.union.path, quota=row.quota)
    return row


@transaction.atomic
def offer_move(*, actor: Actor, offer: Offer, to: str) -> Offer:
    """Open, pause, close (开放、暂停、结束): codes in hand stay good."""
    actor.require(Perm.OFFER_EDIT, offer.union)
    if to not in OfferState.values:
        raise BadInput("benefits.state", "没有这种状态。")
    if to == OfferState.OPEN:
        if offer.merchant.state != MerchantState.ACTIVE:
            raise RuleViolation(
                "benefits.merchant_not_active", f"{offer.merchant.name}现在{MerchantState(offer.merchant.state).label}，不能开放。"
            )
        if offer.until <= clock.now():
            raise RuleViolation("benefits.offer_over", "停止领取的时间已过，请先改时间。")
    return flows.OFFER.advance(offer, to, actor=actor, org_path=offer.union.path)
