"""Words of notices (消息与短信)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    SMS_VIEW = "notices.sms.view"
    SMS_RESEND = "notices.sms.resend"


class NoticeKind(models.TextChoices):
    """What a message is about (消息类别)."""

    TASK = "task", "待办"
    RESULT = "result", "办理结果"
    REMINDER = "reminder", "提醒"
    WARNING = "warning", "预警"
    JOB = "job", "后台任务"
    NEWS = "news", "通知"

    @property
    def tone(self) -> str:
        """Colour of the tag."""
        return {"task": "info", "result": "ok", "reminder": "warn", "warning": "bad"}.get(self.value, "line")


class SmsState(models.TextChoices):
    """State of a text message (短信状态)."""

    QUEUED = "queued", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已交网关"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "未送达"
    DEAD = "dead", "已停发"

    @property
    def tone(self) -> str:
        return {"delivered": "ok", "sent": "ok", "failed": "bad", "dead": "bad", "sending": "info"}.get(self.value, "line")
