"""Half-yearly statements, questions of members, the FAQ (半年公布、提问、政策问答)."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.oversight.enums import QuestionState, StatementState


class Statement(models.Model):
    """Income and expenditure of a union in half a year, told to its members (半年财务公布表). Published ones never change (trigger)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    book = models.ForeignKey("finance.Book", models.PROTECT, related_name="+", verbose_name="账套")
    year = models.PositiveSmallIntegerField("年度")
    half = models.PositiveSmallIntegerField("半年", choices=[(1, "上半年"), (2, "下半年")])
    state = models.CharField("状态", max_length=10, choices=partial(labels, StatementState), default=StatementState.DRAFT)
    figures = models.JSONField("数字", default=dict)
    words = models.CharField("说明", max_length=500, blank=True)
    digest = models.CharField("摘要", max_length=64, blank=True)
    due_on = models.DateField("最迟公布日")
    made_by = models.CharField("编制人", max_length=60)
    made_name = models.CharField("编制人姓名", max_length=40, blank=True)
    made_at = models.DateTimeField("编制时间")
    approved_by = models.CharField("批准人", max_length=60, blank=True)
    approved_name = models.CharField("批准人姓名", max_length=40, blank=True)
    published_on = models.DateField("公布日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "半年财务公布表"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "year", "half"], name="ove_statement_once", violation_error_message="这半年的公布表已经有了。"
            ),
            models.CheckConstraint(
                condition=~Q(made_by=models.F("approved_by")),
                name="ove_statement_two",
                violation_error_message="编制和批准要由两个人办理。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.union.name} {self.label}财务收支"

    @property
    def label(self) -> str:
        return f"{self.year} 年{'上' if self.half == 1 else '下'}半年"

    @property
    def since(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def until(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def tone(self) -> str:
        return StatementState(self.state).tone


class Question(models.Model):
    """What a member asks about a statement (会员提问). Only the asker and the platform know who asked."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="questions", verbose_name="公布表")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="提问人")
    words = models.CharField("问题", max_length=300)
    state = models.CharField("状态", max_length=10, choices=partial(labels, QuestionState), default=QuestionState.ASKED)
    asked_at = models.DateTimeField("提问时间")
    rule = models.CharField("规则", max_length=80, blank=True)
    answer = models.CharField("答复", max_length=600, blank=True)
    answered_by = models.CharField("答复人", max_length=60, blank=True)
    answered_name = models.CharField("答复人姓名", max_length=40, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会员提问"
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="ove_question_state")]

    @property
    def tone(self) -> str:
        return QuestionState(self.state).tone


class Faq(models.Model):
    """A question beyond the books with its clause (政策问答), shown to the members of the union and below."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    question = models.OneToOneField(Question, models.PROTECT, related_name="faq", verbose_name="来自提问")
    words = models.CharField("问题", max_length=300)
    answer = models.CharField("答复", max_length=600)
    rule = models.CharField("规则", max_length=80)
    clause = models.CharField("依据", max_length=300)
    at = models.DateTimeField("公布时间")

    class Meta:
        verbose_name = verbose_name_plural = "政策问答"
        ordering = ["-pk"]
