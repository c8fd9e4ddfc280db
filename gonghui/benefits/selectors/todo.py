"""What waits in benefits (待办)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.benefits.enums import MerchantState, Perm, ProgrammeState, SettlementState, StayState
from gonghui.benefits.models import Merchant, Programme, Settlement, StayApplication
from gonghui.benefits.selectors import common
from gonghui.core import clock

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def inbox(actor: Actor) -> Iterator[Source]:
    """Contracts that end, applications to judge, lists to post or confirm, settlements to pay."""
    today = clock.today()
    if actor.may(Perm.OFFER_EDIT):
        line = today + timedelta(days=common.number("benefits.contract_days"))
        rows = Merchant.objects.filter(actor.within(Perm.OFFER_EDIT, "union"), state=MerchantState.ACTIVE, until__lte=line)
        yield Source(rows.select_related("union").order_by("until", "pk"), _merchant)
    if actor.may(Perm.STAY_DECIDE):
        asked = StayApplication.objects.filter(
            actor.within(Perm.STAY_DECIDE, "programme__union"), state=StayState.APPLIED, programme__state=ProgrammeState.OPEN
        )
        yield Source(asked.select_related("programme__union", "person", "union").order_by("applied_at", "pk"), _application)
    if actor.may(Perm.STAY_EDIT):
        mine = Programme.objects.filter(actor.within(Perm.STAY_EDIT, "union")).select_related("union")
        yield Source(mine.filter(state=ProgrammeState.OPEN, apply_until__lte=clock.now()).order_by("apply_until"), _to_post)
        yield Source(mine.filter(state=ProgrammeState.POSTED, posted_until__lt=today).order_by("posted_until"), _to_confirm)
    if actor.may(Perm.FEE_SETTLE):
        bills = Settlement.objects.filter(actor.within(Perm.FEE_SETTLE, "scheme__union"), state=SettlementState.MADE)
        yield Source(bills.select_related("scheme__union", "hospital").order_by("made_at", "pk"), _bill)


def _merchant(row: Any) -> Item:
    return Item(f"merchant:{row.pk}", "benefits.merchant", "协议到期", f"{row.name}的协议 {row.until:%Y-%m-%d} 到期", reverse("benefits:merchant", args=[row.pk]), row.union.name, row.until)  # fmt: skip


def _application(row: Any) -> Item:
    return Item(f"stay:{row.pk}", "benefits.stay", "疗休养审核", f"{row.person.name}报名{row.programme.name}", reverse("benefits:application", args=[row.pk]), row.union.name, row.programme.apply_until.astimezone(clock.SHANGHAI).date())  # fmt: skip


def _to_post(row: Any) -> Item:
    return Item(f"post:{row.pk}", "benefits.programme", "疗休养公示", f"{row.name}报名已截止，请排序公示", reverse("benefits:programme", args=[row.pk]), row.union.name, row.apply_until.astimezone(clock.SHANGHAI).date())  # fmt: skip


def _to_confirm(row: Any) -> Item:
    return Item(f"confirm:{row.pk}", "benefits.programme", "疗休养名单", f"{row.name}公示期满，请确定名单", reverse("benefits:programme", args=[row.pk]), row.union.name, row.posted_until)  # fmt: skip


def _bill(row: Any) -> Item:
    return Item(f"bill:{row.pk}", "benefits.settlement", "医事服务费付款", f"{row.hospital.name} {row.month:%Y年%m月}结算待付款", reverse("benefits:settlement", args=[row.pk]), row.scheme.union.name, None)  # fmt: skip
