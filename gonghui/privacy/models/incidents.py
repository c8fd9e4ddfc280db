"""Incidents with personal data (个人信息安全事件). Source: PIPL 57."""

from __future__ import annotations

from functools import partial

from django.db import models

from gonghui.core.choices import labels
from gonghui.privacy.enums import IncidentKind, IncidentState


class Incident(models.Model):
    """One incident (个人信息安全事件) with what article 57 wants said: kinds, cause, harm, remedies, what people can do, contact."""

    kind = models.CharField("种类", max_length=8, choices=partial(labels, IncidentKind))
    title = models.CharField("事件", max_length=80)
    found_at = models.DateTimeField("发现时间")
    kinds = models.CharField("涉及的个人信息种类", max_length=200)
    cause = models.TextField("原因", max_length=1000)
    harm = models.TextField("可能造成的危害", max_length=1000)
    remedy = models.TextField("已采取的补救措施", max_length=1000)
    advice = models.TextField("个人可以采取的减轻危害的措施", max_length=1000)
    contact = models.CharField("联系方式", max_length=100)
    state = models.CharField("状态", max_length=8, choices=partial(labels, IncidentState), default=IncidentState.OPEN)
    opened_by = models.CharField("登记人", max_length=40)
    reported_on = models.DateField("报告主管部门日期", null=True, blank=True)
    reported_to = models.CharField("报告的部门", max_length=80, blank=True)
    notified_at = models.DateTimeField("通知本人时间", null=True, blank=True)
    no_notice_reason = models.CharField("不通知本人的理由", max_length=300, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    lesson = models.TextField("整改情况", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息安全事件"
        indexes = [models.Index(fields=["state", "-found_at"], name="privacy_incidents")]


class Affected(models.Model):
    """A person an incident touches (受影响的人), with how we know."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="affected", verbose_name="事件")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="本人")
    origin = models.CharField("线索", max_length=80)
    told_at = models.DateTimeField("通知时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "受影响的人"
        constraints = [models.UniqueConstraint(fields=["incident", "person"], name="privacy_affected_once")]
