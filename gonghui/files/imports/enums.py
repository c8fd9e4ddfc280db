"""Words of import (导入)."""

from __future__ import annotations

from django.db import models


class BatchState(models.TextChoices):
    """State of a batch (批次状态)."""

    UPLOADED = "uploaded", "待对表头"
    MAPPED = "mapped", "待检查"
    CHECKED = "checked", "待导入"
    COMMITTING = "committing", "导入中"
    COMMITTED = "committed", "已导入"
    UNDONE = "undone", "已撤销"
    ABANDONED = "abandoned", "已放弃"
    FAILED = "failed", "未完成"


class RowState(models.TextChoices):
    """State of a row that waits (行的处理)."""

    OPEN = "open", "待改"
    FIXED = "fixed", "已改好"
    SKIPPED = "skipped", "跳过"
