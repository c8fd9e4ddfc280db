"""Bookings and what keeps them single, payments, scans, the waiting list (预约、占用、付款、核销、候补)."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from gonghui.booking.enums import BarKind, BookingSource, BookingState, PaymentState, ScanOutcome, Shift, WaitState
from gonghui.booking.models.items import Item, Quota, Session
from gonghui.core.choices import labels


class Booking(models.Model):
    """A place taken by a member (预约). Facts of the member are frozen at the moment of taking."""

    code = models.CharField("预约号", max_length=20, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="bookings", verbose_name="项目")
    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings", verbose_name="场次")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="bookings", verbose_name="会员")
    state = models.CharField("状态", max_length=12, choices=partial(labels, BookingState))
    source = models.CharField("来源", max_length=10, choices=partial(labels, BookingSource), default=BookingSource.TAKEN)
    key = models.CharField("幂等键", max_length=40)
    quotas = models.CharField("占用的名额", max_length=120, help_text="名额编号，用逗号分开")
    union_path = models.CharField("预约时所在工会", max_length=80, blank=True)
    first_time = models.BooleanField("首次参加", default=False)
    shift = models.CharField("班次", max_length=8, choices=partial(labels, Shift), default=Shift.UNKNOWN)
    household = models.CharField("家庭编号", max_length=24, blank=True)
    price_fen = models.BigIntegerField("自付（分）", default=0)
    opens_at = models.DateTimeField("当时的开始预约时间")
    booked_at = models.DateTimeField("预约时间")
    held_until = models.DateTimeField("确认时限", null=True, blank=True)
    pay_until = models.DateTimeField("付款时限", null=True, blank=True)
    ticketed_at = models.DateTimeField("出票时间", null=True, blank=True)
    valid_until = models.DateField("有效期至（含）", null=True, blank=True)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("结束原因", max_length=120, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="受让自")

    class Meta:
        verbose_name = verbose_name_plural = "预约"
        indexes = [
            models.Index(fields=["session", "state"], name="bk_booking_session"),
            models.Index(fields=["person", "item"], name="bk_booking_person"),
            models.Index(fields=["held_until"], name="bk_booking_held_due", condition=Q(state="held")),
            models.Index(fields=["pay_until"], name="bk_booking_pay_due", condition=Q(state="unpaid")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="bk_booking_once", violation_error_message="这次预约已经办过。"),
            models.CheckConstraint(
                condition=Q(booked_at__gte=F("opens_at")), name="bk_booking_after_opening", violation_error_message="预约还没有开始。"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False), name="bk_booking_held", violation_error_message="占位要有时限。"
            ),
            models.CheckConstraint(
                condition=~Q(state="unpaid") | Q(pay_until__isnull=False), name="bk_booking_pay", violation_error_message="待付款要有时限。"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def tone(self) -> str:
        """Colour of its state on a page."""
        return BookingState(self.state).tone


class Claim(models.Model):
    """A right used up (占用的权利): the n-th place of a holder within a scope, one row each, so the database itself refuses a second.

    `holder` is `p<person>` or `h<household>`; `scope` is `item:5`, `group:3`, `day:2026-05-01` … (rules.claims). A cancelled
    booking gives its claims back.
    """

    holder = models.CharField("持有人", max_length=28)
    scope = models.CharField("范围", max_length=48)
    n = models.PositiveSmallIntegerField("第几次")
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="claims", verbose_name="预约")

    class Meta:
        verbose_name = verbose_name_plural = "占用的权利"
        constraints = [
            models.UniqueConstraint(fields=["holder", "scope", "n"], name="bk_claim_once", violation_error_message="这项权利已经用过。")
        ]


class Payment(models.Model):
    """What is to be paid for a booking (付款)."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="payments", verbose_name="预约")
    gateway = models.CharField("支付渠道", max_length=24)
    reference = models.CharField("商户单号", max_length=40, unique=True)
    amount_fen = models.BigIntegerField("金额（分）")
    state = models.CharField("状态", max_length=12, choices=partial(labels, PaymentState), default=PaymentState.PENDING)
    created_at = models.DateTimeField("发起时间")
    paid_at = models.DateTimeField("付款时间", null=True, blank=True)
    ended_at = models.DateTimeField("退款或失败时间", null=True, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预约付款"
        constraints = [
            models.UniqueConstraint(
                fields=["booking"],
                condition=Q(state__in=["pending", "paid"]),
                name="bk_payment_one_live",
                violation_error_message="这次预约已有一笔付款。",
            ),
        ]


class PaymentEvent(models.Model):
    """One message of the gateway, kept as it came (支付通知): append-only; the same event twice is one."""

    gateway = models.CharField("支付渠道", max_length=24)
    event = models.CharField("通知编号", max_length=64)
    reference = models.CharField("商户单号", max_length=40)
    kind = models.CharField("种类", max_length=12)
    amount_fen = models.BigIntegerField("金额（分）")
    at = models.DateTimeField("收到时间")
    effect = models.CharField("结果", max_length=24)

    class Meta:
        verbose_name = verbose_name_plural = "支付通知"
        constraints = [models.UniqueConstraint(fields=["gateway", "event"], name="bk_payment_event_once")]


class Waiting(models.Model):
    """A member waits for a place (候补): strictly by number within the fairness class; the class comes first."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="waits", verbose_name="项目")
    session = models.ForeignKey(Session, models.PROTECT, related_name="waits", verbose_name="场次")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="waits", verbose_name="会员")
    rank = models.PositiveSmallIntegerField("公平级别", default=1, help_text="0 从未享受过，1 其他")
    number = models.PositiveIntegerField("候补号")
    state = models.CharField("状态", max_length=8, choices=partial(labels, WaitState), default=WaitState.WAITING)
    reason = models.CharField("候补原因", max_length=40, help_text="为什么在等")
    facts = models.JSONField("当时的资格", default=dict, help_text="资格凭据的内容：工会、首次、班次、占用范围")
    joined_at = models.DateTimeField("候补时间")
    offered_at = models.DateTimeField("递补时间", null=True, blank=True)
    offered_until = models.DateTimeField("递补确认时限", null=True, blank=True)
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="waited", verbose_name="递补的预约")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "候补"
        indexes = [models.Index(fields=["session", "rank", "number"], name="bk_waiting_order", condition=Q(state="waiting"))]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="bk_waiting_number"),
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=Q(state__in=["waiting", "offered"]),
                name="bk_waiting_one_live",
                violation_error_message="您已在候补名单里。",
            ),
        ]


class ScanLog(models.Model):
    """One scan at the door (核销记录), also from a scanner that was offline; append-only but for the outcome of the earlier scan winning."""

    booking = models.ForeignKey(Booking, models.PROTECT, null=True, blank=True, related_name="scans", verbose_name="预约")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="scans", verbose_name="场次")
    code = models.CharField("扫到的内容", max_length=200)
    device = models.CharField("设备", max_length=40)
    serial = models.CharField("设备流水号", max_length=40)
    scanned_at = models.DateTimeField("扫码时间", help_text="设备时间，不晚于收到时间")
    received_at = models.DateTimeField("收到时间")
    offline = models.BooleanField("离线扫码", default=False)
    outcome = models.CharField("结果", max_length=14, choices=partial(labels, ScanOutcome))
    actor = models.CharField("核销人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "核销记录"
        indexes = [models.Index(fields=["session", "received_at"], name="bk_scan_session")]
        constraints = [
            models.UniqueConstraint(fields=["device", "serial"], name="bk_scan_once"),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(outcome="used"), name="bk_scan_one_use", violation_error_message="这张票已经用过。"
            ),
        ]


class Bar(models.Model):
    """Somebody may not book for a while (限约)."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="booking_bars", verbose_name="会员")
    kind = models.CharField("原因", max_length=12, choices=partial(labels, BarKind))
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="bars", verbose_name="只限项目", help_text="空为全部"
    )
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, blank=True, related_name="bars", verbose_name="因哪次预约")
    since = models.DateField("起")
    until = models.DateField("止（含）")
    reason = models.CharField("说明", max_length=200)
    created_at = models.DateTimeField("登记时间")
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    lifted_by = models.CharField("解除人", max_length=40, blank=True)
    lifted_why = models.CharField("解除理由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "限约"
        indexes = [models.Index(fields=["person", "until"], name="bk_bar_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "kind"], condition=Q(booking__isnull=False), name="bk_bar_once", violation_error_message="已经限约。"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="bk_bar_dates", violation_error_message="止日不能早于起日。"),
        ]


class Demand(models.Model):
    """Somebody asked and got nothing (未满足的需求): once per member, session, reason and day. For planning and simulation."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="demands", verbose_name="项目")
    session = models.ForeignKey(Session, models.PROTECT, related_name="demands", verbose_name="场次")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name="会员")
    reason = models.CharField("原因", max_length=40)
    on = models.DateField("日期")
    at = models.DateTimeField("时间")
    union_path = models.CharField("所在工会", max_length=80, blank=True)
    first_time = models.BooleanField("首次参加", default=False)
    shift = models.CharField("班次", max_length=8, choices=partial(labels, Shift), default=Shift.UNKNOWN)

    class Meta:
        verbose_name = verbose_name_plural = "未满足的需求"
        constraints = [models.UniqueConstraint(fields=["session", "person", "reason", "on"], name="bk_demand_once")]
        indexes = [models.Index(fields=["item", "on"], name="bk_demand_item")]


__all__ = ["Bar", "Booking", "Claim", "Demand", "Payment", "PaymentEvent", "Quota", "ScanLog", "Waiting"]
