"""Tables of the kernel: audit chain, data keys, idempotency keys, jobs (内核表)."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from gonghui.core import clock, crypto


class AuditEntry(models.Model):
    """One entry of the hash chain (审计记录). No update, no delete: triggers in migration 0002."""

    seq = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.CharField("操作者", max_length=40, help_text="user:12、worker:8、system:import")
    verb = models.CharField("动作", max_length=80)
    kind = models.CharField("对象类型", max_length=60)
    object_id = models.CharField("对象编号", max_length=40)
    org_path = models.CharField("组织路径", max_length=80, blank=True)
    data = models.TextField("内容（规范 JSON）")
    prev = models.CharField("前一哈希", max_length=64)
    hash = models.CharField("本条哈希", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["kind", "object_id"], name="audit_object"),
            models.Index(fields=["actor", "seq"], name="audit_actor"),
            models.Index(fields=["org_path", "seq"], name="audit_org"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"


class AuditHead(models.Model):
    """The chain's last link (链头), one row: the appender locks it, so the chain stays linear."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField("序号", default=0)
    hash = models.CharField("哈希", max_length=64, default="0" * 64)

    class Meta:
        verbose_name = verbose_name_plural = "审计链头"


class DataKey(models.Model):
    """A data key, wrapped (数据密钥): one current key per table."""

    table = models.CharField("表", max_length=60)
    suite = models.PositiveSmallIntegerField("算法套件")
    kek_version = models.PositiveIntegerField("主密钥版本")
    wrapped = models.BinaryField("包裹后的密钥")
    used = models.BigIntegerField("已用次数", default=0, help_text="按块预订，上限 2³²")
    created_at = models.DateTimeField("建立时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据密钥"
        indexes = [models.Index(fields=["table", "retired_at"], name="datakey_table")]

    @classmethod
    def make(cls, table: str) -> DataKey:
        """A fresh key for a table, with the suite of the settings."""
        suite = crypto.SUITES[settings.CIPHER]
        version, wrapped = crypto.wrap(secrets.token_bytes(crypto.KEY_BYTES[suite]), table=table)
        return cls.objects.create(table=table, suite=suite, kek_version=version, wrapped=wrapped, created_at=clock.now())


class IdempotencyKey(models.Model):
    """Answer already given to a request (幂等键): the same key with the same body gets it again."""

    actor = models.CharField("操作者", max_length=40)
    key = models.CharField("键", max_length=64)
    digest = models.CharField("请求摘要", max_length=64)
    answer = models.JSONField("答复", null=True)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "幂等键"
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_once")]


class JobState(models.TextChoices):
    """State of a job (任务状态)."""

    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    DEAD = "dead", "已隔离"
    CANCELLED = "cancelled", "已取消"


class Job(models.Model):
    """Long work with visible progress (后台任务). `core.jobs` claims, runs, retries and isolates it."""

    kind = models.CharField("种类", max_length=60)
    title = models.CharField("名称", max_length=120)
    actor = models.CharField("发起人", max_length=40)
    org_path = models.CharField("组织路径", max_length=80, blank=True)
    args = models.JSONField("参数", default=dict, help_text="只放编号，不放个人信息")
    state = models.CharField("状态", max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    note = models.CharField("说明", max_length=200, blank=True)
    result = models.JSONField("结果", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    not_before = models.DateTimeField("最早执行时间")
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    created_at = models.DateTimeField("建立时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    once = models.CharField("一次键", max_length=120, blank=True, help_text="同键的任务只排一次")

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [models.Index(fields=["state", "not_before"], name="job_queue")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "once"], condition=~models.Q(once=""), name="job_once"),
        ]

    def __str__(self) -> str:
        return self.title
