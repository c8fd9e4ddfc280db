"""Suppliers' quotations (询价): the goods wanted, what each supplier asks, who was chosen and why."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.spending.enums import InquiryState
from gonghui.spending.models.plans import Plan


class Inquiry(models.Model):
    """The asking for quotations of a plan (询价). Once chosen it stands; opening it again needs a reason."""

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="inquiry", verbose_name="计划")
    state = models.CharField("状态", max_length=8, choices=partial(labels, InquiryState), default=InquiryState.OPEN)
    chosen = models.ForeignKey("spending.Quote", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="选定的报价")
    reason = models.CharField("选定理由", max_length=300, blank=True)
    slip = models.CharField("决定单", max_length=20, blank=True)
    reopened = models.CharField("重新询价的理由", max_length=300, blank=True)
    decided_by = models.CharField("选定人", max_length=60, blank=True)
    decided_name = models.CharField("选定人姓名", max_length=40, blank=True)
    decided_at = models.DateTimeField("选定时间", null=True, blank=True)
    made_by = models.CharField("发起人", max_length=60)
    made_at = models.DateTimeField("发起时间")

    class Meta:
        verbose_name = verbose_name_plural = "询价"


class Goods(models.Model):
    """One article everybody receives (物品清单)."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="goods", verbose_name="询价")
    name = models.CharField("名称", max_length=40)
    spec = models.CharField("规格", max_length=60, blank=True)
    measure = models.CharField("计量单位", max_length=8, default="份")
    quantity = models.PositiveIntegerField("数量")

    class Meta:
        verbose_name = verbose_name_plural = "物品清单"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="spe_goods_quantity", violation_error_message="数量要大于零。"),
            models.UniqueConstraint(
                fields=["inquiry", "name", "spec"], name="spe_goods_once", violation_error_message="这样物品已经列了。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}{'（' + self.spec + '）' if self.spec else ''}"


class Quote(models.Model):
    """What one supplier asks (报价): with the paper it came on."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="quotes", verbose_name="询价")
    supplier = models.CharField("供货单位", max_length=80)
    on = models.DateField("报价日期")
    total_fen = models.BigIntegerField("报价总额（分）")
    file = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报价单")
    note = models.CharField("说明", max_length=120, blank=True)
    made_by = models.CharField("登记人", max_length=60)
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "报价"
        ordering = ["total_fen", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "supplier"], name="spe_quote_once", violation_error_message="这家已经报过价。"),
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="spe_quote_total", violation_error_message="报价要大于零。"),
        ]


class QuotePrice(models.Model):
    """The price of one article in a quotation (报价明细)."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="prices", verbose_name="报价")
    goods = models.ForeignKey(Goods, models.PROTECT, related_name="prices", verbose_name="物品")
    unit_fen = models.BigIntegerField("单价（分）")

    class Meta:
        verbose_name = verbose_name_plural = "报价明细"
        constraints = [
            models.UniqueConstraint(fields=["quote", "goods"], name="spe_quoteprice_once"),
            models.CheckConstraint(condition=Q(unit_fen__gt=0), name="spe_quoteprice_unit", violation_error_message="单价要大于零。"),
        ]
