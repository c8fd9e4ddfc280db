"""Words of benefits (普惠与疗休养的用词)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Perm(StrEnum):
    """Permissions of this app (权限). Who is paid by the employer holds neither OFFER_VIEW nor FEE_RUN, only counts."""

    OFFER_VIEW = "benefits.offer.view"
    OFFER_EDIT = "benefits.offer.edit"
    FEE_RUN = "benefits.fee.run"
    FEE_SETTLE = "benefits.fee.settle"
    COUNT_VIEW = "benefits.count.view"
    STAY_VIEW = "benefits.stay.view"
    STAY_EDIT = "benefits.stay.edit"
    STAY_PROPOSE = "benefits.stay.propose"
    STAY_DECIDE = "benefits.stay.decide"


class MerchantKind(models.TextChoices):
    """Trade of a merchant (商家类别)."""

    TELECOM = "telecom", "通信运营商"
    RETAIL = "retail", "商超百货"
    CATERING = "catering", "餐饮"
    CULTURE = "culture", "文化体育"
    TRAVEL = "travel", "旅游出行"
    HEALTH = "health", "健康保健"
    FINANCE = "finance", "银行保险"
    OTHER = "other", "其他"


class MerchantState(models.TextChoices):
    """Standing of a merchant (合作状态)."""

    ACTIVE = "active", "合作中"
    SUSPENDED = "suspended", "暂停合作"
    ENDED = "ended", "已终止"

    @property
    def tone(self) -> str:
        return {"active": "ok", "suspended": "warn"}.get(self.value, "line")


class OfferKind(models.TextChoices):
    """What is offered (优惠方式)."""

    PRICE = "price", "会员价"
    VOUCHER = "voucher", "工会消费券"
    GROUP = "group", "团购（凑够人数成团）"


class OfferState(models.TextChoices):
    """Life of an offer (优惠状态)."""

    DRAFT = "draft", "草稿"
    OPEN = "open", "领取中"
    PAUSED = "paused", "暂停"
    CLOSED = "closed", "已结束"

    @property
    def tone(self) -> str:
        return {"open": "ok", "paused": "warn", "draft": "info"}.get(self.value, "line")


class ClaimState(models.TextChoices):
    """Life of a code (券码状态)."""

    WAITING = "waiting", "等成团"
    ISSUED = "issued", "未使用"
    USED = "used", "已使用"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"
    FAILED = "failed", "未成团"

    @property
    def tone(self) -> str:
        return {"waiting": "warn", "issued": "info", "used": "ok"}.get(self.value, "line")


HOLDING = (ClaimState.WAITING, ClaimState.ISSUED, ClaimState.USED)
"""States that hold one piece of the quota; a code that lapsed or was given up returns it."""


class TryOutcome(models.TextChoices):
    """What a counter saw (核销结果)."""

    USED = "used", "核销成功"
    UNDONE = "undone", "撤回核销"
    UNKNOWN = "unknown", "不是本店的码"
    REFUSED = "refused", "不能使用"


class VisitLevel(models.TextChoices):
    """Level of the visit the fee is charged for (医事服务费档次)."""

    ORDINARY = "ordinary", "普通门诊"
    DEPUTY = "deputy", "副主任医师"
    CHIEF = "chief", "主任医师"
    EXPERT = "expert", "知名专家"
    EMERGENCY = "emergency", "急诊"


class SchemeState(models.TextChoices):
    """Life of a scheme of a year (方案状态)."""

    DRAFT = "draft", "草稿"
    OPEN = "open", "实施中"
    CLOSED = "closed", "已结束"

    @property
    def tone(self) -> str:
        return {"draft": "info", "open": "ok"}.get(self.value, "line")


class SettlementState(models.TextChoices):
    """Life of a settlement (结算状态)."""

    MADE = "made", "待付款"
    PAID = "paid", "已付款"
    VOID = "void", "已作废"

    @property
    def tone(self) -> str:
        return {"made": "warn", "paid": "ok"}.get(self.value, "line")


class StayKind(models.TextChoices):
    """Who a programme is for (疗休养对象)."""

    MODEL = "model", "劳动模范和先进人物"
    FRONTLINE = "frontline", "一线职工"
    WORKER = "worker", "全体会员"


class TieBreak(models.TextChoices):
    """How equals are ordered (并列怎样排)."""

    SEED = "seed", "抽签（先公布种子指纹）"
    DATE = "date", "先报名的在前"


class ProgrammeState(models.TextChoices):
    """Life of a programme (计划状态)."""

    DRAFT = "draft", "筹备中"
    OPEN = "open", "接受报名"
    POSTED = "posted", "名单公示中"
    CONFIRMED = "confirmed", "名单已确定"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已取消"

    @property
    def tone(self) -> str:
        return {"draft": "line", "open": "info", "posted": "warn", "confirmed": "ok"}.get(self.value, "line")


class StayState(models.TextChoices):
    """Life of an application (报名状态)."""

    APPLIED = "applied", "待审核"
    APPROVED = "approved", "审核通过"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "本人撤回"
    LISTED = "listed", "入选"
    WAITING = "waiting", "候补"
    GIVEN_UP = "given_up", "放弃名额"
    ATTENDED = "attended", "已参加"
    ABSENT = "absent", "未到"

    @property
    def tone(self) -> str:
        return {"applied": "warn", "approved": "info", "listed": "ok", "attended": "ok", "waiting": "warn", "absent": "bad"}.get(
            self.value, "line"
        )


LIVE_STAYS = (StayState.APPLIED, StayState.APPROVED, StayState.LISTED, StayState.WAITING, StayState.ATTENDED, StayState.ABSENT)
"""A person stands once in a programme with one of these."""
SEATED = (StayState.LISTED, StayState.ATTENDED, StayState.ABSENT)
"""States that hold a place of the union's share."""


class Origin(models.TextChoices):
    """Who put the name forward (报名方式)."""

    SELF = "self", "本人报名"
    UNION = "union", "工会推荐"


class HonourLevel(models.TextChoices):
    """Level of an honour (荣誉级别)."""

    NATION = "nation", "全国"
    PROVINCE = "province", "省（自治区、直辖市）"
    CITY = "city", "市"
