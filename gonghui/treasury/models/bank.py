"""Bank accounts, statements and what they are matched with (账户、对账单、核对)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core import money
from gonghui.core.choices import labels
from gonghui.treasury.enums import How, SignRole


class Signatory(models.Model):
    """Who keeps a seal or a bank key of an account (预留印鉴和网银权限), dated."""

    account = models.ForeignKey("orgs.UnionAccount", models.PROTECT, related_name="signatories", verbose_name="账户")
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号")
    name = models.CharField("姓名", max_length=40)
    role = models.CharField("保管", max_length=8, choices=partial(labels, SignRole))
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    actor = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "印鉴和网银权限"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role"],
                condition=Q(until=None),
                name="signatory_one",
                violation_error_message="这一项现在已有保管人，请先交接。",
            )
        ]


class Statement(models.Model):
    """One imported bank statement (银行对账单)."""

    account = models.ForeignKey("orgs.UnionAccount", models.PROTECT, related_name="statements", verbose_name="账户")
    batch = models.PositiveBigIntegerField("导入批次", null=True, blank=True)
    rows = models.PositiveIntegerField("笔数")
    first_on = models.DateField("起")
    last_on = models.DateField("止")
    actor = models.CharField("经办", max_length=40)
    at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = verbose_name_plural = "银行对账单"


class BankEntry(models.Model):
    """One line of the bank (银行流水). Money in is positive, money out negative."""

    account = models.ForeignKey("orgs.UnionAccount", models.PROTECT, related_name="entries", verbose_name="账户")
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="entries", verbose_name="对账单")
    on = models.DateField("交易日期")
    amount_fen = models.BigIntegerField("金额")
    balance_fen = models.BigIntegerField("余额", null=True, blank=True)
    payee = models.CharField("对方户名", max_length=80, blank=True)
    payee_mask = models.CharField("对方账号（脱敏）", max_length=24, blank=True)
    reference = models.CharField("银行流水号", max_length=60)
    words = models.CharField("摘要", max_length=160, blank=True)
    position = models.PositiveIntegerField("顺序", default=0)
    matched = models.BooleanField("已核对", default=False)
    note = models.CharField("核对说明", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "银行流水"
        ordering = ["on", "position", "pk"]
        indexes = [models.Index(fields=["account", "matched", "on"], name="bank_entry_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "reference"], name="bank_entry_once", violation_error_message="这笔流水已经导入过。"
            ),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="bank_entry_amount"),
        ]

    @property
    def plain(self) -> str:
        """The amount without its sign, as a form takes it (1234.50)."""
        return money.plain(abs(self.amount_fen))


class Match(models.Model):
    """A bank line tied to a posted voucher (核对), with the amount both share: one line may stand for several vouchers and the other way round."""

    entry = models.ForeignKey(BankEntry, models.PROTECT, related_name="matches", verbose_name="银行流水")
    voucher = models.ForeignKey("finance.Voucher", models.PROTECT, related_name="bank_matches", verbose_name="凭证")
    amount_fen = models.BigIntegerField("金额")
    how = models.CharField("方式", max_length=6, choices=partial(labels, How))
    why = models.CharField("依据", max_length=120, blank=True)
    actor = models.CharField("经办", max_length=40)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "银行核对"
        constraints = [models.UniqueConstraint(fields=["entry", "voucher"], name="match_once")]


class Reconciliation(models.Model):
    """A reconciliation statement as signed (银行存款余额调节表)."""

    account = models.ForeignKey("orgs.UnionAccount", models.PROTECT, related_name="reconciliations", verbose_name="账户")
    on = models.DateField("截止日")
    book_fen = models.BigIntegerField("账面余额")
    bank_fen = models.BigIntegerField("银行余额")
    rows = models.JSONField("未达账项", default=dict)
    adjusted_book_fen = models.BigIntegerField("调节后账面余额")
    adjusted_bank_fen = models.BigIntegerField("调节后银行余额")
    maker = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="编制人")
    maker_ref = models.CharField("编制人编号", max_length=40)
    checker = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人")
    checked_at = models.DateTimeField("复核时间", null=True, blank=True)
    at = models.DateTimeField("编制时间")

    class Meta:
        verbose_name = verbose_name_plural = "余额调节表"
        ordering = ["-on", "-pk"]

    @property
    def balanced(self) -> bool:
        """Do both sides come to the same?"""
        return self.adjusted_book_fen == self.adjusted_bank_fen
