"""Portfolios, follow-ups, visits and what they bring (包片、跟踪、走访)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.fieldwork.enums import EvidenceKind, HelpState, JoinState, Maturity, Outcome, Purpose, Refusal, Visitor, VisitState


class Portfolio(models.Model):
    """What an organiser looks after (包片): the employers of an area, of one industry or of all. Source: S011."""

    user_id = models.BigIntegerField("工建指导员账号")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="片区工会")
    industry = models.CharField("行业门类", max_length=1, blank=True, help_text="GB/T 4754 门类，空为全部")
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "包片"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "industry"],
                condition=Q(until__isnull=True),
                name="portfolio_once",
                violation_error_message="这个片区的这个行业已经有人包。",
            )
        ]


class FollowUp(models.Model):
    """An employer in the care of an organiser (跟踪服务), open until the union there works by the book. Source: S008."""

    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="follow_ups", verbose_name="单位")
    user_id = models.BigIntegerField("工建指导员账号")
    stage = models.CharField("成熟度", max_length=8, choices=partial(labels, Maturity), default=Maturity.NONE)
    next_visit = models.DateField("下次走访", null=True, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "跟踪服务"
        constraints = [
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(until__isnull=True),
                name="follow_up_one_open",
                violation_error_message="这个单位已有人跟踪。",
            )
        ]
        indexes = [models.Index(fields=["user_id", "until"], name="follow_up_user")]


class Visit(models.Model):
    """A visit order and its result (走访单): the merged state of its document."""

    doc = models.OneToOneField("fieldwork.Doc", models.PROTECT, related_name="visit", verbose_name="资料")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="visits", verbose_name="单位")
    user_id = models.BigIntegerField("工建指导员账号")
    purpose = models.CharField("目的", max_length=8, choices=partial(labels, Purpose), default=Purpose.BUILD)
    state = models.CharField("状态", max_length=10, choices=partial(labels, VisitState), default=VisitState.PLANNED)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    visited_on = models.DateField("走访日期", null=True, blank=True)
    visitor = models.CharField("谁去的", max_length=12, choices=partial(labels, Visitor), blank=True)
    arguments = models.JSONField("说的道理", default=list)
    outcome = models.CharField("结果", max_length=10, choices=partial(labels, Outcome), blank=True)
    refusal = models.CharField("不同意的原因", max_length=8, choices=partial(labels, Refusal), blank=True)
    proposed_form = models.CharField("建议形式", max_length=10, blank=True)
    checklist = models.JSONField("清单", default=list, help_text="已做的项目")
    needs = models.JSONField("职工需求", default=list)
    warnings = models.JSONField("预警", default=list)
    note = models.CharField("记录", max_length=500, blank=True)
    next_visit = models.DateField("下次走访", null=True, blank=True)
    maturity = models.CharField("成熟度", max_length=8, choices=partial(labels, Maturity), blank=True)
    card_complete = models.BooleanField("走访后卡片完整", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "走访单"
        indexes = [
            models.Index(fields=["user_id", "visited_on"], name="visit_user"),
            models.Index(fields=["state", "planned_on"], name="visit_state"),
        ]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.planned_on or self.visited_on}"


class Evidence(models.Model):
    """A photo or a signature from a visit (走访凭据), re-encoded."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="evidence", verbose_name="走访单")
    kind = models.CharField("种类", max_length=10, choices=partial(labels, EvidenceKind))
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+", verbose_name="附件")
    uid = models.CharField("事项编号", max_length=48, unique=True)
    added_at = models.DateTimeField("上送时间")

    class Meta:
        verbose_name = verbose_name_plural = "走访凭据"


class HelpRequest(models.Model):
    """An organiser asks the officer (求助)."""

    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="+", verbose_name="单位")
    user_id = models.BigIntegerField("工建指导员账号")
    words = models.CharField("请求", max_length=300)
    state = models.CharField("状态", max_length=8, choices=partial(labels, HelpState), default=HelpState.OPEN)
    answer = models.CharField("答复", max_length=300, blank=True)
    asked_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "求助"
        indexes = [models.Index(fields=["state", "asked_at"], name="help_state")]


class OnSiteJoin(models.Model):
    """An application filled in and signed on the organiser's phone (现场入会). What is doubtful is kept sealed until a person has looked."""

    uid = models.CharField("事项编号", max_length=40, unique=True)
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="受理工会")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    application = models.ForeignKey("members.Application", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="入会申请")
    user_id = models.BigIntegerField("工建指导员账号")
    name = models.CharField("姓名", max_length=60)
    state = models.CharField("状态", max_length=10, choices=partial(labels, JoinState))
    why = models.CharField("说明", max_length=200, blank=True)
    payload_sealed = models.BinaryField("待核内容密文", null=True, blank=True)
    made_at = models.DateTimeField("签名时间")
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "现场入会"
        indexes = [models.Index(fields=["user_id", "made_at"], name="on_site_join_user")]
