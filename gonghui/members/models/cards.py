"""Member cards and service cards (会员证、服务卡)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.members.enums import CardState, ServiceCardState


class Card(models.Model):
    """A member card (会员证): a number is never used twice; a lost card stays on record beside its successor."""

    number = models.CharField("会员证号", max_length=24, unique=True)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="cards", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="+", verbose_name="发证工会")
    state = models.CharField("状态", max_length=10, choices=partial(labels, CardState), default=CardState.ALLOCATED)
    allocated_on = models.DateField("编号日期")
    printed_at = models.DateTimeField("打印时间", null=True, blank=True)
    received_on = models.DateField("领取日期", null=True, blank=True)
    received_how = models.CharField("领取方式", max_length=16, blank=True, help_text="本人确认、仪式发放、代领登记")
    ended_on = models.DateField("失效日期", null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="补发自")

    class Meta:
        verbose_name = verbose_name_plural = "会员证"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["allocated", "issued"]),
                name="card_one_live",
                violation_error_message="这名会员已有有效的会员证。遗失请办理补发。",
            ),
        ]
        indexes = [models.Index(fields=["union", "state"], name="card_union")]

    def __str__(self) -> str:
        return self.number


class CardSequence(models.Model):
    """Next card number of a year (会员证流水号)."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "会员证流水号"


class ServiceCard(models.Model):
    """A bank-linked service card (会员互助服务卡, S045): identity for services, destination of payments."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="service_cards", verbose_name="会员")
    bank = models.CharField("发卡行", max_length=60)
    account_sealed = models.BinaryField("入账账户密文")
    account_index = models.BinaryField("入账账户盲索引", max_length=16)
    account_mask = models.CharField("入账账户（脱敏）", max_length=24)
    state = models.CharField("状态", max_length=10, choices=partial(labels, ServiceCardState), default=ServiceCardState.ACTIVE)
    checked_on = models.DateField("最近核验", null=True, blank=True)
    fault = models.CharField("退汇原因", max_length=120, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会员服务卡"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until__isnull=True),
                name="service_card_one_open",
                violation_error_message="这名会员已有服务卡，请先停用原卡。",
            ),
            models.UniqueConstraint(
                fields=["account_index"],
                condition=Q(until__isnull=True),
                name="service_card_account_once",
                violation_error_message="这个账户已登记在另一名会员名下，请核对账号。",
            ),
        ]


class ServiceCardReturn(models.Model):
    """A payment that came back (退汇记录): how much, why, and what was done about it."""

    card = models.ForeignKey(ServiceCard, models.PROTECT, related_name="returns", verbose_name="服务卡")
    on = models.DateField("退汇日期")
    amount_fen = models.BigIntegerField("金额（分）")
    reference = models.CharField("付款凭证号", max_length=40, blank=True)
    fault = models.CharField("退汇原因", max_length=120)
    actor = models.CharField("登记人", max_length=40)
    handled_on = models.DateField("处理日期", null=True, blank=True)
    handled_by = models.CharField("处理人", max_length=40, blank=True)
    outcome = models.CharField("处理结果", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "退汇记录"
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="card_return_amount", violation_error_message="退汇金额应大于 0。"),
        ]
