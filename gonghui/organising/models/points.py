"""Demonstration points and the reviews of a union's stage (示范点、阶段评定). Source: S009, S010."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.organising.enums import FollowState, Gathering, Theme
from gonghui.orgs.enums import Stage


class Point(models.Model):
    """A demonstration point (示范点)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    theme = models.CharField("主题", max_length=12, choices=partial(labels, Theme))
    experience = models.TextField("经验做法", max_length=2000)
    named_on = models.DateField("命名日期")
    document_no = models.CharField("文号", max_length=60, blank=True)
    ended_on = models.DateField("撤销日期", null=True, blank=True)
    end_reason = models.CharField("撤销理由", max_length=120, blank=True)
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "示范点"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "theme"],
                condition=Q(ended_on__isnull=True),
                name="point_once",
                violation_error_message="这个工会已是这个主题的示范点。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.union}（{self.get_theme_display()}）"


class Follower(models.Model):
    """Who was asked to learn from a point, and what became of it (跟学单位)."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="followers", verbose_name="示范点")
    union = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="跟学工会")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="跟学单位")
    state = models.CharField("结果", max_length=8, choices=partial(labels, FollowState), default=FollowState.ASSIGNED)
    since = models.DateField("安排日期")
    visited_on = models.DateField("观摩日期", null=True, blank=True)
    settled_on = models.DateField("见效日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "跟学单位"
        constraints = [
            models.CheckConstraint(
                condition=Q(union__isnull=False) | Q(employer__isnull=False),
                name="follower_who",
                violation_error_message="跟学的要写明是哪个工会或单位。",
            ),
            models.UniqueConstraint(fields=["point", "union"], condition=Q(union__isnull=False), name="follower_union_once"),
            models.UniqueConstraint(fields=["point", "employer"], condition=Q(employer__isnull=False), name="follower_employer_once"),
        ]


class PointVisit(models.Model):
    """A visit or on-site meeting at a point (观摩、现场会)."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="visits", verbose_name="示范点")
    kind = models.CharField("方式", max_length=8, choices=partial(labels, Gathering))
    on = models.DateField("日期")
    people = models.PositiveIntegerField("人数")
    note = models.CharField("记录", max_length=300)
    actor = models.CharField("登记人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "示范点观摩"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "kind", "on"], name="point_visit_once", violation_error_message="这一天的观摩已经登记。"
            ),
            models.CheckConstraint(condition=Q(people__gt=0), name="point_visit_some", violation_error_message="人数要大于 0。"),
        ]


class StageReview(models.Model):
    """A union's stage as assessed from its records (阶段评定): only ever added."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    on = models.DateField("评定日期")
    before = models.CharField("原阶段", max_length=14, choices=Stage.choices)
    after = models.CharField("评定阶段", max_length=14, choices=Stage.choices)
    met = models.JSONField("已达到", default=list)
    missing = models.JSONField("未达到", default=list)
    slip = models.CharField("决定单", max_length=40, blank=True)
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "阶段评定"
