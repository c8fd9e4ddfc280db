"""The waived medical-service fee: scheme of a year, rates, hospitals, passes, uses, settlements (免医事服务费)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.benefits.enums import SchemeState, SettlementState, VisitLevel
from gonghui.core.choices import labels


class FeeScheme(models.Model):
    """What is paid for members in a year and out of what (免医事服务费方案). Amounts stand in its document, never in the program."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="实施工会")
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("方案", max_length=60)
    document_no = models.CharField("方案文号", max_length=60)
    times = models.PositiveSmallIntegerField("每人每年次数")
    budget_fen = models.BigIntegerField("全年预算（分）")
    spent_fen = models.BigIntegerField("已用（分）", default=0)
    state = models.CharField("状态", max_length=8, choices=partial(labels, SchemeState), default=SchemeState.DRAFT)

    class Meta:
        verbose_name = verbose_name_plural = "免医事服务费方案"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "year"], name="benefits_scheme_year", violation_error_message="这一年的方案已经有了。"
            ),
            models.CheckConstraint(
                condition=Q(spent_fen__gte=0, spent_fen__lte=F("budget_fen")),
                name="benefits_scheme_budget",
                violation_error_message="全年预算已经用完。",
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="benefits_scheme_times", violation_error_message="每人至少一次。"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        return SchemeState(self.state).tone

    @property
    def left_fen(self) -> int:
        return self.budget_fen - self.spent_fen


class FeeRate(models.Model):
    """What the union pays for a visit of a level (各档金额)."""

    scheme = models.ForeignKey(FeeScheme, models.PROTECT, related_name="rates", verbose_name="方案")
    level = models.CharField("档次", max_length=10, choices=partial(labels, VisitLevel))
    fee_fen = models.BigIntegerField("工会代付（分）")

    class Meta:
        verbose_name = verbose_name_plural = "医事服务费标准"
        ordering = ["fee_fen", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "level"], name="benefits_rate_once", violation_error_message="这一档已经有金额。"),
            models.CheckConstraint(condition=Q(fee_fen__gt=0), name="benefits_rate_positive", violation_error_message="金额要大于零。"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}"


class Hospital(models.Model):
    """A hospital under agreement (定点医院)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="签约工会")
    name = models.CharField("医院", max_length=60)
    address = models.CharField("地址", max_length=160)
    phone = models.CharField("联系电话", max_length=20)
    agreement_no = models.CharField("协议编号", max_length=40)
    since = models.DateField("协议起")
    until = models.DateField("协议止（含）")
    serial = models.PositiveIntegerField("登记页编号", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "定点医院"
        constraints = [
            models.UniqueConstraint(fields=["union", "name"], name="benefits_hospital_once", violation_error_message="这家医院已经登记。"),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="benefits_hospital_dates", violation_error_message="协议止期不能早于起期。"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeeGrant(models.Model):
    """A member's own quota of a year (就医凭证). `used` never passes `times`."""

    scheme = models.ForeignKey(FeeScheme, models.PROTECT, related_name="grants", verbose_name="方案")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="领取时所在工会")
    code = models.CharField("凭证号", max_length=16, unique=True)
    times = models.PositiveSmallIntegerField("次数")
    used = models.PositiveSmallIntegerField("已用次数", default=0)
    made_at = models.DateTimeField("领取时间")

    class Meta:
        verbose_name = verbose_name_plural = "就医凭证"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "person"], name="benefits_grant_once", violation_error_message="今年的凭证已经领过。"
            ),
            models.CheckConstraint(
                condition=Q(used__lte=F("times")), name="benefits_grant_times", violation_error_message="今年的次数已经用完。"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def left(self) -> int:
        return self.times - self.used


class Settlement(models.Model):
    """What one hospital is paid for one month, with its file (月结算单)."""

    scheme = models.ForeignKey(FeeScheme, models.PROTECT, related_name="settlements", verbose_name="方案")
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="settlements", verbose_name="医院")
    month = models.DateField("月份")
    count = models.PositiveIntegerField("人次")
    amount_fen = models.BigIntegerField("金额（分）")
    state = models.CharField("状态", max_length=6, choices=partial(labels, SettlementState), default=SettlementState.MADE)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结算明细")
    made_at = models.DateTimeField("生成时间")
    paid_on = models.DateField("付款日期", null=True, blank=True)
    voucher = models.CharField("付款凭证号", max_length=40, blank=True)
    reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "医事服务费结算单"
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "hospital", "month"],
                condition=~Q(state="void"),
                name="benefits_settlement_once",
                violation_error_message="这家医院这个月已经结算。",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_on__isnull=False),
                name="benefits_settlement_paid",
                violation_error_message="付款要写日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def tone(self) -> str:
        return SettlementState(self.state).tone


class FeeUse(models.Model):
    """One visit paid for (使用记录). The amount is the rate of the day it was used; where a person went is nobody's business above."""

    grant = models.ForeignKey(FeeGrant, models.PROTECT, related_name="uses", verbose_name="就医凭证")
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="uses", verbose_name="医院")
    level = models.CharField("档次", max_length=10, choices=partial(labels, VisitLevel))
    fee_fen = models.BigIntegerField("金额（分）")
    on = models.DateField("就诊日期")
    at = models.DateTimeField("登记时间")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="当时所在工会")
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, blank=True, related_name="uses", verbose_name="结算单")
    reversed_at = models.DateTimeField("撤回时间", null=True, blank=True)
    reason = models.CharField("撤回原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "免医事服务费使用记录"
        indexes = [
            models.Index(fields=["hospital", "on"], name="benefits_use_month"),
            models.Index(fields=["grant"], name="benefits_use_grant"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settlement__isnull=True) | Q(reversed_at__isnull=True),
                name="benefits_use_settled",
                violation_error_message="已结算的使用记录不能撤回，请先作废结算单。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.level}"
