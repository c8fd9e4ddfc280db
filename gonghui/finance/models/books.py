"""Books, periods, running balances (账套、期间、余额)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from gonghui.finance.enums import BookKind, Level, PeriodState, Stream


class Book(models.Model):
    """The books of one union (账套). `agent` keeps them for a union without an accountant (代理记账、联合记账)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    agent = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代理记账工会")
    kind = models.CharField("用途", max_length=10, choices=BookKind.choices, default=BookKind.REAL)
    level = models.CharField("科目表", max_length=8, choices=Level.choices, default=Level.BASIC)
    since = models.DateField("启用日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    created_at = models.DateTimeField("建账时间")

    class Meta:
        verbose_name = verbose_name_plural = "账套"
        constraints = [
            models.UniqueConstraint(
                fields=["union"],
                condition=Q(kind="real", closed_on__isnull=True),
                name="book_once",
                violation_error_message="这个工会已经有一个正在用的账套。",
            )
        ]
        indexes = [models.Index(fields=["agent"], name="book_agent")]

    def __str__(self) -> str:
        return f"{self.union.name}{'' if self.kind == BookKind.REAL else '（练习）'}"

    @property
    def path(self) -> str:
        """Place of the book in the tree of unions."""
        return self.union.path

    @property
    def practice(self) -> bool:
        return self.kind == BookKind.PRACTICE


class Period(models.Model):
    """A month of a book (会计期间). `last_number` and `head` move under its row lock; a closed one is sealed by `seal`."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="periods", verbose_name="账套")
    month = models.PositiveIntegerField("月份", help_text="202501")
    state = models.CharField("状态", max_length=8, choices=PeriodState.choices, default=PeriodState.OPEN)
    last_number = models.PositiveIntegerField("末号", default=0)
    head = models.CharField("末张凭证摘要", max_length=64, blank=True)
    seal = models.CharField("封存摘要", max_length=64, blank=True)
    seal_prev = models.CharField("上期封存摘要", max_length=64, blank=True)
    closed_at = models.DateTimeField("结账时间", null=True, blank=True)
    closed_by = models.CharField("结账人", max_length=40, blank=True)
    reopened = models.PositiveSmallIntegerField("反结账次数", default=0)
    reopen_reason = models.CharField("反结账原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会计期间"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["book", "month"], name="period_once"),
            models.CheckConstraint(
                condition=Q(state="open", seal="") | (Q(state="closed") & ~Q(seal="")),
                name="period_seal",
                violation_error_message="结账的期间必须封存。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month // 100}年{self.month % 100}月"

    @property
    def first_day(self) -> date:
        return date(self.month // 100, self.month % 100, 1)

    @property
    def state_tone(self) -> str:
        return PeriodState(self.state).tone


class Balance(models.Model):
    """What moved on an account in a month (科目发生额), folded in the transaction of each posting."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="balances", db_index=False, verbose_name="账套")
    account = models.CharField("科目", max_length=8)
    month = models.PositiveIntegerField("月份")
    stream = models.CharField("发生性质", max_length=1, choices=Stream.choices, default=Stream.NORMAL)
    project = models.BooleanField("项目", default=False, help_text="收入、支出科目分基本和项目")
    debit_fen = models.BigIntegerField("借方（分）", default=0)
    credit_fen = models.BigIntegerField("贷方（分）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "科目发生额"
        indexes = [  # `balance_once` begins with the book; this one holds whole rows in the order in which many books are added up
            models.Index(fields=["account", "month", "stream", "project", "book", "debit_fen", "credit_fen"], name="balance_sums")
        ]
        constraints = [models.UniqueConstraint(fields=["book", "account", "month", "stream", "project"], name="balance_once")]
