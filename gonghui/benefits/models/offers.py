"""Merchants, their offers, the codes of members, what happened at the counter (商家、优惠、券码、券码核销记录)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.benefits.enums import HOLDING, ClaimState, MerchantKind, MerchantState, OfferKind, OfferState, TryOutcome
from gonghui.core.choices import labels


class Merchant(models.Model):
    """A firm that grants members a price, with its contract (合作商家)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="签约工会")
    name = models.CharField("商家", max_length=60)
    kind = models.CharField("类别", max_length=10, choices=partial(labels, MerchantKind))
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    address = models.CharField("使用地点", max_length=160)
    contact = models.CharField("联系人", max_length=40)
    phone = models.CharField("联系电话", max_length=20)
    contract_no = models.CharField("协议编号", max_length=40)
    since = models.DateField("协议起")
    until = models.DateField("协议止（含）")
    state = models.CharField("合作状态", max_length=10, choices=partial(labels, MerchantState), default=MerchantState.ACTIVE)
    serial = models.PositiveIntegerField("核销页编号", default=1)
    reason = models.CharField("暂停或终止原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "合作商家"
        indexes = [models.Index(fields=["union", "state"], name="benefits_merchant_union")]
        constraints = [
            models.UniqueConstraint(
                fields=["union", "contract_no"], name="benefits_contract_once", violation_error_message="这个协议编号已经登记过。"
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="benefits_contract_dates", violation_error_message="协议止期不能早于起期。"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        return MerchantState(self.state).tone


class Offer(models.Model):
    """What members get, with quota and fair rules (普惠项目). `taken` never passes `quota`: conditional update and constraint."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="offers", verbose_name="商家")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="发放工会")
    title = models.CharField("项目", max_length=60)
    words = models.CharField("使用说明", max_length=400)
    kind = models.CharField("优惠方式", max_length=8, choices=partial(labels, OfferKind))
    list_fen = models.BigIntegerField("原价（分）")
    price_fen = models.BigIntegerField("会员付（分）")
    subsidy_fen = models.BigIntegerField("工会补贴（分）", default=0)
    quota = models.PositiveIntegerField("总份数")
    taken = models.PositiveIntegerField("已领份数", default=0)
    per_member = models.PositiveSmallIntegerField("每人限领", default=1)
    member_days = models.PositiveIntegerField("入会满（天）", default=0)
    first_hours = models.PositiveIntegerField("没领过的先领（小时）", default=0)
    since = models.DateTimeField("开始领取")
    until = models.DateTimeField("停止领取")
    code_days = models.PositiveSmallIntegerField("券码有效（天）")
    group_least = models.PositiveIntegerField("成团人数", default=0)
    formed_at = models.DateTimeField("成团时间", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=partial(labels, OfferState), default=OfferState.DRAFT)

    class Meta:
        verbose_name = verbose_name_plural = "普惠项目"
        indexes = [models.Index(fields=["union", "state"], name="benefits_offer_union")]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("quota")), name="benefits_offer_quota", violation_error_message="已经领完，不能超过总份数。"
            ),
            models.CheckConstraint(
                condition=Q(price_fen__gte=0, subsidy_fen__gte=0, list_fen__gt=0) & Q(list_fen__gte=F("price_fen") + F("subsidy_fen")),
                name="benefits_offer_prices",
                violation_error_message="会员付的加工会补贴不能高于原价。",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="benefits_offer_dates", violation_error_message="停止领取要晚于开始领取。"
            ),
            models.CheckConstraint(
                condition=Q(kind="group", group_least__gte=2, group_least__lte=F("quota")) | (~Q(kind="group") & Q(group_least=0)),
                name="benefits_offer_group",
                violation_error_message="团购要写成团人数，至少 2 人，不超过总份数。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> int:
        return self.quota - self.taken

    @property
    def saving_fen(self) -> int:
        return self.list_fen - self.price_fen

    @property
    def tone(self) -> str:
        return OfferState(self.state).tone


class Claim(models.Model):
    """One code of one member (券码). `n` is which of the member's pieces it is: unique while it holds one, so no limit is passed."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="claims", verbose_name="普惠项目")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="领取时所在工会")
    n = models.PositiveSmallIntegerField("第几份")
    code = models.CharField("券码", max_length=16, unique=True)
    state = models.CharField("状态", max_length=10, choices=partial(labels, ClaimState))
    saving_fen = models.BigIntegerField("节省（分）")
    claimed_at = models.DateTimeField("领取时间")
    valid_until = models.DateField("有效期至（含）", null=True, blank=True)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "券码"
        indexes = [
            models.Index(fields=["offer", "state"], name="benefits_claim_offer"),
            models.Index(fields=["person", "-claimed_at"], name="benefits_claim_person"),
            models.Index(fields=["valid_until"], name="benefits_claim_due", condition=Q(state="issued")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "person", "n"],
                condition=Q(state__in=[str(s) for s in HOLDING]),
                name="benefits_claim_piece",
                violation_error_message="您已经领过这一份。",
            ),
            models.CheckConstraint(
                condition=Q(state="used", used_at__isnull=False) | (~Q(state="used") & Q(used_at__isnull=True)),
                name="benefits_claim_used",
                violation_error_message="使用时间和状态要一致。",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def tone(self) -> str:
        return ClaimState(self.state).tone


class CounterTry(models.Model):
    """A line of the counter's log, only added (券码核销记录). It names no person."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="tries", verbose_name="商家")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="tries", verbose_name="券码")
    outcome = models.CharField("结果", max_length=8, choices=partial(labels, TryOutcome))
    at = models.DateTimeField("时间")
    actor = models.CharField("操作者", max_length=60)
    reason = models.CharField("原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "券码核销记录"
        indexes = [models.Index(fields=["merchant", "-at"], name="benefits_try_merchant")]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.outcome}"
