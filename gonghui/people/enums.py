"""Words of people (自然人). Codes follow the national standards named at each list."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Sex(models.TextChoices):
    """GB/T 2261.1 性别."""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明"


class IdKind(models.TextChoices):
    """证件种类."""

    RESIDENT = "resident", "居民身份证"
    HK_MO_TW = "hk_mo_tw", "港澳台居民居住证"
    PERMANENT = "permanent", "外国人永久居留身份证"
    PASSPORT = "passport", "护照"
    NONE = "none", "未提供"


class IdCheck(models.TextChoices):
    """证件核验 (MEM-04): 校验码通过，或明确标为未核验."""

    OK = "ok", "校验通过"
    UNVERIFIED = "unverified", "未核验"


class Group(models.TextChoices):
    """八大群体 (字典可改，见 people.Code 的 eight_groups)."""

    NONE = "", "不属于"
    TRUCKER = "trucker", "货车司机"
    COURIER = "courier", "快递员"
    RIDER = "rider", "网约送餐员"
    NURSE_AIDE = "nurse_aide", "护工护理员"
    HOUSEKEEPER = "housekeeper", "家政服务员"
    SHOP_CLERK = "shop_clerk", "商场信息员"
    ESTATE_AGENT = "estate_agent", "房产中介员"
    GUARD = "guard", "保安员"


class RevealReason(models.TextChoices):
    """Why somebody opens a sensitive field (查看用途)."""

    MEMBER = "member", "办理会籍"
    CONTACT = "contact", "联系本人"
    VERIFY = "verify", "核对身份"
    AID = "aid", "发放帮扶、慰问"
    AUDIT = "audit", "审计、检查"
    REQUEST = "request", "本人要求"


class TwinState(models.TextChoices):
    """What became of a proposed pair (疑似重复的处理)."""

    OPEN = "open", "待处理"
    MERGED = "merged", "已合并"
    DISTINCT = "distinct", "不是同一人"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    PERSON_VIEW = "people.person.view"
    PERSON_EDIT = "people.person.edit"
    PERSON_REVEAL = "people.person.reveal"
    PERSON_MERGE = "people.person.merge"
    CODE_VIEW = "people.code.view"
    CODE_EDIT = "people.code.edit"
