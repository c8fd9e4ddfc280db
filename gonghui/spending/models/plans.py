"""Plans, their lines and people, the slips that were kept, overrides, and what counts into the year (计划、例外、本年记录)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.spending.enums import Method, Nature, Outcome, OverrideState, PlanKind, PlanState, Standing, Use


class PlanNumber(models.Model):
    """The last number given in a year (计划编号)."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "计划编号"


class Plan(models.Model):
    """What a union wants to spend (支出计划). `more` holds what only its kind asks; the reason of a condolence is sealed."""

    number = models.CharField("计划号", max_length=20, unique=True)
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="spending_plans", verbose_name="工会")
    kind = models.CharField("种类", max_length=12, choices=partial(labels, PlanKind))
    title = models.CharField("名称", max_length=80)
    on = models.DateField("日期")
    place_area = models.CharField("地点区划", max_length=12)
    place = models.CharField("地点", max_length=80, blank=True)
    method = models.CharField("付款方式", max_length=10, choices=partial(labels, Method), default=Method.TRANSFER)
    payee = models.CharField("收款人", max_length=80, blank=True)
    nature = models.CharField("支出性质", max_length=12, choices=partial(labels, Nature), default=Nature.NONE)
    count = models.PositiveIntegerField("人数（没有名单时）", default=0)
    whole_roll = models.BooleanField("全体会员", default=False)
    more = models.JSONField("各类事项", default=dict, blank=True)
    budget_item = models.CharField("预算项目", max_length=40, blank=True)
    total_fen = models.BigIntegerField("总额（分）", default=0)
    state = models.CharField("状态", max_length=10, choices=partial(labels, PlanState), default=PlanState.DRAFT)
    outcome = models.CharField("结论", max_length=10, choices=partial(labels, Outcome), default=Outcome.UNKNOWN)
    headline = models.CharField("结论一句话", max_length=200, blank=True)
    flags = models.JSONField("没有通过的规则", default=list, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    care_sealed = models.BinaryField("事由（加密）", null=True, blank=True)
    illness_mark = models.CharField("病种标记", max_length=64, blank=True)
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批")
    voucher_pk = models.BigIntegerField("凭证", null=True, blank=True)
    paid_on = models.DateField("记账日期", null=True, blank=True)
    paid_fen = models.BigIntegerField("实际支出（分）", null=True, blank=True)
    made_by = models.CharField("编制人", max_length=60)
    made_name = models.CharField("编制人姓名", max_length=40, blank=True)
    made_at = models.DateTimeField("编制时间")

    class Meta:
        verbose_name = verbose_name_plural = "支出计划"
        indexes = [
            models.Index(fields=["union", "on"], name="spe_plan_union_on"),
            models.Index(fields=["state", "on"], name="spe_plan_state_on"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total_fen__gte=0), name="spe_plan_total", violation_error_message="总额不能小于零。"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def source(self) -> str:
        """By which its voucher finds it again."""
        return f"spending.plan:{self.pk}"


class PlanLine(models.Model):
    """One line of a plan (计划明细)."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="lines", verbose_name="计划")
    use = models.CharField("用途", max_length=14, choices=partial(labels, Use))
    words = models.CharField("名称", max_length=60, blank=True)
    unit_fen = models.BigIntegerField("单价（分）")
    quantity = models.PositiveIntegerField("数量")
    people = models.PositiveIntegerField("团体人数", default=0)
    grade = models.PositiveSmallIntegerField("等次", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计划明细"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(unit_fen__gte=0), name="spe_planline_unit", violation_error_message="单价不能小于零。")
        ]

    @property
    def total_fen(self) -> int:
        return self.unit_fen * self.quantity


class Participant(models.Model):
    """Somebody on the list of a plan (参加人)."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="participants", verbose_name="计划")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="spending_parts", verbose_name="参加人")
    kind = models.CharField("人员类别", max_length=10, choices=partial(labels, Standing), default=Standing.REGULAR)
    elsewhere = models.BooleanField("别处已享受", null=True, blank=True)
    signed_on = models.DateField("签收日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参加人"
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="spe_participant_once", violation_error_message="这个人已在名单里。")
        ]
        indexes = [models.Index(fields=["person"], name="spe_participant_person")]


class PlanSlip(models.Model):
    """A kept decision of a plan (计划的决定单): written when it is handed in, and again at the voucher."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="slips", verbose_name="计划")
    phase = models.CharField("环节", max_length=8, choices=[("plan", "计划"), ("voucher", "凭证")])
    key = models.CharField("规则", max_length=80)
    about = models.CharField("针对", max_length=80, blank=True)
    outcome = models.CharField("结论", max_length=10, choices=partial(labels, Outcome))
    public_id = models.CharField("决定单号", max_length=20)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "计划的决定单"
        indexes = [models.Index(fields=["plan", "phase"], name="spe_planslip_plan")]


class Override(models.Model):
    """A plan goes ahead although a rule says no (例外办理): a reason, and another person who agrees. Read by the audit committee."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="overrides", verbose_name="计划")
    key = models.CharField("规则", max_length=160)
    verdict = models.CharField("系统结论", max_length=200)
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=8, choices=partial(labels, OverrideState), default=OverrideState.ASKED)
    digest = models.CharField("内容摘要", max_length=64)
    asked_by = models.CharField("申请人", max_length=60)
    asked_user = models.BigIntegerField("申请人账号", null=True)
    asked_person = models.BigIntegerField("申请人本人", null=True)
    asked_name = models.CharField("申请人姓名", max_length=40, blank=True)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.CharField("批准人", max_length=60, blank=True)
    decided_name = models.CharField("批准人姓名", max_length=40, blank=True)
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    opinion = models.CharField("意见", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "例外办理"
        indexes = [models.Index(fields=["state", "asked_at"], name="spe_override_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("decided_by")),
                name="spe_override_two",
                violation_error_message="申请和批准要由两个人办理。",
            )
        ]


class Spent(models.Model):
    """A voucher without a plan that counts into the year (无计划的支出记录). One row for each voucher; a reversal takes it out."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    use = models.CharField("用途", max_length=14, choices=partial(labels, Use))
    on = models.DateField("日期")
    amount_fen = models.BigIntegerField("金额（分）")
    people = models.PositiveIntegerField("人数", default=0)
    payee = models.CharField("收款人", max_length=80, blank=True)
    cash = models.BooleanField("现金", default=False)
    voucher_pk = models.BigIntegerField("凭证", unique=True)
    undone_on = models.DateField("冲销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "无计划的支出记录"
        indexes = [models.Index(fields=["union", "on"], name="spe_spent_union")]
