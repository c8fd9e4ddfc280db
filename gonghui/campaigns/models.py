"""Campaigns (集中行动): goal, leading group, teams, plan, publicity, service log, inspections, accounts, declared rates."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.campaigns.enums import (
    Basis,
    CampaignState,
    Duty,
    Line,
    Measure,
    PartnerKind,
    Result,
    ServiceKind,
    SiteKind,
    Step,
)
from gonghui.core.choices import labels


class Category(models.Model):
    """An entry of the campaign dictionaries, dated (行动对象字典): eight groups, five sectors, zones, two-new types, herders."""

    basis = models.CharField("认定方式", max_length=12, choices=partial(labels, Basis))
    code = models.CharField("代码", max_length=16, blank=True)
    label = models.CharField("名称", max_length=40)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    order = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "行动对象"
        ordering = ["basis", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["basis", "code"],
                condition=Q(until__isnull=True),
                name="category_once",
                violation_error_message="字典里已有这个代码。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="category_dates",
                violation_error_message="停用日期要晚于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Campaign(models.Model):
    """A concentrated drive (集中行动)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="主办工会")
    name = models.CharField("名称", max_length=80)
    goal = models.CharField("目标", max_length=300)
    state = models.CharField("状态", max_length=8, choices=partial(labels, CampaignState), default=CampaignState.DRAFT)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    categories = models.ManyToManyField(Category, related_name="campaigns", blank=True, verbose_name="行动对象")
    pilot = models.CharField("试点地区", max_length=80, blank=True)
    document_no = models.CharField("方案文号", max_length=60, blank=True)
    party_org = models.CharField("联动党组织", max_length=120, blank=True)
    kickoff_on = models.DateField("启动日期", null=True, blank=True)
    kickoff_place = models.CharField("启动地点", max_length=120, blank=True)
    frozen = models.JSONField("结账数", default=dict, blank=True, help_text="结账当日从底册数出的数，之后不改")
    settled_on = models.DateField("结账日期", null=True, blank=True)
    closed_on = models.DateField("结束办理日期", null=True, blank=True)
    summary = models.TextField("总结", max_length=3000, blank=True)
    maker_ref = models.CharField("经办", max_length=40)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "集中行动"
        ordering = ["-since", "-pk"]
        indexes = [models.Index(fields=["union", "state"], name="campaign_union")]
        constraints = [
            models.UniqueConstraint(fields=["union", "name"], name="campaign_once", violation_error_message="本工会已有同名行动。"),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="campaign_dates", violation_error_message="结束日期不能早于开始日期。"
            ),
        ]

    @property
    def tone(self) -> str:
        """Colour of the state's word."""
        return CampaignState(self.state).tone

    def __str__(self) -> str:
        return self.name


class Leader(models.Model):
    """Somebody of the leading group (领导小组成员)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="leaders", verbose_name="行动")
    duty = models.CharField("分工", max_length=8, choices=partial(labels, Duty))
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("单位和职务", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "领导小组"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(duty="head"), name="leader_one_head", violation_error_message="组长只能有一位。"
            )
        ]


class Partner(models.Model):
    """A department or association that helps (协作单位)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="partners", verbose_name="行动")
    kind = models.CharField("类别", max_length=12, choices=partial(labels, PartnerKind))
    name = models.CharField("名称", max_length=80)
    task = models.CharField("分工", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "协作单位"
        ordering = ["kind", "pk"]


class Team(models.Model):
    """A team with its leader (行动小队)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="teams", verbose_name="行动")
    name = models.CharField("名称", max_length=40)
    leader_name = models.CharField("队长", max_length=40)
    leader = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="队长账号")

    class Meta:
        verbose_name = verbose_name_plural = "行动小队"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="team_once", violation_error_message="这个行动已有同名小队。")
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """What a team answers for (包干范围): a union with all below it, or one employer."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="assignments", verbose_name="小队")
    union = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="工会（含下级）")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")

    class Meta:
        verbose_name = verbose_name_plural = "包干范围"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(union__isnull=False, employer__isnull=True) | Q(union__isnull=True, employer__isnull=False),
                name="assignment_one",
                violation_error_message="包干范围写一个工会或一个单位。",
            )
        ]

    def __str__(self) -> str:
        return str(self.union or self.employer)


class Target(models.Model):
    """A number to reach (指标): of the whole campaign, of a team, or of an area."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets", verbose_name="行动")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="targets", verbose_name="小队")
    union = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地区（工会）")
    measure = models.CharField("项目", max_length=10, choices=partial(labels, Measure))
    value = models.PositiveIntegerField("指标数")

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "team", "union", "measure"],
                nulls_distinct=False,
                name="target_once",
                violation_error_message="这一项指标已经有了。",
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="target_some", violation_error_message="指标数要大于 0。"),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(union__isnull=True),
                name="target_of_one",
                violation_error_message="指标写给小队或地区，不能两者都写。",
            ),
        ]


class PlanItem(models.Model):
    """A step of the calendar, or one taken together with the party organisation (日程；同部署、同检查、同考核)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="plan", verbose_name="行动")
    step = models.CharField("步骤", max_length=8, choices=partial(labels, Step), default=Step.CALENDAR)
    due_on = models.DateField("日期")
    words = models.CharField("工会事项", max_length=200)
    party_words = models.CharField("党组织事项", max_length=200, blank=True)
    done_on = models.DateField("工会完成日期", null=True, blank=True)
    party_done_on = models.DateField("党组织完成日期", null=True, blank=True)
    note = models.CharField("记录", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计划事项"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(step="calendar") | ~Q(party_words=""),
                name="plan_paired",
                violation_error_message="同部署、同检查、同考核要写明党组织的对应事项。",
            )
        ]


class Attendee(models.Model):
    """Who came to the kick-off (启动会到会), by unit."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="attendees", verbose_name="行动")
    unit = models.CharField("单位", max_length=80)
    people = models.PositiveIntegerField("到会人数")

    class Meta:
        verbose_name = verbose_name_plural = "启动会到会"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"], name="attendee_once", violation_error_message="这个单位已经登记到会人数。"
            ),
            models.CheckConstraint(condition=Q(people__gt=0), name="attendee_some", violation_error_message="到会人数要大于 0。"),
        ]


class Publicity(models.Model):
    """One item of the three publicity lines, with its proof (三大宣传)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="publicity", verbose_name="行动")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小队")
    line = models.CharField("战线", max_length=8, choices=partial(labels, Line))
    channel = models.CharField("渠道", max_length=40)
    title = models.CharField("标题", max_length=120)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    published_on = models.DateField("发布日期", null=True, blank=True)
    reach = models.PositiveIntegerField("覆盖人次", default=0)
    link = models.URLField("链接", max_length=300, blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明材料")
    actor = models.CharField("登记人", max_length=40)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "宣传事项"
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_on__isnull=False) | Q(reach=0),
                name="publicity_reach",
                violation_error_message="还没有发布的不填覆盖人次。",
            )
        ]


class ServiceLog(models.Model):
    """Service given while organising (边服务边建会记录)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="services", verbose_name="行动")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小队")
    kind = models.CharField("服务", max_length=10, choices=partial(labels, ServiceKind))
    on = models.DateField("日期")
    words = models.CharField("内容", max_length=200)
    people = models.PositiveIntegerField("服务人次")
    before_joining = models.PositiveIntegerField("其中未入会的", default=0)
    actor = models.CharField("登记人", max_length=40)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "服务记录"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before_joining__lte=F("people")),
                name="service_part",
                violation_error_message="其中未入会的不能多于服务人次。",
            )
        ]


class Inspection(models.Model):
    """A weekly inspection of a team (周检查)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="inspections", verbose_name="行动")
    team = models.ForeignKey(Team, models.PROTECT, related_name="inspections", verbose_name="小队")
    on = models.DateField("检查日期")
    found = models.CharField("发现的问题", max_length=300)
    remedy = models.CharField("整改要求", max_length=300, blank=True)
    due_on = models.DateField("整改期限", null=True, blank=True)
    done_on = models.DateField("整改完成", null=True, blank=True)
    outcome = models.CharField("整改结果", max_length=200, blank=True)
    counts = models.JSONField("检查当日的数", default=dict, blank=True)
    actor = models.CharField("检查人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "周检查"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "on"], name="inspection_once", violation_error_message="这支小队当天已有检查记录。"),
            models.CheckConstraint(
                condition=Q(remedy="") | Q(due_on__isnull=False), name="inspection_due", violation_error_message="有整改要求的要写期限。"
            ),
        ]


class Charge(models.Model):
    """One person's task, settled by name (责任结账, 责任到人)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="charges", verbose_name="行动")
    team = models.ForeignKey(Team, models.PROTECT, related_name="charges", verbose_name="小队")
    name = models.CharField("责任人", max_length=40)
    task = models.CharField("任务", max_length=200)
    union = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="包干工会（含下级）")
    measure = models.CharField("计数项目", max_length=10, choices=partial(labels, Measure), blank=True)
    target = models.PositiveIntegerField("指标数", null=True, blank=True)
    due_on = models.DateField("期限")
    result = models.CharField("结果", max_length=8, choices=partial(labels, Result), default=Result.OPEN, blank=True)
    counted = models.PositiveIntegerField("结账时的数", null=True, blank=True)
    reason = models.CharField("说明", max_length=200, blank=True)
    settled_on = models.DateField("结账日期", null=True, blank=True)
    actor = models.CharField("结账人", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任账"
        ordering = ["team", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(measure="", target__isnull=True) | (~Q(measure="") & Q(target__gt=0)),
                name="charge_measured",
                violation_error_message="有计数项目的要写指标数，没有的不写。",
            ),
            models.CheckConstraint(
                condition=Q(result="", settled_on__isnull=True) | (~Q(result="") & Q(settled_on__isnull=False)),
                name="charge_settled",
                violation_error_message="结账要写结果和日期。",
            ),
        ]

    @property
    def tone(self) -> str:
        """Colour of the result's word."""
        return Result(self.result).tone


class DeclaredRate(models.Model):
    """A rate said about the campaign, with its denominator (申报的率). An impossible one is never stored."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="rates", verbose_name="行动")
    name = models.CharField("名称", max_length=40)
    numerator = models.PositiveIntegerField("分子")
    numerator_words = models.CharField("分子是什么", max_length=80)
    denominator = models.PositiveIntegerField("分母")
    denominator_words = models.CharField("分母是什么", max_length=80)
    claimed = models.CharField("上报的百分比", max_length=10)
    as_of = models.DateField("截至")
    actor = models.CharField("登记人", max_length=40)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "申报的率"
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(denominator__gt=0) & Q(numerator__lte=F("denominator")),
                name="declared_possible",
                violation_error_message="分子不能大于分母，分母要大于 0。",
            )
        ]


class Site(models.Model):
    """A joining batch and ceremony of the campaign (集体入会现场): one table, many phones, one QR."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sites", verbose_name="行动")
    kind = models.CharField("现场", max_length=8, choices=partial(labels, SiteKind))
    batch = models.ForeignKey("members.Batch", models.PROTECT, related_name="+", verbose_name="入会批次")
    ceremony = models.ForeignKey("members.Ceremony", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="入会仪式")
    actor = models.CharField("登记人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "集体入会现场"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch"], name="site_batch_once", violation_error_message="这个批次已经挂在一个行动上。")
        ]


class ZoneProfile(models.Model):
    """How labour relations of a zone stand (园区劳动关系画像): 多样化, 复杂化, 不稳定, each 0 to 3; rows are only added."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="园区工会")
    varied = models.PositiveSmallIntegerField("多样化")
    complex = models.PositiveSmallIntegerField("复杂化")
    unstable = models.PositiveSmallIntegerField("不稳定")
    note = models.CharField("依据", max_length=200)
    on = models.DateField("日期")
    actor = models.CharField("评定人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "园区劳动关系画像"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(varied__lte=3) & Q(complex__lte=3) & Q(unstable__lte=3),
                name="zone_grades",
                violation_error_message="每项 0 到 3 分。",
            )
        ]


class TwoNewCard(models.Model):
    """Type and contract of a two-new organisation, dated (两新组织登记卡)."""

    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="+", verbose_name="单位")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name="组织类型")
    contract_no = models.CharField("集体合同编号", max_length=40, blank=True)
    contract_until = models.DateField("集体合同有效期至", null=True, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    actor = models.CharField("登记人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "两新组织登记卡"
        constraints = [
            models.UniqueConstraint(
                fields=["employer"], condition=Q(until__isnull=True), name="two_new_one", violation_error_message="这个单位已有登记卡。"
            )
        ]


class DriverNote(models.Model):
    """What a driver adds to the application (货车司机补充登记): vehicle and home place; there is often no fixed employer. S032."""

    application = models.OneToOneField("members.Application", models.PROTECT, related_name="+", verbose_name="入会申请")
    plate = models.CharField("车牌号", max_length=12)
    home_place = models.CharField("常驻地", max_length=60)
    platform = models.CharField("常用平台", max_length=40, blank=True)
    home_by = models.CharField("受理工会怎样定的", max_length=10, blank=True, help_text="货运园区、行业工会、会员库、属地、现场")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "货车司机补充登记"
