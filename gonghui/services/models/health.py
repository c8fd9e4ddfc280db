"""Yearly health checks (职工体检、女职工专项检查). Source: R126; S183, S184."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.services.enums import LIVE, CareKind, CheckKind, PlanState, VisitState


class HealthPlan(models.Model):
    """The check of one kind in one year of a union and all below it (体检计划)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="组织工会")
    year = models.PositiveIntegerField("年度")
    kind = models.CharField("种类", max_length=8, choices=partial(labels, CheckKind))
    title = models.CharField("名称", max_length=80)
    items = models.TextField("检查项目", max_length=500)
    advice = models.TextField("检查前须知", max_length=500, blank=True)
    contact = models.CharField("咨询电话", max_length=60)
    state = models.CharField("状态", max_length=8, choices=partial(labels, PlanState), default=PlanState.DRAFT)
    made_at = models.DateTimeField("登记时间")
    opened_at = models.DateTimeField("开放预约时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "体检计划"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "year", "kind"], name="services_health_year",
                violation_error_message="这个工会这一年已经有同一种体检计划，请在原计划里加场次。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class HealthSession(models.Model):
    """Half a day at one hospital with so many places (体检场次)."""

    plan = models.ForeignKey(HealthPlan, models.PROTECT, related_name="sessions", verbose_name="计划")
    hospital = models.CharField("医院", max_length=80)
    address = models.CharField("地址", max_length=120)
    starts_at = models.DateTimeField("开始时间")
    capacity = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已约", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "体检场次"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="services_health_full", violation_error_message="这一场已经约满，请另选一场。"
            )
        ]

    @property
    def left(self) -> int:
        """Places still free."""
        return self.capacity - self.taken

    @property
    def unit_path(self) -> str:
        """Where the session lies in the tree."""
        return str(self.plan.union.path)


class HealthVisit(models.Model):
    """One person's place and whether the person came (体检预约与到检). The employer sees this row and nothing else."""

    plan = models.ForeignKey(HealthPlan, models.PROTECT, related_name="visits", verbose_name="计划")
    session = models.ForeignKey(HealthSession, models.PROTECT, related_name="visits", verbose_name="场次")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="职工")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="所在工会")
    state = models.CharField("状态", max_length=10, choices=partial(labels, VisitState), default=VisitState.BOOKED)
    booked_at = models.DateTimeField("预约时间")
    ended_at = models.DateTimeField("到检或取消时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "体检预约"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "person"], condition=Q(state__in=LIVE), name="services_health_once",
                violation_error_message="您已经约过这次体检。要换时间，先取消原来的预约。",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["person", "state"], name="services_health_person")]


class HealthResult(models.Model):
    """The sealed result (体检结果): put in by the desk, opened by the person only."""

    visit = models.OneToOneField(HealthVisit, models.PROTECT, related_name="result", verbose_name="体检预约")
    text_sealed = models.BinaryField("结果密文", null=True)
    put_by = models.CharField("录入人", max_length=40)
    put_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = verbose_name_plural = "体检结果"


class ResultLook(models.Model):
    """That the person opened the result (结果查看记录). Only added."""

    result = models.ForeignKey(HealthResult, models.PROTECT, related_name="looks", verbose_name="结果")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "结果查看记录"


class CareEvent(models.Model):
    """A lecture or handbooks given out (健康讲座、手册)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="组织工会")
    kind = models.CharField("种类", max_length=8, choices=partial(labels, CareKind))
    title = models.CharField("题目", max_length=80)
    on = models.DateField("日期")
    place = models.CharField("地点", max_length=80)
    speaker = models.CharField("主讲人", max_length=60, blank=True)
    people = models.PositiveIntegerField("参加人数", default=0)
    copies = models.PositiveIntegerField("手册册数", default=0)
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "健康服务记录"
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gt=0) | Q(copies__gt=0),
                name="services_care_counted",
                violation_error_message="请填参加人数或者手册册数。",
            )
        ]
