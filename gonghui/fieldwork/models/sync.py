"""Phones, what they sent, and what was merged from it (设备、上送事项、合并)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.fieldwork.enums import ActKind, ActState, ClashKind, ClashState, DocKind


class Device(models.Model):
    """A phone that may send field work (外勤手机). Only a keyed digest of its token is kept."""

    public_id = models.CharField("设备编号", max_length=32, unique=True)
    user_id = models.BigIntegerField("工建指导员账号")
    org_path = models.CharField("组织路径", max_length=80, help_text="登记时指导员所在组织，决定谁能停用它")
    name = models.CharField("名称", max_length=60)
    token_digest = models.BinaryField("令牌摘要", max_length=16)
    registered_at = models.DateTimeField("登记时间")
    seen_at = models.DateTimeField("最近同步", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    revoked_by = models.CharField("停用人", max_length=40, blank=True)
    revoked_why = models.CharField("停用原因", max_length=120, blank=True)
    told_at = models.DateTimeField("通知清除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "外勤手机"
        indexes = [models.Index(fields=["user_id", "revoked_at"], name="device_user")]

    def __str__(self) -> str:
        return self.name


class Act(models.Model):
    """Something a phone sent, received exactly once (收到的事项). The answer is kept and given again to a repeated sending."""

    uid = models.CharField("事项编号", max_length=40, unique=True, help_text="手机上生成")
    device = models.ForeignKey(Device, models.PROTECT, null=True, blank=True, related_name="acts", verbose_name="设备")
    seq = models.PositiveIntegerField("设备内序号", null=True, blank=True)
    kind = models.CharField("事项", max_length=8, choices=partial(labels, ActKind))
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    digest = models.CharField("内容摘要", max_length=64)
    state = models.CharField("处理结果", max_length=8, choices=partial(labels, ActState))
    answer = models.JSONField("答复")
    actor = models.CharField("办理人", max_length=40)
    made_at = models.DateTimeField("手机上的时间")
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "收到的事项"
        constraints = [models.UniqueConstraint(fields=["device", "seq"], name="act_seq_once")]
        indexes = [models.Index(fields=["received_at"], name="act_received")]


class Doc(models.Model):
    """A paper several people may change (同步的资料): a visit order, or a card of an employer."""

    kind = models.CharField("种类", max_length=8, choices=partial(labels, DocKind))
    key = models.CharField("编号", max_length=60, unique=True)
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="+", verbose_name="单位")
    version = models.PositiveIntegerField("版本", default=0)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = verbose_name_plural = "同步的资料"

    def __str__(self) -> str:
        return self.key


class Edit(models.Model):
    """One change of one field; never changed afterwards (修改记录)."""

    doc = models.ForeignKey(Doc, models.PROTECT, related_name="edits", verbose_name="资料")
    uid = models.CharField("修改编号", max_length=80, unique=True)
    field = models.CharField("项目", max_length=24)
    value = models.TextField("内容", help_text="规范 JSON")
    device = models.CharField("设备编号", max_length=32, blank=True)
    seq = models.PositiveIntegerField("设备内序号", default=0)
    base = models.PositiveIntegerField("所见版本")
    version = models.PositiveIntegerField("登记版本")
    actor = models.CharField("修改人", max_length=40)
    made_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = verbose_name_plural = "修改记录"
        indexes = [models.Index(fields=["doc", "field"], name="edit_doc")]


class Clash(models.Model):
    """Two values, or two acts, that cannot both stand; a person decides (冲突)."""

    doc = models.ForeignKey(Doc, models.PROTECT, null=True, blank=True, related_name="clashes", verbose_name="资料")
    join = models.ForeignKey("fieldwork.OnSiteJoin", models.PROTECT, null=True, blank=True, related_name="clashes", verbose_name="现场入会")
    employer = models.ForeignKey("orgs.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    org_path = models.CharField("组织路径", max_length=80)
    kind = models.CharField("种类", max_length=8, choices=partial(labels, ClashKind))
    field = models.CharField("项目", max_length=24, blank=True)
    heads = models.JSONField("各方内容", default=list, help_text="修改编号；登记册拒绝时为理由")
    why = models.CharField("说明", max_length=300, blank=True)
    user_id = models.BigIntegerField("工建指导员账号", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=partial(labels, ClashState), default=ClashState.OPEN)
    opened_at = models.DateTimeField("发现时间")
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = models.CharField("处理人", max_length=40, blank=True)
    choice = models.CharField("处理办法", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "冲突"
        indexes = [models.Index(fields=["state", "opened_at"], name="clash_state")]
        constraints = [
            models.UniqueConstraint(fields=["doc", "kind", "field"], condition=Q(state="open", doc__isnull=False), name="clash_one_open")
        ]

    def __str__(self) -> str:
        return str(ClashKind(self.kind).label)
