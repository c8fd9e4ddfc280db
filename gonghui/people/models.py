"""Natural persons, the identity vault (自然人与身份保险箱) and dated national codes (国家标准代码)."""

from __future__ import annotations

from functools import partial

from django.db import models

from gonghui.core.choices import labels
from gonghui.people.enums import Group, IdCheck, IdKind, RevealReason, Sex, TwinState


class Person(models.Model):
    """A natural person (自然人). ID number and phone are sealed; equality is searched by blind index; lists show masks."""

    name = models.CharField("姓名", max_length=60)
    sex = models.CharField("性别", max_length=1, choices=partial(labels, Sex), default=Sex.UNKNOWN)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    id_kind = models.CharField("证件种类", max_length=12, choices=partial(labels, IdKind), default=IdKind.NONE)
    id_check = models.CharField("证件核验", max_length=12, choices=partial(labels, IdCheck), default=IdCheck.UNVERIFIED)
    id_sealed = models.BinaryField("证件号密文", null=True, blank=True)
    id_index = models.BinaryField("证件号盲索引", max_length=16, null=True, blank=True)
    id_mask = models.CharField("证件号（脱敏）", max_length=24, blank=True)
    phone_sealed = models.BinaryField("手机号密文", null=True, blank=True)
    phone_index = models.BinaryField("手机号盲索引", max_length=16, null=True, blank=True)
    phone_mask = models.CharField("手机号（脱敏）", max_length=16, blank=True)
    ethnic = models.CharField("民族", max_length=2, blank=True, help_text="GB/T 3304")
    education = models.CharField("学历", max_length=2, blank=True, help_text="GB/T 4658")
    political = models.CharField("政治面貌", max_length=2, blank=True, help_text="GB/T 4762")
    home_area = models.CharField("户籍地", max_length=12, blank=True, help_text="GB/T 2260")
    migrant = models.BooleanField("农民工", default=False)
    group = models.CharField("八大群体", max_length=12, blank=True, choices=partial(labels, Group), default=Group.NONE)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="已并入")
    created_at = models.DateTimeField("登记时间")
    source = models.CharField("来源", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "自然人"
        indexes = [models.Index(fields=["name"], name="person_name"), models.Index(fields=["phone_index"], name="person_phone")]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"],
                condition=models.Q(merged_into__isnull=True, id_index__isnull=False),
                name="person_id_once",
                violation_error_message="这个证件号已经登记过。请先查找这个人，不要重复登记。",
            )
        ]

    def __str__(self) -> str:
        return f"自然人 {self.pk}"


class Code(models.Model):
    """One entry of a dated code set (代码): GB/T 2260, 4754, 2261.1, 3304, 4658, 4762, 12402 and changeable dictionaries."""

    set = models.CharField("代码集", max_length=24)
    code = models.CharField("代码", max_length=12)
    label = models.CharField("名称", max_length=80)
    parent = models.CharField("上级代码", max_length=12, blank=True)
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止（不含）", null=True, blank=True)
    source = models.CharField("来源", max_length=120)
    order = models.PositiveIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "代码"
        constraints = [models.UniqueConstraint(fields=["set", "code", "since"], name="code_once", nulls_distinct=False)]
        indexes = [models.Index(fields=["set", "parent"], name="code_tree")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Reveal(models.Model):
    """Somebody looked at sensitive fields in clear (谁看过): whose, which, why. Security bars R1–R3."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="reveals", verbose_name="自然人")
    actor = models.CharField("查看人", max_length=40)
    actor_name = models.CharField("查看人姓名", max_length=60, blank=True)
    field = models.CharField("项目", max_length=16)
    reason_code = models.CharField("用途", max_length=16, choices=partial(labels, RevealReason))
    reason = models.CharField("理由", max_length=200)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "查看记录"
        indexes = [models.Index(fields=["actor", "at"], name="reveal_actor"), models.Index(fields=["person", "at"], name="reveal_person")]


class PersonMerge(models.Model):
    """Two records of one person made one (合并), kept whole so that it can be undone (MEM-03)."""

    survivor = models.ForeignKey(Person, models.PROTECT, related_name="merges", verbose_name="保留")
    absorbed = models.ForeignKey(Person, models.PROTECT, related_name="merged_by", verbose_name="并入")
    moved = models.JSONField("移动的记录", default=dict)
    reason = models.CharField("理由", max_length=200)
    actor = models.CharField("经办", max_length=40)
    at = models.DateTimeField("时间")
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "自然人合并"


class Twin(models.Model):
    """Two records that may be one person (疑似重复人员): proposed by the scan, decided by a person, kept with the decision."""

    first = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="甲")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="乙")
    reasons = models.JSONField("理由", default=list)
    state = models.CharField("状态", max_length=8, choices=partial(labels, TwinState), default=TwinState.OPEN)
    merge = models.ForeignKey(PersonMerge, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="合并")
    found_on = models.DateField("发现日期")
    decided_by = models.CharField("处理人", max_length=40, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复人员"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="twin_once", violation_error_message="这一对已经提出过。"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="twin_order", violation_error_message="甲应是登记在前的一条。"
            ),
        ]
        indexes = [models.Index(fields=["state"], name="twin_state")]
