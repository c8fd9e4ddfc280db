"""Roll-ups, statistical periods, reported numbers, reports (汇总、统计期、上报数、报表)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.figures.enums import ReportState


class Roll(models.Model):
    """Net change of one count on one day in the subtree of one union (汇总): a figure as of D is the sum up to D.

    Written only by `services.post`, folded at every ancestor in the writer's own transaction.
    """

    pk = models.CompositePrimaryKey("union", "key", "day")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会", db_index=False, db_constraint=False)
    key = models.CharField("计数项", max_length=48)
    day = models.DateField("日期")
    n = models.BigIntegerField("净增减")

    class Meta:
        verbose_name = verbose_name_plural = "汇总"


class StatPeriod(models.Model):
    """A statistical period of the federation (统计期). The current one gives the default date of every page."""

    name = models.CharField("名称", max_length=40, unique=True)
    opening = models.DateField("期初")
    closing = models.DateField("期末")
    current = models.BooleanField("当前", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "统计期"
        ordering = ["-closing"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closing__gte=F("opening")), name="period_dates", violation_error_message="期末不能早于期初。"
            ),
            models.UniqueConstraint(
                fields=["current"], condition=Q(current=True), name="period_one_current", violation_error_message="只能有一个当前统计期。"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReportedFigure(models.Model):
    """A number as somebody claimed it (上报数). It never changes a counted one; both are shown with their difference."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    key = models.CharField("指标", max_length=48)
    on = models.DateField("截止日")
    claimed = models.CharField("上报值", max_length=24, help_text="照原文：98%、4138")
    numerator = models.BigIntegerField("上报分子", null=True, blank=True)
    denominator = models.BigIntegerField("上报分母", null=True, blank=True)
    source = models.CharField("出处", max_length=120)
    by = models.CharField("录入人", max_length=40)
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = verbose_name_plural = "上报数"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "key", "on", "source"],
                name="reported_once",
                violation_error_message="同一出处、同一日期的这个上报数已经录入。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.claimed}"


class Report(models.Model):
    """A report of a union for a period (报表). Once released it is frozen by triggers; a correction is a new version (RPT-03)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    period = models.ForeignKey(StatPeriod, models.PROTECT, related_name="reports", verbose_name="统计期")
    version = models.PositiveSmallIntegerField("版本", default=1)
    state = models.CharField("状态", max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    data = models.JSONField("数据", default=dict)
    digest = models.CharField("数据哈希", max_length=64, blank=True)
    checks = models.JSONField("核对结果", default=list, blank=True)
    reason = models.CharField("更正理由", max_length=200, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="更正自")
    prepared_by = models.CharField("编制人", max_length=40)
    prepared_at = models.DateTimeField("编制时间")
    released_by = models.CharField("发布人", max_length=40, blank=True)
    released_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报表"
        ordering = ["-period__closing", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["union", "period", "version"],
                name="report_version_once",
                violation_error_message="这个版本已经有了。请刷新后再试。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.period} 第 {self.version} 版"
