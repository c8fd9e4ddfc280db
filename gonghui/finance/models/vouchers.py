"""Vouchers, postings, attachments, exceptions (凭证、分录、附件、例外)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.finance.enums import OverrideState, VoucherKind, VoucherState
from gonghui.finance.models.books import Book, Period
from gonghui.finance.rules.lines import LIMIT, Line


class Voucher(models.Model):
    """A voucher (记账凭证). Numbered at posting, gapless per book and month; posted ones never change (triggers).

    `draft` keeps the lines until posting, then `Posting` does. `source` and `event` together happen once in a book.
    """

    book = models.ForeignKey(Book, models.PROTECT, related_name="vouchers", verbose_name="账套")
    kind = models.CharField("种类", max_length=12, choices=VoucherKind.choices, default=VoucherKind.NORMAL)
    state = models.CharField("状态", max_length=8, choices=VoucherState.choices, default=VoucherState.DRAFT)
    on = models.DateField("日期")
    words = models.CharField("摘要", max_length=80)
    event = models.CharField("事项", max_length=40, blank=True)
    source = models.CharField("来源", max_length=80, blank=True, help_text="app.model:pk")
    total_fen = models.BigIntegerField("合计（分）")
    draft = models.JSONField("草稿分录", default=list)
    facts = models.JSONField("事实", default=dict, blank=True)
    findings = models.JSONField("提示", default=list, blank=True)
    period = models.ForeignKey(Period, models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name="期间")
    number = models.PositiveIntegerField("凭证号", null=True, blank=True)
    prev = models.CharField("前一张摘要", max_length=64, blank=True)
    digest = models.CharField("凭证摘要", max_length=64, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销的凭证")
    maker_id = models.BigIntegerField("制单账号", null=True, blank=True)
    maker_person_id = models.BigIntegerField("制单人", null=True, blank=True)
    maker_ref = models.CharField("制单", max_length=40)
    checker_id = models.BigIntegerField("审核账号", null=True, blank=True)
    checker_person_id = models.BigIntegerField("审核人", null=True, blank=True)
    checker_ref = models.CharField("审核", max_length=40, blank=True)
    checker_for = models.BigIntegerField("代谁审核", null=True, blank=True)
    poster_id = models.BigIntegerField("记账账号", null=True, blank=True)
    poster_person_id = models.BigIntegerField("记账人", null=True, blank=True)
    poster_ref = models.CharField("记账", max_length=40, blank=True)
    poster_for = models.BigIntegerField("代谁记账", null=True, blank=True)
    note = models.CharField("退回意见", max_length=200, blank=True)
    created_at = models.DateTimeField("制单时间")
    checked_at = models.DateTimeField("审核时间", null=True, blank=True)
    posted_at = models.DateTimeField("记账时间", null=True, blank=True)
    in_hand: list[Line] | None = None

    class Meta:
        verbose_name = verbose_name_plural = "记账凭证"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="voucher_number"),
            models.UniqueConstraint(
                fields=["book", "source", "event"],
                condition=~Q(source="") & ~Q(state="dropped"),
                name="voucher_source",
                violation_error_message="这件事已经做过凭证。",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | (Q(number__isnull=False, period__isnull=False) & ~Q(digest="")),
                name="voucher_posted",
                violation_error_message="已记账的凭证必须有期间和号。",
            ),
        ]
        indexes = [
            models.Index(fields=["book", "state", "on"], name="voucher_book"),
            models.Index(fields=["source"], name="voucher_from"),
        ]

    def __str__(self) -> str:
        return f"{self.period} 记 {self.number} 号" if self.number else f"{self.on} {self.words}"

    @property
    def lines(self) -> list[Line]:
        """The lines, from the draft or from the postings; bulk work holds them in hand (`in_hand`)."""
        if self.in_hand is not None:
            return self.in_hand
        if self.state != VoucherState.POSTED:
            return [Line(**row) for row in self.draft]
        return [p.as_line() for p in self.postings.all()]

    @property
    def state_tone(self) -> str:
        return VoucherState(self.state).tone


class Posting(models.Model):
    """One posted line (分录). Rows are only added (triggers); whole fen on one side."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="postings", verbose_name="凭证")
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", verbose_name="账套")
    on = models.DateField("日期")
    n = models.PositiveSmallIntegerField("行号")
    account = models.CharField("科目", max_length=8)
    debit_fen = models.BigIntegerField("借方（分）", default=0)
    credit_fen = models.BigIntegerField("贷方（分）", default=0)
    detail = models.CharField("往来或明细", max_length=60, blank=True)
    project = models.CharField("项目", max_length=60, blank=True, help_text="空为基本支出")
    words = models.CharField("摘要", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        ordering = ["voucher_id", "n"]
        constraints = [
            models.UniqueConstraint(fields=["voucher", "n"], name="posting_line"),
            models.CheckConstraint(
                condition=Q(debit_fen=0, credit_fen__gte=-LIMIT, credit_fen__lte=LIMIT) & ~Q(credit_fen=0)
                | Q(credit_fen=0, debit_fen__gte=-LIMIT, debit_fen__lte=LIMIT) & ~Q(debit_fen=0),
                name="posting_side",
                violation_error_message="一行分录只能有借方或贷方。",
            ),
        ]
        indexes = [models.Index(fields=["book", "account", "on"], name="posting_account")]

    def as_line(self) -> Line:
        """As the rules know it."""
        return Line(self.account, self.debit_fen, self.credit_fen, self.detail, self.project, self.words)


class VoucherFile(models.Model):
    """An attachment of a voucher (凭证附件), its hash kept beside it. Frozen with the voucher (triggers)."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="files", verbose_name="凭证")
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+", verbose_name="附件")
    name = models.CharField("名称", max_length=120)
    sha256 = models.CharField("文件摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "凭证附件"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["voucher", "file"], name="voucher_file_once")]


class Override(models.Model):
    """An exception to a finding (例外): reason of the maker, decision of another person; the audit committee sees them all."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="overrides", verbose_name="凭证")
    key = models.CharField("提示", max_length=80)
    text = models.CharField("提示内容", max_length=400)
    decision = models.CharField("决定单", max_length=40, blank=True)
    reason = models.CharField("理由", max_length=400)
    state = models.CharField("状态", max_length=8, choices=OverrideState.choices, default=OverrideState.ASKED)
    asker_id = models.BigIntegerField("申请账号", null=True, blank=True)
    asker_person_id = models.BigIntegerField("申请人", null=True, blank=True)
    asker_ref = models.CharField("申请", max_length=40)
    approver_id = models.BigIntegerField("批准账号", null=True, blank=True)
    approver_person_id = models.BigIntegerField("批准人", null=True, blank=True)
    approver_ref = models.CharField("批准", max_length=40, blank=True)
    opinion = models.CharField("意见", max_length=200, blank=True)
    asked_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "例外"
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "key"],
                condition=Q(state__in=["asked", "granted"]),
                name="override_once",
                violation_error_message="这一条已经申请过例外。",
            )
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="override_state")]

    @property
    def state_tone(self) -> str:
        return OverrideState(self.state).tone
