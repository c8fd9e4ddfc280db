"""Tables of the rule base (规则库): stored decisions, by-law values of units, reviews. The rules themselves are files."""

from __future__ import annotations

from typing import Any

from django.db import models

from gonghui.policy.engine.records import OVERRIDES, SEVERITIES
from gonghui.policy.enums import Outcome, Verdict


class StoredDecision(models.Model):
    """A decision slip as it was given (决定单). No update, no delete: triggers in migration 0002."""

    public_id = models.CharField("决定单号", max_length=20, unique=True)
    key = models.CharField("规则", max_length=80)
    subject_kind = models.CharField("对象类型", max_length=40, blank=True)
    subject_id = models.CharField("对象编号", max_length=60, blank=True)
    org_path = models.CharField("组织路径", max_length=80, blank=True)
    perm = models.CharField("查看所需权限", max_length=80, blank=True)
    relevant_on = models.DateField("依据日期")
    region = models.CharField("适用地区", max_length=6)
    outcome = models.CharField("结论", max_length=8, choices=Outcome.choices)
    severity = models.CharField("严重程度", max_length=8, choices=[(s, s) for s in SEVERITIES])
    body = models.TextField("内容（规范 JSON）")
    pack_hash = models.CharField("规则包哈希", max_length=64)
    input_hash = models.CharField("输入哈希", max_length=64)
    made_at = models.DateTimeField("作出时间")
    made_by = models.CharField("作出人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "决定单"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="decision_subject"),
            models.Index(fields=["org_path", "made_at"], name="decision_org"),
            models.Index(fields=["key", "made_at"], name="decision_key"),
        ]

    def __str__(self) -> str:
        return self.public_id


class LocalValue(models.Model):
    """A value fixed by a unit's own by-law (本单位规定值)."""

    key = models.CharField("规则", max_length=80)
    clause = models.CharField("条款", max_length=40, default="main")
    param = models.CharField("参数", max_length=40, default="value", help_text="value 表示整个值")
    unit_path = models.CharField("单位路径", max_length=80)
    unit_name = models.CharField("单位名称", max_length=120, blank=True)
    value: Any = models.JSONField("值")
    override = models.CharField("适用方式", max_length=10, choices=[(o, o) for o in OVERRIDES], default="replace")
    since = models.DateField("生效日期")
    until = models.DateField("失效日期", null=True, blank=True)
    source = models.CharField("依据文件", max_length=120)
    article = models.CharField("条款号", max_length=60, blank=True)
    entered_by = models.CharField("录入人", max_length=40)
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = verbose_name_plural = "本单位规定值"
        ordering = ["key", "unit_path", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "clause", "param", "unit_path", "since"],
                name="local_value_once",
                violation_error_message="同一天生效的本单位规定值已经录入。",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="local_value_dates",
                violation_error_message="失效日期不能早于生效日期。",
            ),
        ]
        indexes = [models.Index(fields=["key", "unit_path"], name="local_value_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.unit_path}"


class RuleReview(models.Model):
    """A review of a rule against its text (规则复核). The file is never edited by it."""

    key = models.CharField("规则", max_length=80)
    rule_hash = models.CharField("规则文件哈希", max_length=64)
    verdict = models.CharField("复核结论", max_length=12, choices=Verdict.choices)
    note = models.CharField("说明", max_length=300, blank=True)
    reviewer = models.CharField("复核人", max_length=40)
    reviewer_name = models.CharField("复核人姓名", max_length=60)
    reviewed_on = models.DateField("复核日期")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "规则复核"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["key"], name="rule_review_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.reviewed_on}"
