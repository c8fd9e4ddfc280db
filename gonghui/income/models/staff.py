"""Off-establishment staff money (非在编人员工会经费, S212)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.income.enums import StaffState


class StaffCheck(models.Model):
    """One unit, one year: reminder, headcount confirmed by both sides, allocation tracked to arrival (非在编人数核对)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="inc_staff_checks", verbose_name="工会")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="inc_staff_checks", verbose_name="单位")
    year = models.PositiveSmallIntegerField("预算年度")
    state = models.CharField("状态", max_length=9, choices=partial(labels, StaffState), default=StaffState.REMINDED)
    reminded_on = models.DateField("提醒日期")
    due_on = models.DateField("核对期限")
    unit_count = models.PositiveIntegerField("单位确认人数", null=True, blank=True)
    unit_wage_fen = models.BigIntegerField("单位确认年工资总额（分）", null=True, blank=True)
    unit_by = models.CharField("单位确认人", max_length=40, blank=True)
    unit_on = models.DateField("单位确认日期", null=True, blank=True)
    finance_count = models.PositiveIntegerField("财政核对人数", null=True, blank=True)
    finance_by = models.CharField("财政核对登记人", max_length=40, blank=True)
    finance_office = models.CharField("财政经办科室", max_length=60, blank=True)
    finance_on = models.DateField("财政核对日期", null=True, blank=True)
    expected_fen = models.BigIntegerField("应拨（分）", default=0)
    expected_on = models.DateField("应到账日期", null=True, blank=True)
    arrived_fen = models.BigIntegerField("已到账（分）", default=0)
    arrived_on = models.DateField("最近到账日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "非在编人数核对"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "year"], name="inc_staff_once", violation_error_message="这个单位本年度已经提醒过。"
            ),
            models.CheckConstraint(
                condition=Q(arrived_fen__gte=0) & Q(expected_fen__gte=0),
                name="inc_staff_amounts",
                violation_error_message="金额不能是负数。",
            ),
        ]
        indexes = [models.Index(fields=["union", "state"], name="inc_staff_state")]


class StaffArrival(models.Model):
    """Money of the treasury that arrived (财政拨款到账). Never changed (trigger)."""

    check_of = models.ForeignKey(StaffCheck, models.PROTECT, related_name="arrivals", verbose_name="核对")
    on = models.DateField("到账日期")
    amount_fen = models.BigIntegerField("金额（分）")
    reference = models.CharField("拨款单号", max_length=40)
    by = models.CharField("登记人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "财政拨款到账"
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "reference"], name="inc_arrival_once", violation_error_message="这张拨款单已经登记过。"
            )
        ]
