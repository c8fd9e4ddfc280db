"""Sessions, what was written to one another, sealed records, who opened what (咨询、留言、会谈记录、打开记录). Source: S182."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.counsel.enums import LIVE, AppointmentState, LookKind, Side, Topic
from gonghui.counsel.models.people import Client, Counsellor, Slot


class Appointment(models.Model):
    """A session booked under an alias (咨询预约). The address carries `code`, which says nothing."""

    code = models.CharField("编号", max_length=12, unique=True)
    counsellor = models.ForeignKey(Counsellor, models.PROTECT, related_name="appointments", verbose_name="咨询师")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="appointments", verbose_name="时段")
    client = models.ForeignKey(Client, models.PROTECT, related_name="appointments", verbose_name="来访者")
    topic = models.CharField("主题", max_length=10, choices=partial(labels, Topic))
    state = models.CharField("状态", max_length=10, choices=partial(labels, AppointmentState), default=AppointmentState.BOOKED)
    beyond_free = models.BooleanField("超出每年免费次数", default=False)
    booked_on = models.DateField("预约日期")
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)
    cancelled_by = models.CharField("谁取消", max_length=10, choices=partial(labels, Side), blank=True)
    late = models.BooleanField("临时取消", default=False)
    moves = models.PositiveSmallIntegerField("改期次数", default=0)
    rated = models.BooleanField("已评价", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "咨询预约"
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state__in=LIVE), name="counsel_slot_taken", violation_error_message="这个时段刚刚被约走。"
            )
        ]
        indexes = [models.Index(fields=["counsellor", "state"], name="counsel_of_counsellor")]

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return AppointmentState(self.state).tone

    @property
    def unit_path(self) -> str:
        """Where it lies in the tree."""
        return str(self.counsellor.union.path)


class Letter(models.Model):
    """What one wrote to the other (留言), sealed. Read by the person and the counsellor it is addressed to."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="letters", verbose_name="咨询预约")
    side = models.CharField("谁写的", max_length=10, choices=partial(labels, Side))
    text_sealed = models.BinaryField("留言密文", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ["pk"]


class Record(models.Model):
    """The record of a session (会谈记录): sealed for its holder. The holder is part of the seal, so another name in the row opens nothing."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="records", verbose_name="咨询预约")
    holder = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="保管人")
    text_sealed = models.BinaryField("记录密文", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "会谈记录"
        ordering = ["pk"]


class Look(models.Model):
    """That somebody opened something sealed (打开记录). Only added."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="looks", verbose_name="咨询预约")
    kind = models.CharField("打开了什么", max_length=8, choices=partial(labels, LookKind))
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="谁打开的")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "打开记录"
        ordering = ["-pk"]
