"""Service guarantee for major events (重大活动服务保障): posts, shifts, rota, supplies, care, issues, notes. Source: S189."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.services.enums import EventState, IssueState, SupplyWay


class EventPlan(models.Model):
    """A temporary service plan (服务保障方案)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="负责工会")
    title = models.CharField("名称", max_length=80)
    place = models.CharField("地点", max_length=120)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    lead = models.CharField("总负责人", max_length=40)
    phone = models.CharField("值班电话", max_length=40)
    words = models.TextField("保障内容", max_length=500, blank=True)
    state = models.CharField("状态", max_length=8, choices=partial(labels, EventState), default=EventState.DRAFT)
    summary = models.TextField("总结", max_length=2000, blank=True)
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "服务保障方案"
        constraints = [
            models.CheckConstraint(
                condition=Q(since__lte=F("until")), name="services_event_days", violation_error_message="结束日期不能早于开始日期。"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return EventState(self.state).tone


class EventPost(models.Model):
    """A post to be filled in every shift (岗位)."""

    plan = models.ForeignKey(EventPlan, models.PROTECT, related_name="posts", verbose_name="方案")
    name = models.CharField("岗位", max_length=40)
    place = models.CharField("位置", max_length=80, blank=True)
    need = models.PositiveSmallIntegerField("每班几人", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "保障岗位"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="services_post_name", violation_error_message="已有同名的岗位。")
        ]


class EventShift(models.Model):
    """A span of time (班次)."""

    plan = models.ForeignKey(EventPlan, models.PROTECT, related_name="shifts", verbose_name="方案")
    name = models.CharField("班次", max_length=40)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")

    class Meta:
        verbose_name = verbose_name_plural = "保障班次"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="services_shift_order", violation_error_message="结束时间要晚于开始时间。"
            )
        ]


class EventDuty(models.Model):
    """Somebody at a post in a shift (排班)."""

    plan = models.ForeignKey(EventPlan, models.PROTECT, related_name="duties", verbose_name="方案")
    post = models.ForeignKey(EventPost, models.PROTECT, related_name="duties", verbose_name="岗位")
    shift = models.ForeignKey(EventShift, models.PROTECT, related_name="duties", verbose_name="班次")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="值班人")
    removed_at = models.DateTimeField("撤下时间", null=True, blank=True)
    checked_in_at = models.DateTimeField("签到时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保障排班"
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "person"], condition=Q(removed_at=None), name="services_duty_once",
                violation_error_message="这个人在这一班已经有岗位。",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["person", "removed_at"], name="services_duty_person")]


class EventSupply(models.Model):
    """Goods of the plan (保障物资)."""

    plan = models.ForeignKey(EventPlan, models.PROTECT, related_name="supplies", verbose_name="方案")
    name = models.CharField("物资", max_length=60)
    unit = models.CharField("单位", max_length=8)
    stock = models.PositiveIntegerField("总数")
    issued = models.PositiveIntegerField("在外数", default=0)
    consumable = models.BooleanField("消耗品，不用归还", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "保障物资"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "name"], name="services_supply_name", violation_error_message="已有同名的物资，请在原来的上面改。"
            ),
            models.CheckConstraint(
                condition=Q(issued__lte=F("stock")), name="services_supply_enough", violation_error_message="发出的不能多于总数。"
            ),
        ]

    @property
    def left(self) -> int:
        """How many can still be given out."""
        return self.stock - self.issued


class SupplyMove(models.Model):
    """Goods given out or brought back (物资领还). Only added."""

    supply = models.ForeignKey(EventSupply, models.PROTECT, related_name="moves", verbose_name="物资")
    way = models.CharField("领或还", max_length=4, choices=partial(labels, SupplyWay))
    quantity = models.PositiveIntegerField("数量")
    receiver = models.CharField("领还人", max_length=40)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "物资领还"
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="services_supply_some")]


class DutyCare(models.Model):
    """Care for those on duty (值班关爱): meals, warm drinks, a visit."""

    plan = models.ForeignKey(EventPlan, models.PROTECT, related_name="cares", verbose_name="方案")
    on = models.DateField("日期")
    words = models.CharField("做了什么", max_length=120)
    people = models.PositiveIntegerField("关爱人数")

    class Meta:
        verbose_name = verbose_name_plural = "值班关爱"
        ordering = ["-on", "-pk"]


class EventIssue(models.Model):
    """Something to be mended, by whom and by when (问题)."""

    plan = models.ForeignKey(EventPlan, models.PROTECT, related_name="issues", verbose_name="方案")
    words = models.CharField("问题", max_length=200)
    who = models.CharField("谁负责", max_length=40, blank=True)
    due_at = models.DateTimeField("何时前解决")
    state = models.CharField("状态", max_length=6, choices=partial(labels, IssueState), default=IssueState.OPEN)
    answer = models.CharField("怎么解决的", max_length=200, blank=True)
    reporter = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上报人")
    made_at = models.DateTimeField("上报时间")
    done_at = models.DateTimeField("解决时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保障问题"
        ordering = ["state", "due_at", "pk"]


class DutyNote(models.Model):
    """What the next shift must know (交班记录). Only added."""

    duty = models.ForeignKey(EventDuty, models.PROTECT, related_name="notes", verbose_name="排班")
    words = models.CharField("交班内容", max_length=300)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "交班记录"
        ordering = ["-pk"]
