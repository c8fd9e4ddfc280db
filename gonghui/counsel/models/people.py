"""Counsellors, their hours, and who comes under an alias (咨询师、时间、来访者). Source: S182."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.counsel.enums import Mode


class Counsellor(models.Model):
    """A counsellor (心理咨询师) of a federation. Never of an employer's own union: nobody there may stand near the records."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="设立工会")
    user = models.OneToOneField("accounts.User", models.PROTECT, related_name="+", verbose_name="登录账号")
    name = models.CharField("姓名", max_length=40)
    certificate = models.CharField("资质", max_length=80, help_text="例如：国家二级心理咨询师")
    certificate_no = models.CharField("证书编号", max_length=40)
    certificate_until = models.DateField("证书有效期至", null=True, blank=True)
    topics = models.JSONField("擅长主题", default=list)
    intro = models.TextField("介绍", max_length=400, blank=True)
    place = models.CharField("咨询室地点", max_length=120, blank=True)
    online_words = models.CharField("线上怎么进入", max_length=160, blank=True)
    since = models.DateField("开始日期")
    until = models.DateField("停止日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "心理咨询师"
        constraints = [
            models.CheckConstraint(
                condition=~Q(place="") | ~Q(online_words=""),
                name="counsel_place",
                violation_error_message="咨询室地点和线上方式至少填一样。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def unit_path(self) -> str:
        """Where the counsellor lies in the tree."""
        return str(self.union.path)


class Hour(models.Model):
    """A weekly time (每周接待时间) from which slots are opened."""

    counsellor = models.ForeignKey(Counsellor, models.PROTECT, related_name="hours", verbose_name="咨询师")
    weekday = models.PositiveSmallIntegerField("星期", help_text="0 是星期一")
    begins = models.TimeField("开始")
    ends = models.TimeField("结束")
    mode = models.CharField("方式", max_length=8, choices=partial(labels, Mode))

    class Meta:
        verbose_name = verbose_name_plural = "接待时间"
        ordering = ["weekday", "begins"]
        constraints = [
            models.UniqueConstraint(
                fields=["counsellor", "weekday", "begins"], name="counsel_hour_once", violation_error_message="这个时间已经有了。"
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins")), name="counsel_hour_order", violation_error_message="结束时间要晚于开始时间。"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="counsel_weekday"),
        ]

    @property
    def unit_path(self) -> str:
        """Where it lies in the tree."""
        return str(self.counsellor.union.path)


class Slot(models.Model):
    """One time that can be booked (可约时段)."""

    counsellor = models.ForeignKey(Counsellor, models.PROTECT, related_name="slots", verbose_name="咨询师")
    starts_at = models.DateTimeField("开始时间")
    minutes = models.PositiveSmallIntegerField("分钟")
    mode = models.CharField("方式", max_length=8, choices=partial(labels, Mode))
    closed = models.BooleanField("不再接受预约", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "咨询时段"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["counsellor", "starts_at"], name="counsel_slot_once", violation_error_message="这个时段已经有了。"
            )
        ]

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def unit_path(self) -> str:
        """Where it lies in the tree."""
        return str(self.counsellor.union.path)


class Client(models.Model):
    """Who comes (来访者): an alias. Which person it is stands here only as a keyed index and as sealed text; no column joins people."""

    alias = models.CharField("化名", max_length=20, blank=True)
    person_index = models.BinaryField("本人盲索引", max_length=16, null=True, unique=True)
    contact_sealed = models.BinaryField("本人和联系方式密文", null=True)
    made_on = models.DateField("建立日期")
    erased_on = models.DateField("资料删除日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "来访者"
