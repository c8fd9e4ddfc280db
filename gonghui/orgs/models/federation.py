"""What a regional or industry federation signs and calls (联合会的协议与职代会): papers on file, dated. Source: S012, S013."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.orgs.enums import AgreementKind
from gonghui.orgs.models.employer import Employer
from gonghui.orgs.models.union import Union


class Agreement(models.Model):
    """A regional or industry agreement on file (区域性、行业性协议), with the employers it binds."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="agreements", verbose_name="联合会")
    kind = models.CharField("种类", max_length=10, choices=AgreementKind.choices)
    number = models.CharField("编号", max_length=60)
    counterpart = models.CharField("企业方", max_length=120, help_text="企业组织或各企业代表")
    signed_on = models.DateField("签订日期")
    valid_until = models.DateField("期满日期")
    ended_on = models.DateField("提前终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=200, blank=True)
    workers = models.PositiveIntegerField("覆盖职工数", help_text="签订时所列单位职工数之和")
    file = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="协议文本")
    actor = models.CharField("经办", max_length=40)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "区域（行业）协议"
        indexes = [models.Index(fields=["valid_until"], name="agreement_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["union", "number"], name="agreement_number_once", violation_error_message="这个联合会已有同一编号的协议。"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("signed_on")), name="agreement_dates", violation_error_message="期满日期应晚于签订日期。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class AgreementEmployer(models.Model):
    """An employer bound by an agreement (协议所列单位), as it was when signed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="bound", verbose_name="协议")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="agreements", verbose_name="单位")
    headcount = models.PositiveIntegerField("签订时职工数", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "协议所列单位"
        constraints = [models.UniqueConstraint(fields=["agreement", "employer"], name="agreement_employer_once")]


class ClusterCongress(models.Model):
    """A session of a regional or industry workers' congress on file (区域、行业职代会), with its minutes."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="cluster_congresses", verbose_name="联合会")
    name = models.CharField("届次名称", max_length=80)
    on = models.DateField("日期")
    delegates = models.PositiveIntegerField("代表人数")
    present = models.PositiveIntegerField("到会人数")
    result = models.CharField("结果", max_length=400)
    minutes = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会议记录")
    actor = models.CharField("经办", max_length=40)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "区域（行业）职代会"
        constraints = [
            models.UniqueConstraint(fields=["union", "on"], name="cluster_day_once", violation_error_message="这一天的会议已经登记过。"),
            models.CheckConstraint(
                condition=Q(present__lte=F("delegates")), name="cluster_present", violation_error_message="到会人数不能多于代表人数。"
            ),
        ]

    def __str__(self) -> str:
        return self.name
