"""Contributions (拨缴经费): payers, periods, wage components, receipts, shares, remittances, demands, refunds."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.core.choices import labels
from gonghui.income.enums import (
    LIVE_DECLARATIONS,
    CaseState,
    Channel,
    Cycle,
    DeclarationState,
    DemandState,
    Level,
    LevyKind,
    ReceiptKind,
    RefundKind,
    UnitKind,
)


class Sequence(models.Model):
    """The last number given by a union in a year (编号): receipts and demand letters are gapless."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    kind = models.CharField("种类", max_length=8)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最近编号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号"
        constraints = [models.UniqueConstraint(fields=["union", "kind", "year"], name="inc_sequence_once")]


class Payer(models.Model):
    """An employer that pays contributions to a union, dated (拨缴户)."""

    employer = models.ForeignKey("orgs.Employer", models.PROTECT, related_name="payers", verbose_name="单位")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="payers", verbose_name="收缴工会")
    kind = models.CharField("种类", max_length=12, choices=partial(labels, LevyKind), default=LevyKind.CONTRIBUTION)
    channel = models.CharField("缴纳渠道", max_length=8, choices=partial(labels, Channel), default=Channel.OWN)
    cycle = models.CharField("缴纳周期", max_length=9, choices=partial(labels, Cycle), default=Cycle.MONTHLY)
    unit_kind = models.CharField("单位性质", max_length=16, choices=partial(labels, UnitKind), default=UnitKind.PRIVATE)
    helped_since = models.DateField("上级帮助筹建起", null=True, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨缴户"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="inc_payer_dates",
                violation_error_message="停缴日期不能早于起缴日期。",
            ),
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(until__isnull=True),
                name="inc_payer_once",
                violation_error_message="这个单位已经登记为拨缴户，一个单位只向一处缴。",
            ),
        ]
        indexes = [models.Index(fields=["union", "until"], name="inc_payer_union")]


class Declaration(models.Model):
    """What a payer owes for one month or quarter (申报). Base, rate, split and due day are frozen here with their sources."""

    payer = models.ForeignKey(Payer, models.PROTECT, related_name="declarations", verbose_name="拨缴户")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="收缴工会")
    kind = models.CharField("种类", max_length=12, choices=partial(labels, LevyKind), default=LevyKind.CONTRIBUTION)
    since = models.DateField("所属期起")
    months = models.PositiveSmallIntegerField("月数", default=1)
    state = models.CharField("状态", max_length=9, choices=partial(labels, DeclarationState), default=DeclarationState.EXPECTED)
    workers = models.PositiveIntegerField("职工人数", null=True, blank=True)
    base_fen = models.BigIntegerField("工资总额（分）", default=0)
    levy_fen = models.BigIntegerField("应缴（分）", default=0)
    paid_fen = models.BigIntegerField("已缴（分）", default=0)
    due_on = models.DateField("应缴日期")
    paid_on = models.DateField("缴清日期", null=True, blank=True)
    declared_on = models.DateField("申报日期", null=True, blank=True)
    by = models.CharField("经办", max_length=40, blank=True)
    basis = models.JSONField("依据", default=dict, help_text="拨缴比例、应缴日期的规则版本和条文")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="更正的申报")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申报"
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "since"],
                condition=Q(state__in=[s.value for s in LIVE_DECLARATIONS]),
                name="inc_declaration_once",
                violation_error_message="这一期已经申报过，要改请办理更正。",
            ),
            models.CheckConstraint(
                condition=Q(base_fen__gte=0, levy_fen__gte=0, paid_fen__gte=0),
                name="inc_declaration_amounts",
                violation_error_message="金额不能是负数。",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state", "due_on"], name="inc_declaration_due"),
            models.Index(fields=["since"], name="inc_declaration_since"),
        ]

    @property
    def owed_fen(self) -> int:
        """What is still to come (未缴)."""
        return self.levy_fen - self.paid_fen


class Component(models.Model):
    """One wage item of a declaration and whether it counts (工资项目)."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="components", verbose_name="申报")
    item = models.CharField("工资项目", max_length=16)
    amount_fen = models.BigIntegerField("金额（分）")
    counts = models.BooleanField("计入工资总额")
    why = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工资项目"
        constraints = [models.UniqueConstraint(fields=["declaration", "item"], name="inc_component_once")]


class Receipt(models.Model):
    """Money that came in, with the number of its receipt (工会经费收入专用收据). Never changed; taken back by a reversal (trigger)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="receipts", verbose_name="收款工会")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("收据号")
    kind = models.CharField("种类", max_length=12, choices=partial(labels, ReceiptKind))
    declaration = models.ForeignKey(Declaration, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name="申报")
    demand = models.ForeignKey("income.Demand", models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name="催缴")
    listing = models.ForeignKey(
        "income.DuesList", models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name="会费收缴单"
    )
    payer_name = models.CharField("缴款人", max_length=120)
    on = models.DateField("收款日期")
    amount_fen = models.BigIntegerField("金额（分）")
    channel = models.CharField("渠道", max_length=8, choices=partial(labels, Channel), default=Channel.OWN)
    reference = models.CharField("银行流水号", max_length=40, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销的收据")
    reason = models.CharField("冲销原因", max_length=200, blank=True)
    by = models.CharField("开票人", max_length=40)
    at = models.DateTimeField("开具时间")

    class Meta:
        verbose_name = verbose_name_plural = "专用收据"
        constraints = [
            models.UniqueConstraint(fields=["union", "year", "number"], name="inc_receipt_number"),
            models.UniqueConstraint(
                fields=["union", "reference"],
                condition=Q(reverses__isnull=True) & ~Q(reference=""),
                name="inc_receipt_reference",
                violation_error_message="这笔银行流水已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount_fen__gt=0) | Q(reverses__isnull=False, amount_fen__lt=0),
                name="inc_receipt_sign",
                violation_error_message="收据金额应大于 0，冲销收据应小于 0。",
            ),
        ]
        indexes = [models.Index(fields=["union", "on"], name="inc_receipt_day"), models.Index(fields=["declaration"], name="receipt_of")]

    @property
    def label(self) -> str:
        """`2025-000012`."""
        return f"{self.year}-{self.number:06d}"


class Share(models.Model):
    """A level's part of a receipt (分成). The parts of a receipt sum to it (LED-07); never changed (trigger)."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="shares", verbose_name="收据")
    level = models.CharField("级次", max_length=8, choices=partial(labels, Level))
    amount_fen = models.BigIntegerField("金额（分）")
    source = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分成"
        constraints = [models.UniqueConstraint(fields=["receipt", "level"], name="inc_share_once")]


class Remittance(models.Model):
    """The upper levels' part sent up by the union that collected (上解). Taken back by a reversal; never changed (trigger)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="remittances", verbose_name="上解工会")
    upper = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="上级工会")
    on = models.DateField("上解日期")
    amount_fen = models.BigIntegerField("金额（分）")
    reference = models.CharField("银行流水号", max_length=40, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销的上解")
    by = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "上解"
        indexes = [models.Index(fields=["union", "on"], name="inc_remittance_day")]


class Demand(models.Model):
    """A demand letter and what follows, up to the payment order (催缴)."""

    payer = models.ForeignKey(Payer, models.PROTECT, related_name="demands", verbose_name="拨缴户")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="demands", verbose_name="催缴工会")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("文号")
    state = models.CharField("状态", max_length=10, choices=partial(labels, DemandState), default=DemandState.ISSUED)
    issued_on = models.DateField("发出日期")
    deadline_on = models.DateField("限期")
    due_on = models.DateField("最早应缴日期")
    claimed_fen = models.BigIntegerField("催缴本金（分）")
    fee_fen = models.BigIntegerField("滞纳金（分）", default=0, help_text="发出日按当地规定算得；当地没有规定的为 0")
    fee_waived_fen = models.BigIntegerField("减免滞纳金（分）", default=0)
    disputed_fen = models.BigIntegerField("有异议金额（分）", default=0)
    disputed_words = models.CharField("异议内容", max_length=200, blank=True)
    order_fen = models.BigIntegerField("申请支付令金额（分）", default=0)
    court = models.CharField("受理法院", max_length=80, blank=True)
    order_no = models.CharField("支付令案号", max_length=60, blank=True)
    order_on = models.DateField("支付令日期", null=True, blank=True)
    slip = models.CharField("决定单", max_length=40, blank=True)
    by = models.CharField("经办", max_length=40)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "催缴"
        constraints = [
            models.UniqueConstraint(fields=["union", "year", "number"], name="inc_demand_number"),
            models.UniqueConstraint(
                fields=["payer"],
                condition=~Q(state__in=["paid", "withdrawn"]),
                name="inc_demand_open_once",
                violation_error_message="这个单位已有一件催缴在办，请接着办那一件。",
            ),
            models.CheckConstraint(
                condition=Q(disputed_fen__gte=0) & Q(disputed_fen__lte=F("claimed_fen")),
                name="inc_demand_disputed",
                violation_error_message="有异议的金额不能多于催缴金额。",
            ),
        ]
        indexes = [models.Index(fields=["union", "state"], name="inc_demand_state")]

    @property
    def label(self) -> str:
        """`工经催〔2025〕3 号`."""
        return f"工经催〔{self.year}〕{self.number} 号"


class DemandLine(models.Model):
    """One period in a demand, frozen as of its day (催缴明细)."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="lines", verbose_name="催缴")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="inc_demand_lines", verbose_name="申报")
    arrears_fen = models.BigIntegerField("欠缴（分）")
    days = models.PositiveIntegerField("逾期天数")
    fee_fen = models.BigIntegerField("滞纳金（分）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "催缴明细"
        constraints = [models.UniqueConstraint(fields=["demand", "declaration"], name="inc_demand_line_once")]


class Waiver(models.Model):
    """A late fee given up, by approval (减免滞纳金)."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="waivers", verbose_name="催缴")
    amount_fen = models.BigIntegerField("减免金额（分）")
    reason = models.CharField("理由", max_length=200)
    state = models.CharField("状态", max_length=8, choices=partial(labels, CaseState), default=CaseState.PENDING)
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批")
    by = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "减免滞纳金"
        constraints = [
            models.UniqueConstraint(
                fields=["demand"],
                condition=Q(state="pending"),
                name="inc_waiver_one_open",
                violation_error_message="这件催缴已有一份减免在审批。",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="inc_waiver_amount", violation_error_message="减免金额应大于 0。"),
        ]


class Refund(models.Model):
    """Money given back to the grassroots union (返还): small payer, micro enterprise, preparation money."""

    payer = models.ForeignKey(Payer, models.PROTECT, related_name="refunds", verbose_name="拨缴户")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="refunds", verbose_name="办理工会")
    to_union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="返还给")
    kind = models.CharField("种类", max_length=12, choices=partial(labels, RefundKind))
    since = models.DateField("计算期起")
    until = models.DateField("计算期止（不含）")
    uploaded_fen = models.BigIntegerField("上缴部分（分）")
    amount_fen = models.BigIntegerField("返还金额（分）")
    state = models.CharField("状态", max_length=8, choices=partial(labels, CaseState), default=CaseState.PENDING)
    slip = models.CharField("决定单", max_length=40, blank=True)
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批")
    paid_on = models.DateField("返还日期", null=True, blank=True)
    reference = models.CharField("银行流水号", max_length=40, blank=True)
    by = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "返还"
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "since"],
                condition=~Q(state="refused"),
                name="inc_refund_only_one",
                violation_error_message="这个单位同一计算期已经办过返还，只能享受一次。",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="inc_refund_amount", violation_error_message="返还金额应大于 0。"),
        ]
        indexes = [models.Index(fields=["union", "state"], name="inc_refund_state")]
