"""Words of campaigns (集中行动的用词)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    CAMPAIGN_VIEW = "campaigns.campaign.view"
    CAMPAIGN_EDIT = "campaigns.campaign.edit"
    CAMPAIGN_SETTLE = "campaigns.campaign.settle"
    LOG_EDIT = "campaigns.log.edit"
    CATEGORY_EDIT = "campaigns.category.edit"


class CampaignState(models.TextChoices):
    """Life of a campaign (行动状态)."""

    DRAFT = "draft", "筹备中"
    RUNNING = "running", "进行中"
    SETTLED = "settled", "已结账"
    CLOSED = "closed", "已结束"

    @property
    def tone(self) -> str:
        return {"draft": "line", "running": "info", "settled": "warn", "closed": "ok"}[self.value]


class Basis(models.TextChoices):
    """Which column of the register decides about a category (怎样从底册认定)."""

    GROUP = "group", "八大群体（人员的群体）"
    MIGRANT = "migrant", "农民工（人员的农民工标记）"
    SECTOR = "sector", "五大重点行业（单位的重点行业）"
    ZONE = "zone", "园区（园区工会及其下属）"
    TWO_NEW = "two_new", "两新组织（单位的两新标记）"
    TWO_NEW_TYPE = "two_new_type", "两新组织类型（两新登记卡）"
    HERDER = "herder", "牧民（牧民工会、合作社工会）"


class Duty(models.TextChoices):
    """Place in the leading group (领导小组分工)."""

    HEAD = "head", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"
    OFFICE = "office", "办公室"


class PartnerKind(models.TextChoices):
    """Kind of a partner (协作单位)."""

    DEPARTMENT = "department", "部门"
    ASSOCIATION = "association", "行业协会"
    PLATFORM = "platform", "平台企业"


class Measure(models.TextChoices):
    """What a campaign counts (计数项目)."""

    UNIONS = "unions", "新建工会"
    EMPLOYERS = "employers", "新覆盖单位"
    APPLIED = "applied", "递交申请"
    APPROVED = "approved", "批准入会"
    MEMBERS = "members", "新会员（已领证）"

    @property
    def unit(self) -> str:
        return {"unions": "个", "employers": "家"}.get(self.value, "人")


WORDS: dict[str, str] = {
    "unions": "行动期内成立、到统计日仍在的工会，筹建的不算",
    "employers": "行动期内开始被工会覆盖、行动开始前一天没有任何工会覆盖的单位",
    "applied": "行动期内递交入会申请的人，到统计日已撤回、不予批准的不算",
    "approved": "申请已获批准的人（第一关、第二关）",
    "members": "三关都过、已领到会员证的人；只有这些人算作新会员",
}


class Step(models.TextChoices):
    """Step of the plan (计划步骤). The three shared steps are taken with the party organisation (S038)."""

    CALENDAR = "calendar", "日程"
    DEPLOY = "deploy", "同部署"
    CHECK = "check", "同检查"
    ASSESS = "assess", "同考核"


SHARED = (Step.DEPLOY, Step.CHECK, Step.ASSESS)


class Line(models.TextChoices):
    """The three publicity lines (三大宣传)."""

    MEETING = "meeting", "会议"
    NETWORK = "network", "网络"
    PRESS = "press", "报刊"


CHANNELS: dict[str, tuple[str, ...]] = {
    "meeting": ("动员会", "宣讲会", "入会仪式", "现场会"),
    "network": ("工会网", "党务公开网", "市政府网", "手机报", "微信", "微博"),
    "press": ("报纸", "期刊", "广播电视", "典型事例专栏"),
}
"""Suggested channels of each line; another word may be written."""


class ServiceKind(models.TextChoices):
    """Service opened while organising (效劳先行)."""

    CHECKUP = "checkup", "体检义诊"
    LEGAL = "legal", "法律咨询"
    TRAINING = "training", "技能培训"
    AID = "aid", "困难帮扶"
    VISIT = "visit", "送清凉送温暖"
    OTHER = "other", "其他服务"


class Result(models.TextChoices):
    """Outcome of one person's account (责任结账结果)."""

    OPEN = "", "未结"
    DONE = "done", "完成"
    PARTIAL = "partial", "部分完成"
    FAILED = "failed", "未完成"

    @property
    def tone(self) -> str:
        return {"": "line", "done": "ok", "partial": "warn", "failed": "bad"}[self.value]


class SiteKind(models.TextChoices):
    """Where people join together (集体入会现场)."""

    LAUNCH = "launch", "启动仪式"
    PARK = "park", "物流园区"
    FIELD = "field", "工地、市场现场"
