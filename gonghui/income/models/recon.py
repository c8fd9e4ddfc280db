"""Three-way reconciliation (三方核对): register, money, reported numbers."""

from __future__ import annotations

from functools import partial

from django.db import models

from gonghui.core.choices import labels
from gonghui.income.enums import Axis, Cause, LineState


class Reconciliation(models.Model):
    """One union, one period: the numbers of all sides as they were on the day it was made (三方核对)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="reconciliations", verbose_name="工会")
    since = models.DateField("所属期起")
    months = models.PositiveSmallIntegerField("月数", default=1)
    registered = models.PositiveIntegerField("登记人数", help_text="期末有会籍的人，含保留会籍和季节性暂停")
    counted = models.PositiveIntegerField("登记会员", help_text="期末在籍和转出待接的会员，统计口径")
    payers = models.PositiveIntegerField("缴会费人数")
    due_fen = models.BigIntegerField("应缴会费（分）")
    received_fen = models.BigIntegerField("已收会费（分）")
    workers = models.PositiveIntegerField("登记职工")
    declared_workers = models.PositiveIntegerField("申报职工")
    levy_fen = models.BigIntegerField("应拨缴（分）")
    levy_paid_fen = models.BigIntegerField("已拨缴（分）")
    claimed = models.PositiveIntegerField("上报会员", null=True, blank=True)
    claimed_on = models.DateField("上报日期", null=True, blank=True)
    claimed_source = models.CharField("上报出处", max_length=120, blank=True)
    by = models.CharField("经办", max_length=40)
    made_at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = verbose_name_plural = "三方核对"
        indexes = [models.Index(fields=["union", "since"], name="inc_recon_union")]


class ReconLine(models.Model):
    """One difference with its cause and records (核对差异)."""

    recon = models.ForeignKey(Reconciliation, models.PROTECT, related_name="lines", verbose_name="核对")
    axis = models.CharField("核对项目", max_length=8, choices=partial(labels, Axis))
    cause = models.CharField("原因", max_length=12, choices=partial(labels, Cause))
    count = models.IntegerField("人数差")
    fen = models.BigIntegerField("金额差（分）", default=0)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会员")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    state = models.CharField("处理", max_length=7, choices=partial(labels, LineState), default=LineState.OPEN)
    reason = models.CharField("说明", max_length=200, blank=True)
    settled_by = models.CharField("处理人", max_length=40, blank=True)
    settled_on = models.DateField("处理日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "核对差异"
        indexes = [models.Index(fields=["recon", "axis", "cause"], name="inc_recon_line")]
