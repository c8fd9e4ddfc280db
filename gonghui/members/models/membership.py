"""Employment and membership spells (劳动关系与会籍段): dated, never overwritten."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.members.enums import Channel, EmploymentKind, EndReason, Standing


class Employment(models.Model):
    """Somebody works for an employer, dated (劳动关系). Gaps stay visible."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="employments", verbose_name="职工")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="employments", verbose_name="用人单位")
    kind = models.CharField("用工形式", max_length=12, choices=partial(labels, EmploymentKind), default=EmploymentKind.REGULAR)
    post = models.CharField("岗位", max_length=60, blank=True)
    season_from = models.CharField("季节起（月-日）", max_length=5, blank=True)
    season_to = models.CharField("季节止（月-日）", max_length=5, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    source = models.CharField("来源", max_length=40, blank=True)
    agency = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="劳务派遣单位")
    host = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="借调到")
    host_since = models.DateField("借调起", null=True, blank=True)
    host_until = models.DateField("借调止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "劳动关系"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="employment_dates",
                violation_error_message="离职日期应晚于入职日期。",
            ),
            models.UniqueConstraint(
                fields=["person", "employer"],
                condition=Q(until__isnull=True),
                name="employment_once",
                violation_error_message="这名职工在本单位的劳动关系已经登记。",
            ),
        ]
        indexes = [models.Index(fields=["employer", "until"], name="employment_employer")]


class Membership(models.Model):
    """One spell of membership (会籍段): a person, a union, a standing, from `since` until `until` (exclusive).

    Any change of union or standing ends the spell and opens the next, so every figure can be counted as of any date.
    Spells of one person never overlap (MEM-01): partial unique index and triggers (migration `0002`).
    """

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="memberships", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="memberships", verbose_name="工会")
    group = models.ForeignKey("orgs.Group", models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="小组")
    standing = models.CharField("会籍状态", max_length=12, choices=partial(labels, Standing), default=Standing.ACTIVE)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    ended = models.CharField("结束原因", max_length=12, choices=partial(labels, EndReason), blank=True)
    joined_on = models.DateField("入会日期")
    channel = models.CharField("入会渠道", max_length=12, choices=partial(labels, Channel), default=Channel.IMPORT)
    card_no = models.CharField("会员证号", max_length=24, blank=True)
    private = models.BooleanField("不告诉单位", default=False, help_text="直接加入上级工会，用人单位一级看不到")
    confirmed_on = models.DateField("最近核实", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会籍"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="membership_dates",
                violation_error_message="会籍结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until__isnull=True),
                name="membership_one_open",
                violation_error_message="这个人现在已有会籍。请办理转会，不要重复入会。",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "until"], name="membership_union"),
            models.Index(fields=["card_no"], name="membership_card"),
        ]
