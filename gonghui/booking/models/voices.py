"""What members say afterwards (评价、申诉)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.booking.enums import AppealState
from gonghui.booking.models.bookings import Bar, Booking
from gonghui.booking.models.items import Item, Session
from gonghui.core.choices import labels


class Rating(models.Model):
    """Satisfaction after a service (满意度评价). Source: R131."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="rating", verbose_name="预约")
    stars = models.PositiveSmallIntegerField("星级")
    words = models.CharField("意见", max_length=300, blank=True)
    at = models.DateTimeField("评价时间")
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by = models.CharField("答复人", max_length=40, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "满意度评价"
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5), name="bk_rating_stars", violation_error_message="请选一到五星。"
            )
        ]

    @property
    def org_path(self) -> str:
        """Whose scope it falls in."""
        return self.booking.item.union.path


class Appeal(models.Model):
    """A member disagrees (申诉): with a bar, a no-show, a refusal."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="booking_appeals", verbose_name="会员")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="appeals", verbose_name="项目")
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, blank=True, related_name="appeals", verbose_name="预约")
    bar = models.ForeignKey(Bar, models.PROTECT, null=True, blank=True, related_name="appeals", verbose_name="限约")
    union_path = models.CharField("受理工会", max_length=80)
    text = models.CharField("申诉内容", max_length=500)
    state = models.CharField("状态", max_length=10, choices=partial(labels, AppealState), default=AppealState.OPEN)
    made_at = models.DateTimeField("申诉时间")
    due_on = models.DateField("答复期限")
    answer = models.CharField("答复", max_length=500, blank=True)
    decided_by = models.CharField("处理人", max_length=40, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申诉"
        indexes = [models.Index(fields=["state", "union_path"], name="bk_appeal_state")]


class Reminder(models.Model):
    """Tell me shortly before booking opens (开始提醒)."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="reminders", verbose_name="场次")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="booking_reminders", verbose_name="会员")
    made_at = models.DateTimeField("登记时间")
    sent_at = models.DateTimeField("提醒时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "开始提醒"
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="reminder_once", violation_error_message="已经登记过提醒。")
        ]
