"""Funding projects (资金项目): matching funds and venue investment. Source: S220."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.treasury.enums import Level, ProjectKind, ProjectState


class FundingProject(models.Model):
    """Money of several levels for one purpose (资金项目)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="funding_projects", verbose_name="工会")
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=10, choices=partial(labels, ProjectKind), default=ProjectKind.VENUE)
    state = models.CharField("状态", max_length=10, choices=partial(labels, ProjectState), default=ProjectState.PLANNED)
    place = models.CharField("地点", max_length=120, blank=True)
    document_no = models.CharField("立项文号", max_length=60, blank=True)
    begun_on = models.DateField("立项日期")
    due_on = models.DateField("计划完成", null=True, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    acceptors = models.CharField("验收人", max_length=120, blank=True)
    conclusion = models.CharField("验收结论", max_length=500, blank=True)
    maker_ref = models.CharField("经办", max_length=40)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "资金项目"
        ordering = ["-begun_on", "-pk"]
        indexes = [models.Index(fields=["union", "state"], name="funding_union")]

    @property
    def tone(self) -> str:
        """Colour of the state's word."""
        return ProjectState(self.state).tone

    def __str__(self) -> str:
        return self.name


class FundingSource(models.Model):
    """What one level promised and what arrived (资金来源)."""

    project = models.ForeignKey(FundingProject, models.CASCADE, related_name="sources", verbose_name="项目")
    level = models.CharField("来源", max_length=10, choices=partial(labels, Level))
    giver = models.CharField("出资单位", max_length=80)
    promised_fen = models.BigIntegerField("承诺金额")
    arrived_fen = models.BigIntegerField("到位金额", default=0)
    arrived_on = models.DateField("最近到位日期", null=True, blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金来源"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(promised_fen__gt=0), name="source_promised", violation_error_message="承诺金额要大于 0。"),
            models.CheckConstraint(
                condition=Q(arrived_fen__gte=0) & Q(arrived_fen__lte=F("promised_fen")),
                name="source_arrived",
                violation_error_message="到位金额不能超过承诺金额。",
            ),
        ]


class FundingPurchase(models.Model):
    """What was bought from the money (项目采购)."""

    project = models.ForeignKey(FundingProject, models.CASCADE, related_name="purchases", verbose_name="项目")
    name = models.CharField("品名", max_length=80)
    kind = models.CharField("资产类别", max_length=10)
    quantity = models.PositiveIntegerField("数量")
    price_fen = models.BigIntegerField("单价")
    supplier = models.CharField("供应商", max_length=80, blank=True)
    years = models.PositiveSmallIntegerField("使用年限（年）", null=True, blank=True)
    bought_on = models.DateField("采购日期")
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    registered = models.BooleanField("已登记资产", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "项目采购"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price_fen__gt=0), name="purchase_amount", violation_error_message="数量和单价要大于 0。"
            )
        ]

    @property
    def amount_fen(self) -> int:
        """Quantity times price (金额)."""
        return self.quantity * self.price_fen
