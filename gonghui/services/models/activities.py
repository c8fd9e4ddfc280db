"""Cultural and sports activities, matches, prizes, kits, amateur teams (文体活动与赛事). Source: S186, S187; R130."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.services.enums import ActivityKind, ActivityState, Division, EntryMode, Format, Stage
from gonghui.services.rules.fixtures import said


class Team(models.Model):
    """An amateur team (业余文体队伍)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    name = models.CharField("队名", max_length=40)
    kind = models.CharField("项目", max_length=12, choices=partial(labels, ActivityKind))
    practice = models.CharField("训练安排", max_length=120, blank=True, help_text="例如：每周三 19:00，文化宫二楼")
    since = models.DateField("成立日期")
    until = models.DateField("解散日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "业余队伍"
        constraints = [
            models.UniqueConstraint(fields=["union", "name"], name="services_team_name", violation_error_message="本工会已有同名的队伍。")
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Somebody in a team (队员)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name="队伍")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="队员")
    since = models.DateField("入队日期")
    until = models.DateField("离队日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "队员"
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=Q(until=None), name="services_team_once", violation_error_message="已经是本队队员。"
            )
        ]


class Practice(models.Model):
    """One practice of a team (训练)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="practices", verbose_name="队伍")
    starts_at = models.DateTimeField("开始时间")
    place = models.CharField("地点", max_length=80)
    words = models.CharField("内容", max_length=120, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "队伍训练"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "starts_at"], name="services_practice_once", violation_error_message="这个时间已经有训练。"
            )
        ]


class PracticeMark(models.Model):
    """Somebody who came to a practice (训练到场)."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="marks", verbose_name="训练")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="队员")

    class Meta:
        verbose_name = verbose_name_plural = "训练到场"
        constraints = [models.UniqueConstraint(fields=["practice", "person"], name="services_practice_mark")]


class Activity(models.Model):
    """One activity or match (文体活动)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="主办工会")
    title = models.CharField("名称", max_length=80)
    kind = models.CharField("项目", max_length=12, choices=partial(labels, ActivityKind))
    venue = models.CharField("场地", max_length=80)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    sign_up_until = models.DateField("报名截止")
    mode = models.CharField("参赛单位", max_length=8, choices=partial(labels, EntryMode))
    divisions = models.JSONField("组别", default=list)
    format = models.CharField("赛制", max_length=12, choices=partial(labels, Format))
    pools = models.PositiveIntegerField("分几个小组", default=2)
    through = models.PositiveIntegerField("每组几名出线", default=2)
    third_place = models.BooleanField("打三四名决赛", default=True)
    win_points = models.PositiveIntegerField("胜一场积分", default=2)
    draw_points = models.PositiveIntegerField("平一场积分", default=1)
    loss_points = models.PositiveIntegerField("负一场积分", default=0)
    most_entries = models.PositiveIntegerField("每组最多几个", default=32)
    state = models.CharField("状态", max_length=10, choices=partial(labels, ActivityState), default=ActivityState.DRAFT)
    seed = models.CharField("抽签种子", max_length=40, blank=True)
    drawn_at = models.DateTimeField("抽签时间", null=True, blank=True)
    spending = models.ForeignKey("spending.Plan", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="支出计划")
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "文体活动"
        constraints = [
            models.CheckConstraint(
                condition=Q(since__lte=F("until")) & Q(sign_up_until__lte=F("since")), name="services_activity_days",
                violation_error_message="报名截止不能晚于开始日期，结束日期不能早于开始日期。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """Who competes (参赛报名): a team or one person. `lot` is the place the draw gave."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="entries", verbose_name="活动")
    division = models.CharField("组别", max_length=6, choices=partial(labels, Division))
    name = models.CharField("队名或姓名", max_length=60)
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="所在工会")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="参赛人或领队")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="业余队伍")
    people = models.PositiveIntegerField("人数", default=1)
    lot = models.PositiveIntegerField("签号", null=True, blank=True)
    pool = models.PositiveIntegerField("小组", null=True, blank=True)
    score = models.DecimalField("评分", max_digits=6, decimal_places=2, null=True, blank=True)
    withdrawn_at = models.DateTimeField("退出时间", null=True, blank=True)
    made_at = models.DateTimeField("报名时间")

    class Meta:
        verbose_name = verbose_name_plural = "参赛报名"
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "division", "name"], condition=Q(withdrawn_at=None), name="services_entry_name",
                violation_error_message="这个组里已有同名的报名，请改一个名字。",
            ),
            models.UniqueConstraint(
                fields=["activity", "person"], condition=Q(withdrawn_at=None), name="services_entry_person",
                violation_error_message="您已经报名这个活动。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Bout(models.Model):
    """One match between two entries (场次). An open side says where its entry comes from: W3, L3 or P1-2."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="bouts", verbose_name="活动")
    division = models.CharField("组别", max_length=6, choices=partial(labels, Division))
    stage = models.CharField("阶段", max_length=8, choices=partial(labels, Stage))
    pool = models.PositiveIntegerField("小组", default=0)
    round = models.PositiveIntegerField("轮次")
    number = models.PositiveIntegerField("场次号")
    home = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="甲方")
    away = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="乙方")
    home_from = models.CharField("甲方来自", max_length=8, blank=True)
    away_from = models.CharField("乙方来自", max_length=8, blank=True)
    on = models.DateField("日期")
    home_score = models.PositiveIntegerField("甲方得分", null=True, blank=True)
    away_score = models.PositiveIntegerField("乙方得分", null=True, blank=True)
    played_at = models.DateTimeField("登记成绩时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "比赛场次"
        ordering = ["division", "number"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "division", "number"], name="services_bout_number"),
            models.CheckConstraint(condition=~Q(home=F("away")), name="services_bout_two", violation_error_message="一队不能和自己比赛。"),
        ]

    @property
    def home_said(self) -> str:
        """The first side, or where it will come from."""
        return str(self.home) if self.home is not None else said(self.home_from)

    @property
    def away_said(self) -> str:
        """The second side, or where it will come from."""
        return str(self.away) if self.away is not None else said(self.away_from)

    @property
    def unit_path(self) -> str:
        """Where the bout lies in the tree."""
        return str(self.activity.union.path)


class Prize(models.Model):
    """A prize as planned (奖项)."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="prizes", verbose_name="活动")
    use = models.CharField("奖项种类", max_length=14)
    division = models.CharField("组别", max_length=6, choices=partial(labels, Division), blank=True)
    rank = models.PositiveIntegerField("名次", null=True, blank=True)
    unit_fen = models.BigIntegerField("单价（分）")
    quantity = models.PositiveIntegerField("数量")
    people = models.PositiveIntegerField("团体人数", default=0)
    words = models.CharField("奖品", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "奖项"
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "use", "division", "rank"], name="services_prize_rank",
                violation_error_message="这个名次已经设奖。",
            )
        ]  # fmt: skip


class Kit(models.Model):
    """A small set of sports goods for a site far off (驻地文体器材包)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="发放工会")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="kits", verbose_name="领用队伍")
    site = models.CharField("领用驻地", max_length=80)
    goods = models.CharField("器材", max_length=120)
    quantity = models.PositiveIntegerField("件数")
    issued_on = models.DateField("发放日期")
    received_by = models.CharField("领取人", max_length=40)
    returned_on = models.DateField("收回日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文体器材包"
