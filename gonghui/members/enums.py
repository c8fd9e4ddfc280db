"""Words of membership (会员会籍)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Standing(models.TextChoices):
    """Standing of a membership spell (会籍状态)."""

    ACTIVE = "active", "在籍"
    IN_TRANSIT = "in_transit", "转出待接"
    SUSPENDED = "suspended", "季节性暂停"
    RETAINED = "retained", "保留会籍"


COUNTED = (Standing.ACTIVE, Standing.IN_TRANSIT)
"""Standings that count as members (计入会员数)."""


class EndReason(models.TextChoices):
    """Why a spell ended (会籍段结束原因)."""

    TRANSFERRED = "transferred", "转出"
    TRANSIT = "transit", "办理转出"
    RETURNED = "returned", "转出撤回"
    SUSPENDED = "suspended", "季节性暂停"
    RESUMED = "resumed", "恢复"
    RETAINED = "retained", "转为保留会籍"
    LEFT = "left", "本人退会"
    DEEMED_LEFT = "deemed_left", "视为自动退会"
    EXPELLED = "expelled", "开除会籍"
    DIED = "died", "去世"
    MERGED = "merged", "重复合并"
    UNION_ENDED = "union_ended", "工会撤销或合并"
    CORRECTED = "corrected", "登记更正"


class EmploymentKind(models.TextChoices):
    """用工形式."""

    REGULAR = "regular", "合同制"
    TEMPORARY = "temporary", "临时工"
    SEASONAL = "seasonal", "季节工"
    DISPATCHED = "dispatched", "劳务派遣"
    PART_TIME = "part_time", "非全日制"
    GIG = "gig", "新就业形态"
    NONE = "none", "无固定单位"


class Channel(models.TextChoices):
    """How somebody joined (入会渠道)."""

    PERSONAL = "personal", "个人申请"
    COLLECTIVE = "collective", "集体入会"
    DOOR = "door", "上门登记"
    SOURCE = "source", "源头入会"
    IMPORT = "import", "花名册导入"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    MEMBER_VIEW = "members.member.view"
    MEMBER_EDIT = "members.member.edit"
    MEMBER_EXPORT = "members.member.export"
    APPLICATION_VIEW = "members.application.view"
    APPLICATION_DECIDE = "members.application.decide"
    TRANSFER_VIEW = "members.transfer.view"
    TRANSFER_DECIDE = "members.transfer.decide"
    ROSTER_VIEW = "members.roster.view"
    ROSTER_IMPORT = "members.roster.import"
    CARD_ISSUE = "members.card.issue"
