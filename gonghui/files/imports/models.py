"""Batches of imported rows (导入批次). Rows with problems and what undo needs are sealed: files hold identity numbers."""

from __future__ import annotations

from django.db import models

from gonghui.files.imports.enums import BatchState, RowState
from gonghui.files.imports.protocol import handler


class ImportBatch(models.Model):
    """One declared batch (导入批次): all of it or nothing of it (MEM-06). `handler` kinds live above."""

    token = models.CharField("编号", max_length=32, unique=True)
    kind = models.CharField("种类", max_length=24)
    org_path = models.CharField("组织路径", max_length=80, blank=True)
    org_name = models.CharField("导入到", max_length=120, blank=True)
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("文件摘要 SHA-256", max_length=64)
    place = models.CharField("存放", max_length=120)
    state = models.CharField("状态", max_length=12, choices=BatchState.choices, default=BatchState.UPLOADED)
    sheet = models.CharField("工作表", max_length=60, blank=True)
    header_row = models.PositiveIntegerField("表头行", default=1)
    headers = models.JSONField("表头", default=dict)
    mapping = models.JSONField("列对应", default=dict)
    options = models.JSONField("选项", default=dict)
    as_of = models.DateField("截至日期")
    rows = models.PositiveIntegerField("读到行数", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    rejected = models.PositiveIntegerField("没有导入", default=0)
    tidied = models.JSONField("自动整理", default=dict)
    notes = models.JSONField("说明", default=list)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name="接续的批次")
    job_id = models.BigIntegerField("任务编号", null=True, blank=True)
    actor = models.CharField("经办", max_length=40)
    created_at = models.DateTimeField("上传时间")
    committed_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    error = models.CharField("未完成的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [
            models.Index(fields=["org_path", "kind", "created_at"], name="import_org"),
            models.Index(fields=["sha256"], name="import_hash"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["committed", "undone"])
                | models.Q(rows=models.F("created") + models.F("updated") + models.F("unchanged") + models.F("rejected")),
                name="import_counts_add_up",
                violation_error_message="各行结论之和应等于读到的行数。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        """Colour of the state word."""
        return {"committed": "ok", "checked": "warn", "failed": "bad", "committing": "info"}.get(self.state, "")

    @property
    def kind_label(self) -> str:
        """The kind's Chinese word."""
        try:
            return handler(self.kind).label
        except LookupError:
            return self.kind


class ImportRow(models.Model):
    """A row that waits for a person (待处理的行): what is wrong, the cells as read, the corrections, the choice."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="waiting", verbose_name="批次")
    row = models.PositiveIntegerField("表格行号")
    cause = models.CharField("问题", max_length=24)
    problems = models.JSONField("问题明细", default=list)
    cells = models.BinaryField("单元格密文")
    fixes = models.BinaryField("更正密文", null=True, blank=True)
    choice = models.CharField("选择", max_length=24, blank=True)
    state = models.CharField("处理", max_length=8, choices=RowState.choices, default=RowState.OPEN)

    class Meta:
        verbose_name = verbose_name_plural = "待处理的行"
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "state", "cause"], name="import_row_list")]


class ImportChunk(models.Model):
    """A sealed piece of a batch (批次数据): verdict of every row, what undo needs, clean-ups."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks", verbose_name="批次")
    name = models.CharField("内容", max_length=16)
    sealed = models.BinaryField("密文")

    class Meta:
        verbose_name = verbose_name_plural = "批次数据"
        constraints = [models.UniqueConstraint(fields=["batch", "name"], name="import_chunk_once")]


class HeaderMemory(models.Model):
    """Which header stands for which column, as confirmed once (表头记忆), per org and kind."""

    org_path = models.CharField("组织路径", max_length=80, blank=True)
    kind = models.CharField("种类", max_length=24)
    header = models.CharField("表头", max_length=60)
    column = models.CharField("列", max_length=40)
    used_at = models.DateTimeField("最近使用")

    class Meta:
        verbose_name = verbose_name_plural = "表头记忆"
        constraints = [models.UniqueConstraint(fields=["org_path", "kind", "header"], name="header_once")]
