"""Words of field work (上门服务)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Purpose(models.TextChoices):
    """What a visit is for (走访目的). Source: S008."""

    BUILD = "build", "建会"
    JOIN = "join", "入会"
    BARGAIN = "bargain", "协商"
    ASSIST = "assist", "帮扶"


class VisitState(models.TextChoices):
    """State of a visit order (走访单状态)."""

    PLANNED = "planned", "待走访"
    DONE = "done", "已走访"
    CANCELLED = "cancelled", "已撤销"


class Outcome(models.TextChoices):
    """What came of a visit, coded (走访结果)."""

    AGREED = "agreed", "同意建会"
    JOINED = "joined", "已加入联合工会"
    INTERESTED = "interested", "有意向"
    UNDECIDED = "undecided", "再考虑"
    REFUSED = "refused", "不同意"
    ABSENT = "absent", "没见到负责人"
    HANDLED = "handled", "事情办好了"


class Refusal(models.TextChoices):
    """Why an owner declined, coded (不同意的原因). Source: P01."""

    FAMILY = "family", "夫妻店、亲属店，觉得没必要"
    COST = "cost", "怕花钱"
    TROUBLE = "trouble", "怕麻烦、怕管"
    FEW = "few", "职工太少"
    MOVING = "moving", "职工流动大"
    PARENT = "parent", "总部（上级公司）没同意"
    OTHERS = "others", "看别家办不办"
    UNAWARE = "unaware", "不了解工会"
    STOPPED = "stopped", "实际已停业"
    OTHER = "other", "其他"


SPOT_REASON = {
    Refusal.FAMILY: "family",
    Refusal.COST: "owner",
    Refusal.TROUBLE: "owner",
    Refusal.FEW: "few",
    Refusal.MOVING: "moving",
    Refusal.PARENT: "owner",
    Refusal.OTHERS: "owner",
    Refusal.UNAWARE: "unaware",
    Refusal.STOPPED: "stopped",
    Refusal.OTHER: "other",
}
"""The reason the register keeps for each refusal (登记册里的未建会原因)."""


class Argument(models.TextChoices):
    """What was said to the owner, coded (说了什么道理)."""

    NO_COST = "no_cost", "不添负担，经费有返还"
    SERVICE = "service", "职工有服务、有保障"
    DISPUTE = "dispute", "少纠纷，有事有人调"
    KEEP = "keep", "留得住人"
    NEIGHBOUR = "neighbour", "邻近店铺已经加入"
    LAW = "law", "法律规定"
    PARTY = "party", "党建带工建"


class Visitor(models.TextChoices):
    """Who went along (谁去的)."""

    ALONE = "alone", "指导员一人"
    OFFICER = "officer", "和镇（街道）工会干部"
    PEER = "peer", "和已建会单位的负责人"
    ASSOCIATION = "association", "和行业协会、商会"
    VILLAGE = "village", "和村（社区）干部"


class NeedKind(models.TextChoices):
    """Needs of workers collected on a visit (职工需求)."""

    TRAINING = "training", "技能培训"
    MEDICAL = "medical", "看病、互助保障"
    CHILDREN = "children", "子女托管、入学"
    LEGAL = "legal", "法律帮助"
    HOUSING = "housing", "住宿、吃饭"
    HARDSHIP = "hardship", "生活困难"
    OTHER = "other", "其他"


class WarningKind(models.TextChoices):
    """Warnings raised from a visit (预警)."""

    WAGES = "wages", "拖欠工资"
    CONTRACT = "contract", "没签劳动合同"
    SAFETY = "safety", "安全隐患"
    OVERTIME = "overtime", "超时加班"
    LAYOFF = "layoff", "可能裁员、停业"


class Maturity(models.TextChoices):
    """Four stages of a follow-up (成熟度): 先搭台、后充实、再完善、逐步规范. Source: S008."""

    NONE = "none", "还没搭台"
    STAGE = "stage", "先搭台"
    FILL = "fill", "后充实"
    IMPROVE = "improve", "再完善"
    STANDARD = "standard", "逐步规范"


class DocKind(models.TextChoices):
    """What is merged field by field (同步的资料)."""

    VISIT = "visit", "走访单"
    CARD = "card", "信息卡"


class ActKind(models.TextChoices):
    """What a phone sends (手机上送的事项)."""

    VISIT = "visit", "走访单"
    CARD = "card", "信息卡"
    HELP = "help", "求助"
    JOIN = "join", "现场入会"
    PROPOSE = "propose", "提出建会"
    SETTLE = "settle", "处理冲突"


class ActState(models.TextChoices):
    """What became of it (处理结果)."""

    APPLIED = "applied", "已登记"
    CLASH = "clash", "有冲突，已留存"
    HELD = "held", "登记册没有接受，已留存"


class ClashKind(models.TextChoices):
    """Why a person must look (冲突种类)."""

    VALUE = "value", "同一项两个值"
    CLOSED = "closed", "一边撤销，一边填写"
    REFUSED = "refused", "登记册没有接受"
    PERSON = "person", "入会申请疑似重复"


class ClashState(models.TextChoices):
    """State of a conflict (冲突状态)."""

    OPEN = "open", "待处理"
    SETTLED = "settled", "已处理"
    GONE = "gone", "已自行消失"


class HelpState(models.TextChoices):
    """State of a request for help (求助状态)."""

    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"


class JoinState(models.TextChoices):
    """What became of an application taken on site (现场入会状态)."""

    FILED = "filed", "已提交"
    DOUBTFUL = "doubtful", "疑似重复，待核"
    DROPPED = "dropped", "核实后不办"


class EvidenceKind(models.TextChoices):
    """What was brought back (走访凭据)."""

    PHOTO = "photo", "照片"
    SIGNATURE = "signature", "签名"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    VISIT_VIEW = "fieldwork.visit.view"
    VISIT_EDIT = "fieldwork.visit.edit"
    PORTFOLIO_EDIT = "fieldwork.portfolio.edit"
    CLASH_SETTLE = "fieldwork.clash.settle"
    DEVICE_REVOKE = "fieldwork.device.revoke"
    HELP_ANSWER = "fieldwork.help.answer"
    RESULT_VIEW = "fieldwork.result.view"
