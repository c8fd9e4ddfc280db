"""What goes on at a point, and what it may cost in a year (阵地活动、年度经费)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.venues.enums import GatheringKind


class Gathering(models.Model):
    """People came together at a point (阵地活动): reading, talk, class. Heads are counted on the spot, without names. Source: S175, S176."""

    venue = models.ForeignKey("venues.Venue", models.PROTECT, related_name="gatherings", verbose_name="阵地")
    kind = models.CharField("种类", max_length=10, choices=partial(labels, GatheringKind))
    on = models.DateField("日期")
    title = models.CharField("主题", max_length=60)
    people = models.PositiveIntegerField("参加人次")
    words = models.CharField("情况", max_length=300, blank=True)
    void = models.CharField("作废原因", max_length=200, blank=True)
    actor = models.CharField("记录人", max_length=60)
    at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "阵地活动"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["venue", "on"], name="gathering_on")]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "on", "title"],
                condition=Q(void=""),
                name="gathering_once",
                violation_error_message="这一天的这项活动已经登记过。",
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="gathering_people", violation_error_message="参加人次至少写 1。"),
        ]


class YearMoney(models.Model):
    """Budget of a point for a year and what was spent (阵地年度经费), in fen. Source: S175."""

    venue = models.ForeignKey("venues.Venue", models.PROTECT, related_name="money", verbose_name="阵地")
    year = models.PositiveSmallIntegerField("年度")
    budget_fen = models.BigIntegerField("预算（分）")
    spent_fen = models.BigIntegerField("已支出（分）", default=0)
    source = models.CharField("经费来源", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "阵地年度经费"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "year"], name="venue_year", violation_error_message="这一年已经登记过。"),
            models.CheckConstraint(
                condition=Q(budget_fen__gte=0, spent_fen__gte=0), name="venue_money", violation_error_message="金额不能是负数。"
            ),
        ]
