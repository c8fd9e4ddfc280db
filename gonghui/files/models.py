"""Attachments and exports (附件、导出)."""

from __future__ import annotations

from django.db import models

from gonghui.files.enums import ExportState


class File(models.Model):
    """A stored file (附件): content checked, named by its hash, delivered as attachment. `org_path` is whose scope it falls in."""

    token = models.CharField("编号", max_length=32, unique=True)
    name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类型", max_length=80)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("文件摘要 SHA-256", max_length=64)
    place = models.CharField("存放", max_length=120)
    purpose = models.CharField("用途", max_length=40)
    restricted = models.BooleanField("限案内", default=False, help_text="只凭业务应用发的链接打开，不按组织范围开放")
    org_path = models.CharField("组织路径", max_length=80, blank=True)
    owner = models.CharField("上传人", max_length=40)
    uploaded_at = models.DateTimeField("上传时间")
    expires_at = models.DateTimeField("到期", null=True, blank=True)
    removed_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        indexes = [
            models.Index(fields=["sha256"], name="file_hash"),
            models.Index(fields=["owner", "removed_at"], name="file_owner"),
            models.Index(fields=["expires_at"], name="file_expiry"),
        ]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A list that leaves the platform (导出): purpose, number of persons, approval above 500, gone after 24 hours (R33)."""

    kind = models.CharField("种类", max_length=60)
    title = models.CharField("名称", max_length=120)
    args = models.JSONField("条件", default=dict, help_text="只放编号和筛选条件")
    purpose = models.CharField("用途", max_length=200)
    count = models.PositiveIntegerField("人数")
    org_path = models.CharField("组织路径", max_length=80, blank=True)
    user_id = models.BigIntegerField("账号编号")
    actor = models.CharField("导出人", max_length=40)
    state = models.CharField("状态", max_length=12, choices=ExportState.choices, default=ExportState.QUEUED)
    note = models.CharField("说明", max_length=200, blank=True)
    approver = models.CharField("审批人", max_length=40, blank=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件")
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="任务")
    created_at = models.DateTimeField("申请时间")

    class Meta:
        verbose_name = verbose_name_plural = "导出"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user_id", "created_at"], name="export_user")]

    def __str__(self) -> str:
        return self.title

    @property
    def state_tone(self) -> str:
        return ExportState(self.state).tone


from gonghui.files.imports.models import HeaderMemory, ImportBatch, ImportChunk, ImportRow  # noqa: E402, F401  # tables of the subpackage imports
