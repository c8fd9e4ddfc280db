"""Hours that may be reserved (场地时段)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.venues.enums import ReservationState


class Slot(models.Model):
    """Some hours of a point with places (可约时段). `taken` never passes `capacity`: the database refuses."""

    venue = models.ForeignKey("venues.Venue", models.PROTECT, related_name="slots", verbose_name="阵地")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    capacity = models.PositiveIntegerField("容量（人）")
    taken = models.PositiveIntegerField("已约（人）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "可约时段"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "starts_at"], name="slot_once", violation_error_message="这个时段已经开过。"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="slot_full", violation_error_message="这个时段约满了。"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_hours", violation_error_message="结束要晚于开始。"),
        ]

    @property
    def left(self) -> int:
        """Places left."""
        return self.capacity - self.taken


class Reservation(models.Model):
    """A member's place in a slot (场地预约)."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="reservations", verbose_name="时段")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="会员")
    state = models.CharField("状态", max_length=10, choices=partial(labels, ReservationState), default=ReservationState.BOOKED)
    at = models.DateTimeField("预约时间")
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "场地预约"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "person"],
                condition=Q(state=ReservationState.BOOKED),
                name="reservation_once",
                violation_error_message="您已经约了这个时段。",
            )
        ]
