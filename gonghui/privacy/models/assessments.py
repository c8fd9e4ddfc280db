"""Impact assessments (个人信息保护影响评估). Source: PIPL 55–56."""

from __future__ import annotations

from functools import partial

from django.db import models

from gonghui.core.choices import labels
from gonghui.privacy.enums import AssessmentState, Basis, Trigger


class Assessment(models.Model):
    """One assessment of one kind of processing (影响评估). Signed it stays as it is; a new version replaces it."""

    title = models.CharField("处理活动", max_length=80)
    trigger = models.CharField("应评估的情形", max_length=12, choices=partial(labels, Trigger))
    basis = models.CharField("处理依据", max_length=12, choices=partial(labels, Basis))
    kinds = models.TextField("处理的个人信息种类", max_length=500)
    necessity = models.TextField("目的、方式是否合法、正当、必要", max_length=1000)
    effect = models.TextField("对个人权益的影响和安全风险", max_length=1000)
    measures = models.TextField("保护措施是否合法、有效、与风险相适应", max_length=1000)
    conclusion = models.TextField("结论", max_length=500)
    state = models.CharField("状态", max_length=8, choices=partial(labels, AssessmentState), default=AssessmentState.DRAFT)
    version = models.PositiveIntegerField("版次", default=1)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="代替")
    made_by = models.CharField("起草人", max_length=40)
    made_name = models.CharField("起草人姓名", max_length=60)
    made_at = models.DateTimeField("起草时间")
    signed_by = models.CharField("签发人", max_length=40, blank=True)
    signed_name = models.CharField("签发人姓名", max_length=60, blank=True)
    signed_on = models.DateField("签发日期", null=True, blank=True)
    keep_until = models.DateField("至少保存到", null=True, blank=True)
    digest = models.CharField("文本校验值", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "影响评估"
        indexes = [models.Index(fields=["state", "-signed_on"], name="privacy_assessed")]
