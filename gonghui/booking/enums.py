"""Words of booking (服务预约)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Mode(models.TextChoices):
    """How places are given (预约方式)."""

    FCFS = "fcfs", "先到先得"
    DRAW = "draw", "抽签"
    ENTITLEMENT = "entitlement", "人人有份"


class Category(models.TextChoices):
    """What kind of service (服务类别)."""

    CULTURE = "culture", "文化"
    SPORT = "sport", "体育健身"
    HEALTH = "health", "健康"
    STUDY = "study", "学习培训"
    TRAVEL = "travel", "疗休养出行"
    WELFARE = "welfare", "生活福利"
    LEGAL = "legal", "法律心理"
    OTHER = "other", "其他"


class ItemState(models.TextChoices):
    """Life of an item (项目状态)."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    PAUSED = "paused", "暂停预约"
    FINISHED = "finished", "已结束"
    CANCELLED = "cancelled", "已取消"


class SessionKind(models.TextChoices):
    """Part of the day (场次时段)."""

    MORNING = "morning", "上午场"
    NOON = "noon", "中午场"
    AFTERNOON = "afternoon", "下午场"
    EVENING = "evening", "晚上场"
    DAY = "day", "全天"


class SessionState(models.TextChoices):
    """State of a session (场次状态)."""

    OPEN = "open", "正常"
    PAUSED = "paused", "暂停预约"
    CANCELLED = "cancelled", "已取消"


class QuotaKind(models.TextChoices):
    """Whom a quota counts (名额种类)."""

    ITEM = "item", "整个项目"
    SESSION = "session", "本场次"
    GENERAL = "general", "普通名额"
    TOWNSHIP = "township", "乡镇（街道）"
    FIRST_TIME = "first_time", "首次参加"
    NIGHT_SHIFT = "night_shift", "夜班职工"
    SMALL_UNION = "small_union", "小微企业工会"


class BookingState(models.TextChoices):
    """Life of a booking (预约状态)."""

    HELD = "held", "已占位待确认"
    UNPAID = "unpaid", "待付款"
    TICKETED = "ticketed", "已出票"
    USED = "used", "已使用"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "超时失效"
    TRANSFERRED = "transferred", "已转让"
    NOSHOW = "noshow", "未到场"
    UNUSED = "unused", "到期未用"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return {"held": "warn", "unpaid": "warn", "ticketed": "ok", "used": "info", "noshow": "bad", "unused": "bad"}.get(
            self.value, "line"
        )


LIVE = (BookingState.HELD, BookingState.UNPAID, BookingState.TICKETED)
"""States that may still change (有效预约)."""
TAKING = (*LIVE, BookingState.USED, BookingState.NOSHOW, BookingState.UNUSED)
"""States that hold a place of the quota (占用名额)."""


class BookingSource(models.TextChoices):
    """How a place was come by (来源)."""

    TAKEN = "taken", "本人预约"
    OFFER = "offer", "候补递补"
    DRAW = "draw", "抽签中签"
    TRANSFER = "transfer", "受让"
    DESK = "desk", "工作人员代约"


class PaymentState(models.TextChoices):
    """State of a payment (付款状态)."""

    PENDING = "pending", "待付款"
    PAID = "paid", "已付款"
    FAILED = "failed", "未成功"
    REFUND_DUE = "refund_due", "待退款"
    REFUNDED = "refunded", "已退款"


class WaitState(models.TextChoices):
    """Life of a waiting entry (候补状态)."""

    WAITING = "waiting", "候补中"
    OFFERED = "offered", "已递补待确认"
    TAKEN = "taken", "递补成功"
    LAPSED = "lapsed", "逾期未确认"
    LEFT = "left", "本人退出"
    ENDED = "ended", "候补截止"


LIVE_WAITS = (WaitState.WAITING, WaitState.OFFERED)


class ScanOutcome(models.TextChoices):
    """What a scan came to (核销结果)."""

    USED = "used", "核销成功"
    DUPLICATE = "duplicate", "重复扫码"
    WRONG_STATE = "wrong_state", "不能使用"
    WRONG_SESSION = "wrong_session", "不是本场次"
    EXPIRED = "expired", "已过期"
    INVALID = "invalid", "无效二维码"


class BarKind(models.TextChoices):
    """Why somebody may not book for a while (限约原因)."""

    NOSHOW = "noshow", "预约未到场"
    UNUSED = "unused", "取得未使用"
    LATE_CANCEL = "late_cancel", "临近取消"
    MANUAL = "manual", "人工限约"


class DrawState(models.TextChoices):
    """Life of a draw (抽签状态)."""

    COMMITTED = "committed", "已公布种子指纹"
    REVEALED = "revealed", "已开奖"
    VOID = "void", "作废"


class Shift(models.TextChoices):
    """When somebody works (班次)."""

    UNKNOWN = "unknown", "未填写"
    DAY = "day", "白班"
    NIGHT = "night", "夜班"
    ROTATING = "rotating", "倒班"


class GroupScope(models.TextChoices):
    """Whom an exclusion counts (互斥范围)."""

    PERSON = "person", "本人"
    HOUSEHOLD = "household", "同一家庭"


class AppealState(models.TextChoices):
    """Life of an appeal (申诉状态)."""

    OPEN = "open", "待处理"
    UPHELD = "upheld", "申诉成立"
    DISMISSED = "dismissed", "维持原处理"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    ITEM_VIEW = "booking.item.view"
    ITEM_EDIT = "booking.item.edit"
    ITEM_PUBLISH = "booking.item.publish"
    BOOKING_VIEW = "booking.booking.view"
    BOOKING_MANAGE = "booking.booking.manage"
    CHECK_IN = "booking.check_in"
    DRAW_RUN = "booking.draw.run"
    BAR_MANAGE = "booking.bar.manage"
    APPEAL_DECIDE = "booking.appeal.decide"
    REPORT_VIEW = "booking.report.view"
