"""Payments, batches and the bank's answers (付款、付款批、银行回执)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.treasury.enums import BatchState, LineState, Method, PaymentKind, PaymentState, Purpose


class Payment(models.Model):
    """A payment asked for, approved and made (付款). Its digest is fixed at approval; maker, checker and payer differ."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="payments", verbose_name="工会")
    voucher = models.ForeignKey("finance.Voucher", models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="凭证")
    source = models.CharField("来源", max_length=80, blank=True)
    kind = models.CharField("款项种类", max_length=10, choices=partial(labels, PaymentKind), default=PaymentKind.OTHER)
    method = models.CharField("支付方式", max_length=10, choices=partial(labels, Method), default=Method.TRANSFER)
    purpose = models.CharField("用途类别", max_length=8, choices=partial(labels, Purpose), default=Purpose.OTHER)
    words = models.CharField("事由", max_length=120)
    payee = models.CharField("收款人", max_length=80)
    payee_bank = models.CharField("收款人开户行", max_length=80, blank=True)
    account_sealed = models.BinaryField("收款账号密文", default=b"")
    account_mask = models.CharField("收款账号（脱敏）", max_length=24, blank=True)
    amount_fen = models.BigIntegerField("金额")
    on = models.DateField("申请日期")
    state = models.CharField("状态", max_length=10, choices=partial(labels, PaymentState), default=PaymentState.DRAFT)
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批")
    digest = models.CharField("审批时的摘要", max_length=64, blank=True)
    cash_slip = models.CharField("现金决定单", max_length=20, blank=True)
    approval_slip = models.CharField("审批权限决定单", max_length=20, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    minutes_no = models.CharField("会议纪要文号", max_length=60, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="重开的付款")
    maker = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="制单人")
    maker_person_id = models.BigIntegerField("制单人自然人编号", null=True, blank=True)
    maker_ref = models.CharField("制单人编号", max_length=40)
    payer = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="付款人")
    payer_person_id = models.BigIntegerField("付款人自然人编号", null=True, blank=True)
    paid_on = models.DateField("付款日期", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "付款"
        indexes = [
            models.Index(fields=["union", "state", "on"], name="payment_union"),
            models.Index(fields=["union", "method", "on"], name="payment_cash"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_amount", violation_error_message="付款金额要大于 0。"),
            models.CheckConstraint(
                condition=Q(payer__isnull=True) | Q(maker__isnull=True) | ~Q(payer=models.F("maker")),
                name="payment_payer_other",
                violation_error_message="制单人不能自己付款。",
            ),
        ]

    @property
    def tone(self) -> str:
        """Colour of the state's word."""
        return PaymentState(self.state).tone

    def __str__(self) -> str:
        return self.words


class PaymentBatch(models.Model):
    """Payments sent to the bank together (付款批). `digest` is fixed when it is approved and compared when it is paid."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="payment_batches", verbose_name="工会")
    account = models.ForeignKey("orgs.UnionAccount", models.PROTECT, related_name="+", verbose_name="付款账户")
    number = models.CharField("批号", max_length=24, unique=True)
    format = models.CharField("银行文件格式", max_length=24)
    state = models.CharField("状态", max_length=10, choices=partial(labels, BatchState), default=BatchState.DRAFT)
    count = models.PositiveIntegerField("笔数")
    total_fen = models.BigIntegerField("合计金额")
    digest = models.CharField("核准时的摘要", max_length=64, blank=True)
    paid_digest = models.CharField("付款时的摘要", max_length=64, blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="银行文件")
    maker = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="组批人")
    maker_person_id = models.BigIntegerField("组批人自然人编号", null=True, blank=True)
    checker = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核准人")
    checker_person_id = models.BigIntegerField("核准人自然人编号", null=True, blank=True)
    payer = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="付款人")
    payer_person_id = models.BigIntegerField("付款人自然人编号", null=True, blank=True)
    created_at = models.DateTimeField("组批时间")
    approved_at = models.DateTimeField("核准时间", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    settled_at = models.DateTimeField("全部有结果的时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "付款批"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["union", "state"], name="batch_union")]

    @property
    def tone(self) -> str:
        """Colour of the state's word."""
        return BatchState(self.state).tone

    def __str__(self) -> str:
        return self.number


class BatchLine(models.Model):
    """One line to the bank (付款批明细), sent at most once under its own transfer number."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines", verbose_name="付款批")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="batch_lines", verbose_name="付款")
    transfer_no = models.CharField("转账编号", max_length=40, unique=True)
    state = models.CharField("结果", max_length=8, choices=partial(labels, LineState), default=LineState.WAITING)
    live = models.BooleanField("有效", default=True)
    bank_ref = models.CharField("银行流水号", max_length=60, blank=True)
    fault = models.CharField("退回原因", max_length=120, blank=True)
    answered_at = models.DateTimeField("回执时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "付款批明细"
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(live=True), name="batch_line_once", violation_error_message="这笔付款已在另一个付款批里。"
            ),
            models.UniqueConstraint(fields=["batch", "payment"], name="batch_line_of_batch"),
        ]


class BatchAnswer(models.Model):
    """A return file of the bank as read (银行回执文件): each is taken in once."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="answers", verbose_name="付款批")
    file = models.ForeignKey("files.File", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件")
    sha256 = models.CharField("文件散列", max_length=64)
    counts = models.JSONField("结果笔数", default=dict)
    actor = models.CharField("经办", max_length=40)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "银行回执文件"
        constraints = [
            models.UniqueConstraint(fields=["batch", "sha256"], name="answer_once", violation_error_message="这份回执已经读过。")
        ]
