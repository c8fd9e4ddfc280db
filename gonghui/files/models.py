"""Attachments (附件)."""

from __future__ import annotations

from django.db import models


class File(models.Model):
    """A stored file (附件): content checked, named by its hash, delivered as attachment. `org_path` is whose scope it falls in."""

    token = models.CharField("编号", max_length=32, unique=True)
    name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类型", max_length=80)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    place = models.CharField("存放", max_length=120)
    purpose = models.CharField("用途", max_length=40)
    org_path = models.CharField("组织路径", max_length=80, blank=True)
    owner = models.CharField("上传人", max_length=40)
    uploaded_at = models.DateTimeField("上传时间")
    expires_at = models.DateTimeField("到期", null=True, blank=True)
    removed_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        indexes = [models.Index(fields=["sha256"], name="file_hash")]


from gonghui.files.imports.models import HeaderMemory, ImportBatch, ImportChunk, ImportRow  # noqa: E402, F401  # tables of the subpackage imports
