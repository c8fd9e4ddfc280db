"""Items, sessions, quotas (项目、场次、名额)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.booking.enums import Category, GroupScope, ItemState, Mode, QuotaKind, SessionKind, SessionState, Shift
from gonghui.core.choices import labels


class Profile(models.Model):
    """What a member says once for fair booking (预约资料): shift and household."""

    person = models.OneToOneField("people.Person", models.PROTECT, related_name="booking_profile", verbose_name="会员")
    shift = models.CharField("班次", max_length=8, choices=partial(labels, Shift), default=Shift.UNKNOWN)
    household = models.CharField("家庭编号", max_length=24, blank=True, help_text="同一家庭的人编号相同")
    declared_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = verbose_name_plural = "预约资料"
        indexes = [models.Index(fields=["household"], name="bk_profile_household")]


class ExclusionGroup(models.Model):
    """Items of the same period and near value, of which one person books one (互斥组). Source: R129."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="主办工会")
    name = models.CharField("名称", max_length=60)
    reason = models.CharField("理由", max_length=200, help_text="给会员看的说明")
    scope = models.CharField("互斥范围", max_length=10, choices=partial(labels, GroupScope), default=GroupScope.PERSON)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "互斥组"

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A service that members book, one round of it (预约项目)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="主办工会")
    name = models.CharField("名称", max_length=80)
    round_no = models.PositiveSmallIntegerField("第几期", default=1)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name="上一期")
    exclusion = models.ForeignKey(ExclusionGroup, models.PROTECT, null=True, blank=True, related_name="items", verbose_name="互斥组")
    category = models.CharField("服务类别", max_length=10, choices=partial(labels, Category), default=Category.OTHER)
    mode = models.CharField("预约方式", max_length=12, choices=partial(labels, Mode), default=Mode.FCFS)
    state = models.CharField("状态", max_length=10, choices=partial(labels, ItemState), default=ItemState.DRAFT)
    summary = models.TextField("说明", blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    documents = models.CharField("需带材料", max_length=200, blank=True)
    value_fen = models.BigIntegerField("价值（分）", default=0)
    cost_fen = models.BigIntegerField("每份成本（分）", default=0)
    price_fen = models.BigIntegerField("自付（分）", default=0)
    hold_minutes = models.PositiveSmallIntegerField("占位确认时限（分钟）", default=0, help_text="0 为不需要再确认")
    pay_minutes = models.PositiveIntegerField("付款时限（分钟）", default=0, help_text="自付为 0 时不用填")
    offer_minutes = models.PositiveIntegerField("递补确认时限（分钟）", default=0, help_text="0 按平台规则")
    valid_days = models.PositiveSmallIntegerField("票有效天数", default=0, help_text="0 为当场有效")
    cancel_hours = models.PositiveSmallIntegerField("最晚取消（开场前小时数）", default=0)
    transferable = models.BooleanField("可以转让", default=False)
    rated = models.BooleanField("服务后评价", default=True)
    opens_at = models.DateTimeField("开始预约", null=True, blank=True)
    closes_at = models.DateTimeField("截止预约", null=True, blank=True)
    since = models.DateField("服务期起", null=True, blank=True)
    until = models.DateField("服务期止（含）", null=True, blank=True)
    session_exempt = models.CharField("不分中午晚上场的理由", max_length=200, blank=True)
    fair = models.JSONField("公平设定", default=dict, blank=True)
    quiz = models.JSONField("答题设定", default=dict, blank=True)
    created_at = models.DateTimeField("建立时间")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预约项目"
        indexes = [models.Index(fields=["state", "opens_at"], name="bk_item_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(value_fen__gte=0, cost_fen__gte=0, price_fen__gte=0),
                name="bk_item_money",
                violation_error_message="金额不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="bk_item_window",
                violation_error_message="截止预约应晚于开始预约。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One session of an item (场次). Times of booking stand here; `wait_last` numbers the waiting list."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="sessions", verbose_name="项目")
    label = models.CharField("名称", max_length=60)
    kind = models.CharField("时段", max_length=10, choices=partial(labels, SessionKind), default=SessionKind.DAY)
    state = models.CharField("状态", max_length=10, choices=partial(labels, SessionState), default=SessionState.OPEN)
    place = models.CharField("地点", max_length=120, blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    opens_at = models.DateTimeField("开始预约")
    closes_at = models.DateTimeField("截止预约")
    capacity = models.PositiveIntegerField("名额")
    wait_last = models.PositiveIntegerField("候补末号", default=0)
    waiting = models.PositiveIntegerField("候补人数", default=0, help_text="正在等的人数")

    class Meta:
        verbose_name = verbose_name_plural = "场次"
        indexes = [models.Index(fields=["opens_at"], name="bk_session_opens"), models.Index(fields=["starts_at"], name="bk_session_starts")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="bk_session_window", violation_error_message="截止预约应晚于开始预约。"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="bk_session_times", violation_error_message="结束时间应晚于开始时间。"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def org_path(self) -> str:
        """Whose scope it falls in."""
        return self.item.union.path


class Quota(models.Model):
    """A number of places and how many are gone (名额).

    `reserved=False` is a cap: each booking it matches counts in it (whole item, session, township …). `reserved=True` is a
    share of the session set aside for its kind until `release_at`, then for everybody; with shares, the row of kind
    `general` is the rest. A booking counts in every cap that matches it and in exactly one share.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="quotas", verbose_name="项目")
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="quotas", verbose_name="场次", help_text="空为整个项目"
    )
    kind = models.CharField("种类", max_length=12, choices=partial(labels, QuotaKind))
    key = models.CharField("对象", max_length=80, blank=True, help_text="乡镇（街道）工会的路径")
    reserved = models.BooleanField("预留份额", default=False)
    size = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已占", default=0)
    release_at = models.DateTimeField("放开时间", null=True, blank=True)
    over = models.BooleanField("已超额", default=False, help_text="缩减到已占以下：不再发放")

    class Meta:
        verbose_name = verbose_name_plural = "名额"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "session", "kind", "key", "reserved"],
                nulls_distinct=False,
                name="bk_quota_once",
                violation_error_message="同一种名额只设一次。",
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("size")) | Q(over=True), name="bk_quota_not_over", violation_error_message="名额已满。"
            ),
            models.CheckConstraint(condition=Q(taken__gte=0), name="bk_quota_not_below", violation_error_message="已占名额不能小于零。"),
        ]
