"""Employers (用人单位): operating unit, licences, status spells, coverage, blank spots."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.orgs.enums import CoverageForm, EmployerStatus, Sector, Side, SpotState


class Employer(models.Model):
    """An operating employer (用人单位). It counts once, however many licences it holds and however it is covered.

    `union` is the node answerable for it: the own union, else the main covering federation, else the territorial union.
    `EmployerPlace` keeps the history of that place; status history is `EmployerSpell`.
    """

    code = models.CharField("单位编号", max_length=24, unique=True)
    name = models.CharField("单位名称", max_length=120)
    sector = models.CharField("单位性质", max_length=12, choices=Sector.choices)
    ownership = models.CharField("经济类型", max_length=4, blank=True, help_text="GB/T 12402")
    status = models.CharField("经营状态", max_length=14, choices=EmployerStatus.choices, default=EmployerStatus.NORMAL)
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="employers", verbose_name="责任工会")
    organised = models.BooleanField("已建会", default=False, help_text="有效覆盖的派生值，由服务维护")
    area = models.CharField("行政区划", max_length=12, blank=True)
    industry = models.CharField("行业", max_length=5, blank=True, help_text="GB/T 4754")
    address = models.CharField("地址", max_length=160, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    operator_name = models.CharField("负责人", max_length=60, blank=True)
    operator_index = models.BinaryField("负责人证件盲索引", max_length=16, null=True, blank=True)
    phone_sealed = models.BinaryField("联系电话密文", null=True, blank=True)
    phone_index = models.BinaryField("联系电话盲索引", max_length=16, null=True, blank=True)
    phone_mask = models.CharField("联系电话（脱敏）", max_length=16, blank=True)
    headcount = models.PositiveIntegerField("职工数（登记）", null=True, blank=True)
    migrant_headcount = models.PositiveIntegerField("农民工数（登记）", null=True, blank=True)
    women_headcount = models.PositiveIntegerField("女职工数（登记）", null=True, blank=True)
    key_sector = models.CharField("五大重点行业", max_length=16, blank=True)
    two_new = models.BooleanField("两新组织", default=False)
    diversity = models.JSONField("四个多样化", default=dict, blank=True)
    source = models.CharField("数据来源", max_length=40, blank=True)
    as_of = models.DateField("数据日期", null=True, blank=True)
    opened_on = models.DateField("开业日期")
    listed_on = models.DateField("列入底册日期")
    written_off_on = models.DateField("核减日期", null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="已归并到")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "用人单位"
        indexes = [
            models.Index(fields=["name"], name="employer_name"),
            models.Index(fields=["union", "status"], name="employer_union"),
            models.Index(fields=["sector", "organised"], name="employer_spot"),
            models.Index(fields=["phone_index"], name="employer_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(written_off_on__isnull=True) | Q(written_off_on__gte=F("listed_on")),
                name="employer_dates",
                violation_error_message="核减日期不能早于列入底册日期。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Licence(models.Model):
    """A licence of an employer (证照, 一企多照)."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="licences", verbose_name="单位")
    number = models.CharField("统一社会信用代码／注册号", max_length=24)
    name = models.CharField("证照名称", max_length=120)
    checked = models.BooleanField("校验通过", default=False)
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证照"
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(until__isnull=True),
                name="licence_once",
                violation_error_message="这个证照号已经登记在别的单位名下。",
            )
        ]
        indexes = [models.Index(fields=["number"], name="licence_number")]


class EmployerSpell(models.Model):
    """A period in one status, with evidence (状态经历)."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="spells", verbose_name="单位")
    status = models.CharField("经营状态", max_length=14, choices=EmployerStatus.choices)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    evidence = models.CharField("依据", max_length=200)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据附件")
    review_on = models.DateField("复核日", null=True, blank=True)
    actor = models.CharField("经办", max_length=40)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "状态经历"
        constraints = [models.UniqueConstraint(fields=["employer"], condition=Q(until__isnull=True), name="spell_one_open")]


class EmployerPlace(models.Model):
    """Which union answered for the employer, dated (责任工会沿革). Figures fold along it."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="places", verbose_name="单位")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="责任工会")
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任工会沿革"
        constraints = [models.UniqueConstraint(fields=["employer"], condition=Q(until__isnull=True), name="place_one_open")]


class EmployerValue(models.Model):
    """A value as learned at the desk or in the field (两个走访的数): both stay."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="values", verbose_name="单位")
    name = models.CharField("项目", max_length=24)
    side = models.CharField("来源", max_length=5, choices=Side.choices)
    value = models.CharField("值", max_length=200)
    origin = models.CharField("出处", max_length=60)
    on = models.DateField("日期")
    actor = models.CharField("采集人", max_length=40)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "采集值"
        indexes = [models.Index(fields=["employer", "name", "side", "on"], name="value_latest")]


class CardBlock(models.Model):
    """One block of the six-grasp card or the five-clear survey (六个掌握、五个清)."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="blocks", verbose_name="单位")
    card = models.CharField("卡片", max_length=8, choices=[("six", "六个掌握"), ("five", "五个清")])
    block = models.CharField("项目", max_length=16)
    value = models.CharField("内容", max_length=300)
    on = models.DateField("日期")
    actor = models.CharField("采集人", max_length=40)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "信息卡"
        indexes = [models.Index(fields=["employer", "card", "block", "on"], name="block_latest")]


class Coverage(models.Model):
    """A union covers an employer, dated, in a form (覆盖关系)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="coverages", verbose_name="工会")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="coverages", verbose_name="单位")
    form = models.CharField("形式", max_length=10, choices=CoverageForm.choices)
    main = models.BooleanField("主覆盖", default=True, help_text="一个单位只有一条主覆盖；统计只数一次")
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    reason = models.CharField("说明", max_length=200, blank=True)
    end_reason = models.CharField("终止原因", max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "覆盖关系"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "form"],
                condition=Q(until__isnull=True),
                name="coverage_form_once",
                violation_error_message="这个单位已经以同一形式被覆盖。",
            ),
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(until__isnull=True, main=True),
                name="coverage_one_main",
                violation_error_message="这个单位已有主覆盖工会。",
            ),
        ]
        indexes = [models.Index(fields=["union", "until"], name="coverage_union")]


class Spot(models.Model):
    """A blank spot (空白点): an employer with workers and no union, from the day it became one."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="spots", verbose_name="单位")
    state = models.CharField("状态", max_length=10, choices=SpotState.choices, default=SpotState.UNTOUCHED)
    reason = models.CharField("未建原因", max_length=24, blank=True)
    organiser_id = models.BigIntegerField("工建指导员账号", null=True, blank=True)
    planned_form = models.CharField("拟建形式", max_length=10, choices=CoverageForm.choices, blank=True)
    next_visit = models.DateField("下次走访", null=True, blank=True)
    next_step = models.CharField("下一步", max_length=120, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "空白点"
        constraints = [models.UniqueConstraint(fields=["employer"], condition=Q(until__isnull=True), name="spot_one_open")]


class Duplicate(models.Model):
    """A proposed pair (疑似重复): same operator, phone, address or name; a person decides."""

    first = models.ForeignKey(Employer, models.PROTECT, related_name="+", verbose_name="甲")
    second = models.ForeignKey(Employer, models.PROTECT, related_name="+", verbose_name="乙")
    kind = models.CharField("种类", max_length=16, help_text="licence 一企多照、same 重复、same_name 同名不同单位")
    reasons = models.JSONField("理由", default=list)
    score = models.PositiveSmallIntegerField("相似度")
    found_on = models.DateField("发现日期", null=True, blank=True)
    state = models.CharField(
        "处理",
        max_length=10,
        default="open",
        choices=[("open", "待处理"), ("merged", "已归并"), ("linked", "已并照"), ("distinct", "不是同一家")],
    )
    decided_by = models.CharField("处理人", max_length=40, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复"
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="duplicate_once")]


class Merge(models.Model):
    """A merge of two employers, kept whole so that it can be undone (归并与撤销)."""

    survivor = models.ForeignKey(Employer, models.PROTECT, related_name="merges", verbose_name="保留")
    absorbed = models.ForeignKey(Employer, models.PROTECT, related_name="merged_by", verbose_name="并入")
    moved = models.JSONField("移动的记录", default=dict)
    on = models.DateField("日期")
    actor = models.CharField("经办", max_length=40)
    reason = models.CharField("理由", max_length=200)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "归并"
