"""Words of files (附件与导出)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    FILE_VIEW = "files.file.view"
    EXPORT_START = "files.export.start"
    EXPORT_APPROVE = "files.export.approve"


class ExportState(models.TextChoices):
    """State of an export (导出状态)."""

    WAITING = "waiting", "待审批"
    QUEUED = "queued", "制作中"
    READY = "ready", "可下载"
    REFUSED = "refused", "未批准"
    FAILED = "failed", "没有做成"
    EXPIRED = "expired", "已过期"

    @property
    def tone(self) -> str:
        return {"ready": "ok", "refused": "bad", "failed": "bad", "waiting": "warn", "queued": "info"}.get(self.value, "line")
