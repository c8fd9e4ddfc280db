"""Lectures and care activities, seats, what people thought (人文关怀活动、报名、评价). Source: S182."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.counsel.enums import GatheringKind, GatheringState
from gonghui.counsel.models.people import Client, Counsellor


class Gathering(models.Model):
    """A lecture, a group, a visit (人文关怀活动)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="组织工会")
    kind = models.CharField("种类", max_length=8, choices=partial(labels, GatheringKind))
    title = models.CharField("题目", max_length=80)
    words = models.TextField("内容", max_length=500, blank=True)
    place = models.CharField("地点", max_length=120)
    speaker = models.CharField("主讲人", max_length=60, blank=True)
    starts_at = models.DateTimeField("开始时间")
    capacity = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已报名", default=0)
    came = models.PositiveIntegerField("到场人数", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=partial(labels, GatheringState), default=GatheringState.OPEN)
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "人文关怀活动"
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="counsel_gathering_full", violation_error_message="名额刚刚报满。"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> int:
        """Places still free."""
        return self.capacity - self.taken

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return GatheringState(self.state).tone

    @property
    def unit_path(self) -> str:
        """Where it lies in the tree."""
        return str(self.union.path)


class Seat(models.Model):
    """A place at an activity (活动报名), under no name: the desk sees how many, not who."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="seats", verbose_name="活动")
    client = models.ForeignKey(Client, models.PROTECT, related_name="seats", verbose_name="报名人")
    left_at = models.DateTimeField("退出时间", null=True, blank=True)
    rated = models.BooleanField("已评价", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "活动报名"
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "client"], condition=Q(left_at=None), name="counsel_seat_once", violation_error_message="您已经报名。"
            )
        ]


class Opinion(models.Model):
    """What somebody thought (评价): no session, no alias, no day stands beside it, only the month."""

    counsellor = models.ForeignKey(Counsellor, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="咨询师")
    gathering = models.ForeignKey(Gathering, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="活动")
    month = models.DateField("月份")
    stars = models.PositiveSmallIntegerField("星级")
    words = models.CharField("意见", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "匿名评价"
        constraints = [models.CheckConstraint(condition=Q(stars__gte=1) & Q(stars__lte=5), name="counsel_stars")]
