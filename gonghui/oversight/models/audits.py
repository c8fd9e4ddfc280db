"""Audit plans, tasks, samples, the 100-point form, findings and their rectification (审计)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core import clock
from gonghui.core.choices import labels
from gonghui.oversight.enums import FindingState, PlanState, TaskKind, TaskState


class AuditPlan(models.Model):
    """What the audit committee of a union audits in a year (审计计划)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="经审会所在工会")
    year = models.PositiveSmallIntegerField("年度")
    words = models.CharField("重点", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8, choices=partial(labels, PlanState), default=PlanState.DRAFT)
    made_by = models.CharField("编制人", max_length=60)
    made_at = models.DateTimeField("编制时间")
    issued_on = models.DateField("下达日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计计划"
        constraints = [
            models.UniqueConstraint(fields=["union", "year"], name="ove_plan_once", violation_error_message="这一年的审计计划已经有了。")
        ]

    def __str__(self) -> str:
        return f"{self.union.name} {self.year} 年审计计划"

    @property
    def tone(self) -> str:
        return PlanState(self.state).tone


class AuditTask(models.Model):
    """One union of the plan (审计任务). `roster` is the list sampled from, frozen with its digest when the seed was drawn."""

    plan = models.ForeignKey(AuditPlan, models.PROTECT, related_name="tasks", verbose_name="审计计划")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="被审工会")
    kind = models.CharField("种类", max_length=8, choices=partial(labels, TaskKind), default=TaskKind.AUDIT)
    since = models.DateField("审计期间从")
    until = models.DateField("到")
    visit_on = models.DateField("进点日期")
    state = models.CharField("状态", max_length=10, choices=partial(labels, TaskState), default=TaskState.PLANNED)
    seed = models.CharField("抽样种子", max_length=64, blank=True)
    roster = models.TextField("抽样清单", blank=True)
    roster_digest = models.CharField("清单摘要", max_length=64, blank=True)
    size = models.PositiveIntegerField("抽取张数", default=0)
    drawn_at = models.DateTimeField("抽样时间", null=True, blank=True)
    opinion = models.CharField("审计意见", max_length=1000, blank=True)
    total = models.PositiveSmallIntegerField("得分", null=True, blank=True)
    number = models.CharField("报告编号", max_length=40, blank=True)
    reported_on = models.DateField("报告日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计任务"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "union", "since"], name="ove_task_once", violation_error_message="这个工会的这一期间已经在计划里。"
            ),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since")), name="ove_task_span", violation_error_message="期间的结束不能早于开始。"
            ),
        ]
        indexes = [models.Index(fields=["union", "state"], name="ove_task_union")]

    def __str__(self) -> str:
        return f"{self.union.name} {self.since:%Y.%m}–{self.until:%Y.%m} {self.get_kind_display()}"

    @property
    def tone(self) -> str:
        return TaskState(self.state).tone

    @property
    def late(self) -> bool:
        """The day has passed and nobody began."""
        return self.state == TaskState.PLANNED and self.visit_on < clock.today()


class TeamMember(models.Model):
    """Somebody of the audit team (审计组成员)."""

    task = models.ForeignKey(AuditTask, models.CASCADE, related_name="team", verbose_name="审计任务")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="成员")
    lead = models.BooleanField("组长", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "审计组成员"
        constraints = [
            models.UniqueConstraint(fields=["task", "user"], name="ove_team_once", violation_error_message="这个人已经在审计组里。")
        ]


class Sample(models.Model):
    """A voucher that the seed drew (抽中的凭证). Rows are only added (triggers)."""

    task = models.ForeignKey(AuditTask, models.PROTECT, related_name="samples", verbose_name="审计任务")
    n = models.PositiveIntegerField("次序")
    key = models.CharField("凭证", max_length=20)
    voucher = models.ForeignKey("finance.Voucher", models.PROTECT, related_name="+", verbose_name="记账凭证")
    digest = models.CharField("凭证摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "抽中的凭证"
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["task", "n"], name="ove_sample_n"),
            models.UniqueConstraint(fields=["task", "voucher"], name="ove_sample_once"),
        ]


class SampleLook(models.Model):
    """What the auditor saw in a drawn voucher (抽查记录)."""

    sample = models.OneToOneField(Sample, models.PROTECT, related_name="look", verbose_name="抽中的凭证")
    fine = models.BooleanField("没有问题")
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.CharField("查看人", max_length=60)
    at = models.DateTimeField("查看时间")

    class Meta:
        verbose_name = verbose_name_plural = "抽查记录"


class Score(models.Model):
    """One item of the 100-point form (考核表评分): as the rule base held it when the work began."""

    task = models.ForeignKey(AuditTask, models.PROTECT, related_name="scores", verbose_name="审计任务")
    n = models.PositiveSmallIntegerField("次序")
    item = models.CharField("项目", max_length=20)
    label = models.CharField("项目名称", max_length=40)
    full = models.PositiveSmallIntegerField("满分")
    reasons = models.JSONField("常见扣分原因", default=list)
    deducted = models.PositiveSmallIntegerField("扣分", default=0)
    reason = models.CharField("扣分原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核表评分"
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["task", "item"], name="ove_score_once"),
            models.CheckConstraint(
                condition=Q(deducted__lte=models.F("full")), name="ove_score_most", violation_error_message="扣分不能超过这一项的满分。"
            ),
            models.CheckConstraint(
                condition=Q(deducted=0) | ~Q(reason=""), name="ove_score_reason", violation_error_message="扣分要写原因。"
            ),
        ]

    @property
    def got(self) -> int:
        return self.full - self.deducted


class Finding(models.Model):
    """A problem with its clause (审计发现): note of the auditor until the report goes out, then due."""

    task = models.ForeignKey(AuditTask, models.PROTECT, related_name="findings", verbose_name="审计任务")
    item = models.CharField("考核项目", max_length=20, blank=True)
    title = models.CharField("问题", max_length=80)
    words = models.CharField("事实", max_length=600)
    rule = models.CharField("规则", max_length=80)
    clause = models.CharField("依据", max_length=300)
    voucher = models.ForeignKey("finance.Voucher", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记账凭证")
    amount_fen = models.BigIntegerField("金额（分）", default=0)
    advice = models.CharField("整改要求", max_length=400)
    state = models.CharField("状态", max_length=10, choices=partial(labels, FindingState), default=FindingState.NOTED)
    due_on = models.DateField("整改期限", null=True, blank=True)
    escalated_on = models.DateField("上报日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    by = models.CharField("记录人", max_length=60)
    at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "审计发现"
        indexes = [models.Index(fields=["state", "due_on"], name="ove_finding_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        return FindingState(self.state).tone

    @property
    def late(self) -> bool:
        return self.state == FindingState.OPEN and self.due_on is not None and self.due_on < clock.today()


class Rectification(models.Model):
    """What the union did about a finding, and what the follow-up said (整改和复查)."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="rectifications", verbose_name="审计发现")
    words = models.CharField("整改情况", max_length=600)
    by = models.CharField("报告人", max_length=60)
    by_name = models.CharField("报告人姓名", max_length=40, blank=True)
    at = models.DateTimeField("报告时间")
    accepted = models.BooleanField("复查通过", null=True, blank=True)
    opinion = models.CharField("复查意见", max_length=300, blank=True)
    seen_by = models.CharField("复查人", max_length=60, blank=True)
    seen_name = models.CharField("复查人姓名", max_length=40, blank=True)
    seen_at = models.DateTimeField("复查时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改报告"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(by=models.F("seen_by")), name="ove_rect_two", violation_error_message="整改和复查要由两个人办理。"
            )
        ]


class Proof(models.Model):
    """A paper that proves it (整改证明)."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="proofs", verbose_name="整改报告")
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("名称", max_length=120)
    sha256 = models.CharField("文件摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "整改证明"
