"""Consent and requests about own data (同意记录、个人信息请求)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.members.enums import ConsentPurpose, RequestKind, RequestState


class Consent(models.Model):
    """A consent to one version of a notice (同意记录). Withdrawing ends it; a new version needs a new consent."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="consents", verbose_name="本人")
    purpose = models.CharField("目的", max_length=12, choices=partial(labels, ConsentPurpose))
    version = models.CharField("告知版本", max_length=12)
    notice_hash = models.CharField("告知文本校验值", max_length=64)
    given_at = models.DateTimeField("同意时间")
    how = models.CharField("方式", max_length=20)
    guardian = models.CharField("监护人", max_length=40, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "同意记录"
        constraints = [
            models.UniqueConstraint(fields=["person", "purpose"], condition=Q(withdrawn_at__isnull=True), name="consent_one_live")
        ]


class DataRequest(models.Model):
    """A request of a person about own data (个人信息请求): correction, erasure, review by a person, explanation; answered with reasons.

    For one who died a near relative asks at the desk (PIPL 49); `words` then says who."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="data_requests", verbose_name="本人")
    union = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理工会")
    kind = models.CharField("种类", max_length=8, choices=partial(labels, RequestKind))
    field = models.CharField("项目", max_length=20, blank=True)
    value_sealed = models.BinaryField("更正为（密文）", null=True, blank=True)
    words = models.CharField("本人说明", max_length=200, blank=True)
    state = models.CharField("状态", max_length=8, choices=partial(labels, RequestState), default=RequestState.OPEN)
    answer = models.JSONField("答复", default=list, blank=True)
    made_at = models.DateTimeField("提出时间")
    due_on = models.DateField("应答复日期")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息请求"
        indexes = [models.Index(fields=["state", "due_on"], name="data_request_due")]
