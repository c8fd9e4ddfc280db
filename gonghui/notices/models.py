"""Tables of notices: messages in the site and the SMS outbox (站内消息、短信发件箱)."""

from __future__ import annotations

from django.db import models

from gonghui.notices.enums import NoticeKind, SmsState


class Notice(models.Model):
    """A message to one account or one natural person (站内消息). A person without an account finds it after signing up."""

    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号")
    person_id = models.BigIntegerField("自然人编号", null=True, blank=True, help_text="people.Person 的编号；本应用在下层，不设外键")
    kind = models.CharField("类别", max_length=12, choices=NoticeKind.choices)
    title = models.CharField("标题", max_length=80)
    body = models.CharField("正文", max_length=500, blank=True)
    link = models.CharField("链接", max_length=200, blank=True, help_text="本站路径")
    once = models.CharField("一次键", max_length=120, blank=True, help_text="同一收件人同键只收一条")
    created_at = models.DateTimeField("发出时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "站内消息"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "read_at"], name="notice_user"),
            models.Index(fields=["person_id", "read_at"], name="notice_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) ^ models.Q(person_id__isnull=False),
                name="notice_one_receiver",
                violation_error_message="一条消息只发给一个账号或一位职工。",
            ),
            models.UniqueConstraint(
                fields=["user", "once"], condition=~models.Q(once="") & models.Q(user__isnull=False), name="notice_user_once"
            ),
            models.UniqueConstraint(
                fields=["person_id", "once"], condition=~models.Q(once="") & models.Q(person_id__isnull=False), name="notice_person_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_tone(self) -> str:
        return NoticeKind(self.kind).tone


class Sms(models.Model):
    """A text message on its way (短信). Number and parameters are sealed; codes are wiped once handed over."""

    reference = models.CharField("流水号", max_length=32, unique=True, help_text="交给网关的去重编号")
    phone_sealed = models.BinaryField("手机号密文")
    phone_index = models.BinaryField("手机号盲索引", max_length=16)
    phone_mask = models.CharField("手机号（脱敏）", max_length=16)
    template = models.CharField("模板", max_length=40)
    params_sealed = models.BinaryField("参数密文", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=SmsState.choices, default=SmsState.QUEUED)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    not_before = models.DateTimeField("最早发送时间")
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    created_at = models.DateTimeField("建立时间")
    sent_at = models.DateTimeField("交网关时间", null=True, blank=True)
    reported_at = models.DateTimeField("回执时间", null=True, blank=True)
    gateway_id = models.CharField("网关编号", max_length=64, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    sender = models.CharField("发起人", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "短信"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "not_before"], name="sms_queue"),
            models.Index(fields=["phone_index", "created_at"], name="sms_number"),
        ]

    def __str__(self) -> str:
        return f"{self.phone_mask} {self.template}"

    @property
    def state_tone(self) -> str:
        return SmsState(self.state).tone

    @property
    def may_resend(self) -> bool:
        """Set aside, and its text still known."""
        return self.state in {SmsState.DEAD, SmsState.FAILED} and self.params_sealed is not None
