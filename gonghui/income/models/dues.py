"""Dues (会费): bases, collection lists, payments."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.income.enums import Free, ListState, PaidBy, PaymentState


class DuesBase(models.Model):
    """Monthly basic wage of a member for dues, dated (会费基数). The wage is sealed; pages show the dues only."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="inc_dues_bases", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    wage_sealed = models.BinaryField("月基本工资密文")
    due_fen = models.BigIntegerField("月会费（分）")
    rule = models.CharField("依据", max_length=160)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    by = models.CharField("经办", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "会费基数"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until__isnull=True),
                name="inc_dues_base_open",
                violation_error_message="这名会员已有现行的会费基数。",
            )
        ]
        indexes = [models.Index(fields=["union", "until"], name="inc_dues_base_union")]


class DuesList(models.Model):
    """Who owes what for a month or quarter, computed from memberships as of its last day (会费收缴单)."""

    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="inc_dues_lists", verbose_name="工会")
    since = models.DateField("所属期起")
    months = models.PositiveSmallIntegerField("月数", default=1)
    due_on = models.DateField("应收齐日期")
    state = models.CharField("状态", max_length=6, choices=partial(labels, ListState), default=ListState.OPEN)
    by = models.CharField("经办", max_length=40)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "会费收缴单"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "since"], name="inc_dues_list_once", violation_error_message="这一期的收缴单已经生成。"
            )
        ]


class DuesItem(models.Model):
    """One member on a collection list (应缴会费)."""

    listing = models.ForeignKey(DuesList, models.PROTECT, related_name="items", verbose_name="收缴单")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="inc_dues_items", verbose_name="会员")
    standing = models.CharField("会籍状态", max_length=12)
    joined_on = models.DateField("本段会籍起")
    due_fen = models.BigIntegerField("应缴（分）")
    paid_fen = models.BigIntegerField("已缴（分）", default=0)
    free = models.CharField("免缴原因", max_length=10, choices=partial(labels, Free), default=Free.NONE, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "应缴会费"
        constraints = [models.UniqueConstraint(fields=["listing", "person"], name="inc_dues_item_once")]
        indexes = [models.Index(fields=["person"], name="inc_dues_item_person")]

    @property
    def owed_fen(self) -> int:
        """What is still to come (未缴)."""
        return max(0, self.due_fen - self.paid_fen)


class Payment(models.Model):
    """Dues that came in (会费到账). Without a person it waits at the desk; a correction is a reversal, never a change of the amount."""

    listing = models.ForeignKey(DuesList, models.PROTECT, related_name="payments", verbose_name="收缴单")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="工会")
    person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="inc_dues_payments", verbose_name="会员"
    )
    on = models.DateField("到账日期")
    amount_fen = models.BigIntegerField("金额（分）")
    how = models.CharField("缴纳方式", max_length=8, choices=partial(labels, PaidBy), default=PaidBy.PAYROLL)
    state = models.CharField("认领", max_length=9, choices=partial(labels, PaymentState), default=PaymentState.MATCHED)
    matched_by = models.CharField("认领依据", max_length=16, blank=True)
    name = models.CharField("表中姓名", max_length=60, blank=True)
    id_mask = models.CharField("表中证件号（脱敏）", max_length=24, blank=True)
    phone_mask = models.CharField("表中手机号（脱敏）", max_length=16, blank=True)
    batch = models.PositiveBigIntegerField("导入批次", null=True, blank=True)
    row_no = models.PositiveIntegerField("表中行号", null=True, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲正的到账")
    receipt = models.ForeignKey("income.Receipt", models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="收据")
    reason = models.CharField("说明", max_length=200, blank=True)
    by = models.CharField("经办", max_length=40)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "会费到账"
        constraints = [
            models.UniqueConstraint(fields=["batch", "row_no"], condition=Q(batch__isnull=False), name="inc_payment_row"),
            models.CheckConstraint(
                condition=Q(state="matched", person__isnull=False) | (~Q(state="matched") & Q(person__isnull=True)),
                name="inc_payment_person",
                violation_error_message="已认领的到账要有会员，待认领的没有。",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state"], name="inc_payment_desk"),
            models.Index(fields=["person", "on"], name="inc_payment_person_day"),
        ]
