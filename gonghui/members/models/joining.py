"""Joining (入会): batches with their dossier, applications, ceremonies."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.members.enums import ApplicationState, BatchState, Channel, DocumentKind, EmploymentKind


class Batch(models.Model):
    """A joining batch (入会批次): what the three gates are checked for. People who come one by one share the union's batch of the month."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    name = models.CharField("名称", max_length=60)
    campaign = models.BooleanField("集中行动", default=False, help_text="集中行动按第三关计数")
    state = models.CharField("状态", max_length=8, choices=partial(labels, BatchState), default=BatchState.OPEN)
    approval_no = models.CharField("批文文号", max_length=60, blank=True)
    reconciled_on = models.DateField("纸质与电子名册核对一致日期", null=True, blank=True)
    reconciled_by = models.CharField("核对人", max_length=40, blank=True)
    opened_on = models.DateField("开始日期")
    closed_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "入会批次"
        constraints = [models.UniqueConstraint(fields=["union", "name"], name="batch_once", violation_error_message="已有同名批次。")]

    def __str__(self) -> str:
        return self.name


class BatchDocument(models.Model):
    """A paper of the dossier (三有材料)."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="documents", verbose_name="批次")
    kind = models.CharField("种类", max_length=18, choices=partial(labels, DocumentKind))
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+", verbose_name="附件")
    people = models.PositiveIntegerField("所列人数", null=True, blank=True)
    actor = models.CharField("上传人", max_length=40)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "三有材料"


class Ceremony(models.Model):
    """A joining ceremony (入会仪式, S047): one table with a QR, many phones; attendance closes the third gate."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="ceremonies", verbose_name="批次")
    title = models.CharField("名称", max_length=60)
    place = models.CharField("地点", max_length=120)
    at = models.DateTimeField("时间")
    token = models.CharField("签到码", max_length=32, unique=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    note = models.CharField("记录", max_length=300, blank=True)
    oath_by = models.CharField("领誓人", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "入会仪式"

    def __str__(self) -> str:
        return self.title


class CeremonyPhoto(models.Model):
    """A photo of a ceremony (仪式照片)."""

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, related_name="photos", verbose_name="仪式")
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+", verbose_name="照片")
    caption = models.CharField("说明", max_length=80, blank=True)
    actor = models.CharField("上传人", max_length=40)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "仪式照片"


class Application(models.Model):
    """An application to join (入会申请). What the form says stays as it was signed; the person's record may change later."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="applications", verbose_name="申请人")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="applications", verbose_name="受理工会")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="applications", verbose_name="批次")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="用人单位")
    employer_name = models.CharField("本人填写的单位", max_length=120, blank=True)
    agency = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="劳务派遣单位")
    agency_name = models.CharField("本人填写的派遣公司", max_length=120, blank=True)
    employment_kind = models.CharField("用工形式", max_length=12, choices=partial(labels, EmploymentKind), default=EmploymentKind.REGULAR)
    channel = models.CharField("渠道", max_length=12, choices=partial(labels, Channel), default=Channel.PERSONAL)
    state = models.CharField("状态", max_length=10, choices=partial(labels, ApplicationState), default=ApplicationState.SUBMITTED)
    private = models.BooleanField("不告诉单位", default=False)
    self_filled = models.BooleanField("本人填写", default=False)
    signed_name = models.CharField("签名", max_length=60, blank=True)
    signed_at = models.DateTimeField("签名时间", null=True, blank=True)
    signature_sealed = models.BinaryField("手写签名密文", null=True, blank=True)
    filed_by = models.CharField("录入人", max_length=40)
    submitted_at = models.DateTimeField("提交时间")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.CharField("决定人", max_length=40, blank=True)
    reason = models.CharField("退回或不批准的理由", max_length=200, blank=True)
    route_slip = models.CharField("受理路径决定单", max_length=40, blank=True)
    eligible_slip = models.CharField("入会资格决定单", max_length=40, blank=True)
    group_opinion_on = models.DateField("小组讨论日期", null=True, blank=True, help_text="章程没有规定小组讨论，按本地做法填写")
    archive_on = models.DateField("档案关通过日期", null=True, blank=True)
    issued_on = models.DateField("发证关通过日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "入会申请"
        indexes = [
            models.Index(fields=["union", "state"], name="application_union"),
            models.Index(fields=["person", "state"], name="application_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["submitted", "returned", "approved"]),
                name="application_one_open",
                violation_error_message="您已有一份正在办理的入会申请，不用重复提交。",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(issued_on__isnull=False),
                name="application_done_issued",
                violation_error_message="领到会员证后才算办结。",
            ),
        ]


class Attendance(models.Model):
    """Somebody at a ceremony (仪式签到)."""

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, related_name="attendances", verbose_name="仪式")
    application = models.ForeignKey(Application, models.PROTECT, related_name="attendances", verbose_name="申请")
    at = models.DateTimeField("签到时间")

    class Meta:
        verbose_name = verbose_name_plural = "仪式签到"
        constraints = [models.UniqueConstraint(fields=["ceremony", "application"], name="attendance_once")]
