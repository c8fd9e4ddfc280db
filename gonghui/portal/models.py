"""Publishing and the experience library (信息发布、典型经验库)."""

from __future__ import annotations

from django.db import models

from gonghui.portal.enums import Audience, Channel, PubState


class Publication(models.Model):
    """A text for a channel and an audience (公布稿件). Seen by readers only after approval; kept in the archive."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="发布单位")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices, default=Channel.LAN)
    audience = models.CharField("对象", max_length=10, choices=Audience.choices, default=Audience.SIGNED_IN)
    title = models.CharField("标题", max_length=80)
    body = models.TextField("正文")
    state = models.CharField("状态", max_length=10, choices=PubState.choices, default=PubState.DRAFT)
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批")
    author = models.CharField("拟稿人", max_length=40)
    created_at = models.DateTimeField("拟稿时间")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公布稿件"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "audience", "published_at"], name="publication_shown")]

    def __str__(self) -> str:
        return self.title


class Experience(models.Model):
    """A case worth learning from (典型经验), with tags and the demonstration point that shows it."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="来源单位")
    title = models.CharField("题目", max_length=80)
    summary = models.TextField("做法和效果")
    tags = models.JSONField("标签", default=list, blank=True)
    point = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="示范点")
    author = models.CharField("整理人", max_length=40)
    created_at = models.DateTimeField("入库时间")

    class Meta:
        verbose_name = verbose_name_plural = "典型经验"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title


class Adoption(models.Model):
    """A union took a case over (采用记录)."""

    experience = models.ForeignKey(Experience, models.PROTECT, related_name="adoptions", verbose_name="经验")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="采用单位")
    on = models.DateField("采用日期")
    note = models.CharField("怎么用的", max_length=200, blank=True)
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "采用记录"
        constraints = [
            models.UniqueConstraint(
                fields=["experience", "union"], name="adoption_once", violation_error_message="本单位已经登记采用过这条经验。"
            )
        ]
