"""Recuperation: programmes, batches, shares of unions, applications, honours, earlier stays (疗休养)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.benefits.enums import LIVE_STAYS, HonourLevel, Origin, ProgrammeState, StayKind, StayState, TieBreak
from gonghui.core.choices import labels


class Programme(models.Model):
    """A year's programme with its places, ceiling and published rules (疗休养计划)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="组织工会")
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("计划", max_length=60)
    kind = models.CharField("对象", max_length=10, choices=partial(labels, StayKind))
    document_no = models.CharField("方案文号", max_length=60)
    places = models.PositiveIntegerField("总名额")
    days = models.PositiveSmallIntegerField("天数")
    out_province = models.BooleanField("省外", default=False)
    ceiling_fen = models.BigIntegerField("每人费用上限（分）")
    cost_fen = models.BigIntegerField("每人预计费用（分）")
    apply_until = models.DateTimeField("报名截止")
    words = models.CharField("说明", max_length=400, blank=True)
    tie_break = models.CharField("并列怎样排", max_length=4, choices=partial(labels, TieBreak), default=TieBreak.SEED)
    seed = models.CharField("抽签种子", max_length=64, blank=True)
    commitment = models.CharField("种子指纹", max_length=64, blank=True)
    posted_on = models.DateField("公示开始", null=True, blank=True)
    posted_until = models.DateField("公示截止（含）", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=partial(labels, ProgrammeState), default=ProgrammeState.DRAFT)

    class Meta:
        verbose_name = verbose_name_plural = "疗休养计划"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "year", "name"], name="benefits_programme_once", violation_error_message="同名的计划已经有了。"
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1, days__gte=1, ceiling_fen__gt=0, cost_fen__gt=0),
                name="benefits_programme_whole",
                violation_error_message="名额、天数、费用都要大于零。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        return ProgrammeState(self.state).tone


class Batch(models.Model):
    """One departure (批次)."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="batches", verbose_name="疗休养计划")
    number = models.PositiveSmallIntegerField("批次")
    since = models.DateField("出发")
    until = models.DateField("返回")
    place = models.CharField("地点", max_length=80)
    capacity = models.PositiveIntegerField("名额")
    seated = models.PositiveIntegerField("已安排", default=0)
    leader = models.CharField("领队", max_length=40, blank=True)
    phone = models.CharField("领队电话", max_length=20, blank=True)
    spent_fen = models.BigIntegerField("实际总费用（分）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疗休养批次"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="benefits_batch_number", violation_error_message="批次号重复。"),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="benefits_batch_dates", violation_error_message="返回不能早于出发。"
            ),
            models.CheckConstraint(
                condition=Q(seated__lte=F("capacity")), name="benefits_batch_places", violation_error_message="这一批已经排满。"
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 批"


class Share(models.Model):
    """Places split to a union (名额分配). `taken` never passes `places`."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="shares", verbose_name="疗休养计划")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    members = models.PositiveIntegerField("分配时会员数")
    places = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已用名额", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "疗休养名额"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "union"], name="benefits_share_once", violation_error_message="这家工会已经分过名额。"
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")), name="benefits_share_places", violation_error_message="这家工会的名额已经用完。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.union_id} {self.places}"


class StayApplication(models.Model):
    """A person in a programme (疗休养报名). What the order is made of is frozen when the list is made."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="applications", verbose_name="疗休养计划")
    share = models.ForeignKey(Share, models.PROTECT, related_name="applications", verbose_name="占用哪家的名额")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="所在工会")
    origin = models.CharField("报名方式", max_length=5, choices=partial(labels, Origin))
    words = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("状态", max_length=9, choices=partial(labels, StayState), default=StayState.APPLIED)
    applied_at = models.DateTimeField("报名时间")
    alias = models.CharField("公示编号", max_length=14)
    last_on = models.DateField("上次疗休养", null=True, blank=True)
    rank = models.PositiveIntegerField("在本单位名额里的次序", null=True, blank=True)
    why = models.CharField("次序说明", max_length=300, blank=True)
    slip = models.CharField("决定单号", max_length=40, blank=True)
    decided_why = models.CharField("审核意见", max_length=200, blank=True)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name="批次")
    listed_at = models.DateTimeField("入选时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疗休养报名"
        indexes = [models.Index(fields=["programme", "state"], name="benefits_stay_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "person"],
                condition=Q(state__in=[str(s) for s in LIVE_STAYS]),
                name="benefits_stay_once",
                violation_error_message="已经报过名。",
            ),
            models.UniqueConstraint(fields=["programme", "alias"], name="benefits_stay_alias", violation_error_message="公示编号重复。"),
        ]

    def __str__(self) -> str:
        return self.alias

    @property
    def tone(self) -> str:
        return StayState(self.state).tone


class PastStay(models.Model):
    """A stay before the platform or elsewhere, entered by hand (以往疗休养)."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="登记工会")
    on = models.DateField("疗休养日期")
    place = models.CharField("地点", max_length=80)
    source = models.CharField("依据", max_length=120)
    removed_why = models.CharField("更正原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "以往疗休养"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "on"],
                condition=Q(removed_why=""),
                name="benefits_past_once",
                violation_error_message="这一天已经登记过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class ModelWorker(models.Model):
    """An honour that opens a programme for model workers (劳模和先进登记)."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="登记工会")
    honour = models.CharField("荣誉", max_length=60)
    level = models.CharField("级别", max_length=8, choices=partial(labels, HonourLevel))
    awarded_on = models.DateField("授予日期")
    document_no = models.CharField("表彰文号", max_length=60)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "劳模登记"
        constraints = [
            models.UniqueConstraint(fields=["person", "honour"], name="benefits_honour_once", violation_error_message="这项荣誉已经登记。"),
        ]

    def __str__(self) -> str:
        return self.honour
