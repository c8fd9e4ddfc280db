"""Budgets, their items and what plans hold of them (预算、预算项目、预算占用)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.treasury.enums import BudgetKind, BudgetState, Control, HoldState, Side


class Budget(models.Model):
    """One version of a union's yearly budget (年度预算). The version in force governs; an adjustment is a new version."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="budgets", verbose_name="工会")
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版本", default=1)
    kind = models.CharField("由来", max_length=12, choices=partial(labels, BudgetKind), default=BudgetKind.ORIGINAL)
    state = models.CharField("状态", max_length=10, choices=partial(labels, BudgetState), default=BudgetState.DRAFT)
    control = models.CharField("超预算时", max_length=6, choices=partial(labels, Control), default=Control.RULE)
    base = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="adjusted_by", verbose_name="被调整的预算")
    members = models.PositiveIntegerField("会员人数", default=0)
    carried_fen = models.BigIntegerField("动用以前年度结余", default=0)
    surplus_fen = models.BigIntegerField("账面结余", null=True, blank=True)
    income_fen = models.BigIntegerField("收入合计", default=0)
    spending_fen = models.BigIntegerField("支出合计", default=0)
    reason = models.CharField("编制或调整说明", max_length=500, blank=True)
    document_no = models.CharField("批准文号", max_length=60, blank=True)
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批")
    slip = models.CharField("平衡决定单", max_length=20, blank=True)
    examined_on = models.DateField("经审会审查日期", null=True, blank=True)
    approved_on = models.DateField("委员会批准日期", null=True, blank=True)
    reported_on = models.DateField("报上一级日期", null=True, blank=True)
    received_on = models.DateField("上一级收到日期", null=True, blank=True)
    maker_ref = models.CharField("编制人", max_length=40)
    created_at = models.DateTimeField("编制时间")

    class Meta:
        verbose_name = verbose_name_plural = "预算"
        ordering = ["-year", "union_id", "-version"]
        indexes = [models.Index(fields=["year", "state"], name="budget_year")]
        constraints = [
            models.UniqueConstraint(fields=["union", "year", "version"], name="budget_version"),
            models.UniqueConstraint(
                fields=["union", "year"],
                condition=Q(state="in_force"),
                name="budget_one_in_force",
                violation_error_message="这一年已有执行中的预算。",
            ),
            models.UniqueConstraint(
                fields=["union", "year"],
                condition=Q(state__in=["draft", "pending"]),
                name="budget_one_open",
                violation_error_message="这一年已有一份预算在编制或审批。",
            ),
            models.CheckConstraint(condition=Q(carried_fen__gte=0), name="budget_carried"),
        ]

    @property
    def tone(self) -> str:
        """Colour of the state's word."""
        return BudgetState(self.state).tone

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_kind_display()}"


class BudgetLine(models.Model):
    """One item of a budget (预算项目), by chart account and, where wanted, by activity."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines", verbose_name="预算")
    side = models.CharField("方向", max_length=8, choices=partial(labels, Side))
    account = models.CharField("科目", max_length=12)
    activity = models.CharField("活动或项目", max_length=60, blank=True)
    name = models.CharField("名称", max_length=80)
    amount_fen = models.BigIntegerField("预算数")
    last_fen = models.BigIntegerField("上年决算数", null=True, blank=True)
    basis = models.CharField("测算依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预算项目"
        ordering = ["side", "account", "activity"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "side", "account", "activity"],
                name="budget_line_once",
                violation_error_message="同一科目、同一活动只列一行。",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="budget_line_amount", violation_error_message="预算数不能小于 0。"),
        ]

    def __str__(self) -> str:
        return self.name


class Reservation(models.Model):
    """What a plan holds of a budget item before the voucher exists (预算占用). One per source."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="reservations", verbose_name="工会")
    year = models.PositiveSmallIntegerField("年度")
    account = models.CharField("科目", max_length=12)
    activity = models.CharField("活动或项目", max_length=60, blank=True)
    amount_fen = models.BigIntegerField("占用金额")
    source = models.CharField("来源", max_length=80, unique=True)
    words = models.CharField("事由", max_length=120, blank=True)
    state = models.CharField("状态", max_length=8, choices=partial(labels, HoldState), default=HoldState.OPEN)
    on = models.DateField("占用日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "预算占用"
        indexes = [models.Index(fields=["union", "year", "state"], name="hold_union")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="hold_amount", violation_error_message="占用金额要大于 0。")
        ]

    def __str__(self) -> str:
        return self.words or self.source
