"""Points, their hours, equipment, checks, ratings, tickets, rota (阵地、开放时间、设备、检查、评价、事项、值班)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.venues.enums import CheckKind, Facility, TicketKind, TicketState, VenueKind, VenueState


class Venue(models.Model):
    """One point of service (服务阵地). Hours are minutes of the day by weekday, `{"0": [510, 1050]}` for Monday; a missing day is closed."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="venues", verbose_name="工会")
    code = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=10, choices=partial(labels, VenueKind))
    name = models.CharField("名称", max_length=60)
    address = models.CharField("地址", max_length=160)
    latitude_e6 = models.IntegerField("纬度（百万分之一度）", null=True, blank=True)
    longitude_e6 = models.IntegerField("经度（百万分之一度）", null=True, blank=True)
    facilities = models.JSONField("功能设施", default=list, blank=True)
    hours = models.JSONField("开放时间", default=dict, blank=True)
    steward = models.CharField("管理员", max_length=40)
    phone = models.CharField("联系电话", max_length=20)
    area_m2 = models.PositiveIntegerField("面积（平方米）", null=True, blank=True)
    privacy_note = models.CharField("隐私要求", max_length=300, blank=True)
    project = models.ForeignKey(
        "treasury.FundingProject", models.PROTECT, null=True, blank=True, related_name="venues", verbose_name="建设资金项目"
    )
    state = models.CharField("状态", max_length=8, choices=partial(labels, VenueState), default=VenueState.OPEN)
    reason = models.CharField("停用原因", max_length=200, blank=True)
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "服务阵地"
        ordering = ["union__path", "kind", "name"]
        indexes = [models.Index(fields=["kind", "state"], name="venue_kind")]
        constraints = [
            models.UniqueConstraint(fields=["union", "kind", "name"], name="venue_name", violation_error_message="本工会已有同名的阵地。"),
            models.CheckConstraint(
                condition=Q(latitude_e6=None, longitude_e6=None)
                | Q(latitude_e6__range=(-90_000_000, 90_000_000), longitude_e6__range=(-180_000_000, 180_000_000)),
                name="venue_place",
                violation_error_message="经纬度要一起填，并在范围内。",
            ),
            models.CheckConstraint(
                condition=Q(state=VenueState.OPEN) | ~Q(reason=""), name="venue_reason", violation_error_message="停用要写原因。"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        """Colour of the state."""
        return VenueState(self.state).tone

    @property
    def facility_words(self) -> list[str]:
        """Labels of what it offers."""
        known = dict(Facility.choices)
        return [str(known[f]) for f in self.facilities if f in known]


class HoursException(models.Model):
    """A day with other hours (特殊日期): closed when no minutes are given."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="exceptions", verbose_name="阵地")
    on = models.DateField("日期")
    opens = models.PositiveSmallIntegerField("开门（分钟）", null=True, blank=True)
    closes = models.PositiveSmallIntegerField("关门（分钟）", null=True, blank=True)
    words = models.CharField("说明", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "特殊开放日"
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "on"], name="venue_exception", violation_error_message="这一天已经登记过。"),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None) | Q(opens__lt=F("closes"), closes__lte=1440),
                name="venue_exception_hours",
                violation_error_message="开门要早于关门。",
            ),
        ]


class Equipment(models.Model):
    """A line of the equipment list (设备清单)."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="equipment", verbose_name="阵地")
    name = models.CharField("设备", max_length=60)
    quantity = models.PositiveIntegerField("数量")
    source = models.CharField("来源", max_length=60, blank=True)
    broken = models.PositiveIntegerField("待修数量", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "阵地设备"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "name"], name="venue_equipment", violation_error_message="这种设备已在清单里。"),
            models.CheckConstraint(
                condition=Q(broken__lte=F("quantity")), name="venue_broken", violation_error_message="待修数量不能多于总数。"
            ),
        ]


class Check(models.Model):
    """One walk through the checklist of the kind (检查记录): the list as it stood that day is kept in the row."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="checks", verbose_name="阵地")
    kind = models.CharField("检查方式", max_length=10, choices=partial(labels, CheckKind))
    on = models.DateField("检查日期")
    answers = models.JSONField("逐项结果")
    score = models.PositiveSmallIntegerField("得分（百分制）")
    words = models.CharField("问题和整改", max_length=400, blank=True)
    photo = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片")
    checker = models.CharField("检查人", max_length=40)
    actor = models.CharField("记录人", max_length=60)
    at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "阵地检查"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=100), name="venue_score", violation_error_message="得分不超过 100。"),
        ]


class Rating(models.Model):
    """What a worker thinks of a visit (到访评价): one for a person, a point and a day."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="ratings", verbose_name="阵地")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="职工")
    on = models.DateField("到访日期")
    stars = models.PositiveSmallIntegerField("星级")
    words = models.CharField("意见", max_length=200, blank=True)
    at = models.DateTimeField("评价时间")

    class Meta:
        verbose_name = verbose_name_plural = "到访评价"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "person", "on"], name="venue_rating_once", violation_error_message="今天已经评价过这里。"
            ),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="venue_stars", violation_error_message="星级是 1 至 5。"),
        ]


class Ticket(models.Model):
    """A repair or a worker's request, with its referral to the service centre (报修、求助和转办)."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="tickets", verbose_name="受理阵地")
    kind = models.CharField("类别", max_length=8, choices=partial(labels, TicketKind))
    title = models.CharField("事项", max_length=80)
    words = models.CharField("说明", max_length=500, blank=True)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出人")
    state = models.CharField("状态", max_length=10, choices=partial(labels, TicketState), default=TicketState.OPEN)
    centre = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="referred", verbose_name="转往中心")
    answer = models.CharField("办理结果", max_length=500, blank=True)
    handler = models.CharField("经办人", max_length=40, blank=True)
    opened_at = models.DateTimeField("提出时间")
    referred_at = models.DateTimeField("转办时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "阵地事项"
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["venue", "state"], name="venue_ticket"),
            models.Index(fields=["centre", "state"], name="venue_centre"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=TicketState.REFERRED) | Q(centre__isnull=False),
                name="venue_referral",
                violation_error_message="转办要写转往哪个中心。",
            ),
        ]

    @property
    def tone(self) -> str:
        """Colour of the state."""
        return TicketState(self.state).tone


class Offer(models.Model):
    """A service handled at a station or centre (服务事项)."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="offers", verbose_name="阵地")
    name = models.CharField("事项", max_length=60)
    words = models.CharField("要带什么、多久办好", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务事项"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["venue", "name"], name="venue_offer", violation_error_message="这一项已在清单里。")]


class Duty(models.Model):
    """Who sits at the window on a day (值班安排)."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="duties", verbose_name="阵地")
    on = models.DateField("日期")
    name = models.CharField("值班人", max_length=40)
    phone = models.CharField("电话", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "值班安排"
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "on", "name"], name="venue_duty", violation_error_message="这一天已排了这位。")
        ]
