"""Final accounts (决算): the closed year beside its budget, explained, approved, reported, frozen."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.treasury.enums import FinalState, Side
from gonghui.treasury.models.budgets import Budget


class FinalAccount(models.Model):
    """The final account of a union's year (年度决算), taken from the sealed book. Frozen while it is decided, and for good once accepted."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="final_accounts", verbose_name="工会")
    year = models.PositiveSmallIntegerField("年度")
    book = models.ForeignKey("finance.Book", models.PROTECT, related_name="+", verbose_name="账套")
    budget = models.ForeignKey(Budget, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="比较的预算")
    state = models.CharField("状态", max_length=10, choices=partial(labels, FinalState), default=FinalState.DRAFT)
    seal = models.CharField("12 月封存摘要", max_length=64)
    income_fen = models.BigIntegerField("收入决算", default=0)
    spending_fen = models.BigIntegerField("支出决算", default=0)
    budget_income_fen = models.BigIntegerField("收入预算", default=0)
    budget_spending_fen = models.BigIntegerField("支出预算", default=0)
    sheet = models.JSONField("年末资产负债", default=dict)
    notes = models.CharField("决算说明", max_length=800, blank=True)
    opinion = models.CharField("经审意见", max_length=300, blank=True)
    document_no = models.CharField("上报文号", max_length=60, blank=True)
    returned = models.CharField("退回理由", max_length=300, blank=True)
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批")
    slip = models.CharField("程序决定单", max_length=20, blank=True)
    examined_on = models.DateField("经审会审查日期", null=True, blank=True)
    approved_on = models.DateField("委员会批准日期", null=True, blank=True)
    reported_on = models.DateField("报上一级日期", null=True, blank=True)
    decided_on = models.DateField("上一级核定日期", null=True, blank=True)
    maker_ref = models.CharField("编制", max_length=40)
    created_at = models.DateTimeField("编制时间")

    class Meta:
        verbose_name = verbose_name_plural = "决算"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "year"], condition=~Q(state="dropped"), name="final_once", violation_error_message="这一年的决算已经有了。"
            )
        ]
        indexes = [models.Index(fields=["state", "year"], name="final_state")]

    def __str__(self) -> str:
        return f"{self.year} 年决算"

    @property
    def tone(self) -> str:
        return FinalState(self.state).tone

    @property
    def surplus_fen(self) -> int:
        """Income less expenditure of the year (本年收支差额)."""
        return self.income_fen - self.spending_fen


class FinalLine(models.Model):
    """One item: budget, what really happened, why they differ (决算项目)."""

    final = models.ForeignKey(FinalAccount, models.PROTECT, related_name="lines", verbose_name="决算")
    side = models.CharField("方向", max_length=8, choices=partial(labels, Side))
    account = models.CharField("科目", max_length=8)
    activity = models.CharField("活动或项目", max_length=60, blank=True)
    name = models.CharField("名称", max_length=80)
    budget_fen = models.BigIntegerField("预算数", default=0)
    done_fen = models.BigIntegerField("决算数", default=0)
    must = models.BooleanField("要说明", default=False)
    words = models.CharField("差异说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "决算项目"
        ordering = ["side", "account", "activity"]
        constraints = [models.UniqueConstraint(fields=["final", "side", "account", "activity"], name="final_line_once")]

    @property
    def gap_fen(self) -> int:
        """What happened less the budget (差异)."""
        return self.done_fen - self.budget_fen


class BudgetReminder(models.Model):
    """A union without an approved budget was reminded by the one above (催编预算)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="被提醒的工会")
    year = models.PositiveSmallIntegerField("年度")
    on = models.DateField("日期")
    told = models.PositiveSmallIntegerField("收到的人数", default=0)
    actor = models.CharField("提醒人", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "催编预算"
        constraints = [models.UniqueConstraint(fields=["union", "year", "on"], name="budget_reminder_once")]
