"""Blocks of the cards and when a card is complete (信息卡). Pure. Source: S004, S005, S039; R011, R012."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SIX, FIVE = "six", "five"
BLOCKS: dict[str, dict[str, str]] = {
    SIX: {
        "address": "企业地址",
        "operation": "生产经营",
        "headcount": "职工数",
        "migrants": "农民工数和农民工会员数",
        "hardship": "困难职工数",
        "mood": "职工思想状况",
    },
    FIVE: {
        "area": "人员分布区域",
        "operation": "经营运行情况",
        "workforce": "职工队伍情况",
        "investor": "投资人（负责人）情况",
        "reason": "未建会原因",
    },
}
CARD_LABELS = {SIX: "六个掌握", FIVE: "五个清"}
NO_UNION_REASONS = {
    "family": "夫妻店、亲属店",
    "owner": "负责人不愿意",
    "few": "职工太少",
    "moving": "职工流动大、季节性用工",
    "new": "新开业，正在筹备",
    "unaware": "不了解工会",
    "stopped": "实际已停业",
    "built": "已建会",
    "other": "其他",
}
DIVERSITY: dict[str, tuple[str, dict[str, str]]] = {
    "development": ("企业发展", {"growing": "成长扩张", "stable": "稳定经营", "shrinking": "收缩转型", "platform": "平台经济"}),
    "identity": ("职工身份", {"local": "本地职工", "migrant": "农民工", "retired": "退休返聘", "student": "实习学生", "gig": "新就业形态"}),
    "work": ("工作属性", {"fixed": "固定岗位", "seasonal": "季节性", "shift": "轮班", "mobile": "流动作业", "home": "居家计件"}),
    "employment": (
        "用工性质",
        {"contract": "劳动合同", "dispatch": "劳务派遣", "outsourced": "业务外包", "part_time": "非全日制", "service": "劳务合同"},
    ),
}


PROPOSED: tuple[tuple[str, str, str, str, str], ...] = (
    ("employment", "dispatch", "派遣协议写明入会办法，派遣和用工单位商定", "在派遣单位或用工单位入会", "两方工会联席会议"),
    ("employment", "outsourced", "区域性集体合同", "承包单位入会，区域工会代管", "区域职工代表大会"),
    ("employment", "part_time", "区域性工资专项协议", "上门登记、扫码入会", "小组会或网上表决"),
    ("identity", "gig", "行业性集体协商（单价、派单、休息）", "扫码入会，行业工会联合会安家", "行业职工代表大会、恳谈会"),
    ("identity", "migrant", "区域性集体合同", "源头入会、集体入会", "片区会员代表大会"),
    ("work", "seasonal", "季节性专项协议", "季节开工时集中入会，收工暂停", "开工会、收工会"),
    ("work", "mobile", "行业性集体合同", "手机申请、驿站入会", "网上会议"),
    ("work", "home", "行业性计件单价协议", "村（社区）工会上门登记", "村级联席会议"),
    ("work", "shift", "企业集体合同，写明轮班工时", "班组入会", "分班次召开的职工大会"),
    ("development", "platform", "行业性集体协商", "扫码入会", "行业职工代表大会"),
    ("development", "shrinking", "企业集体合同，写明经济性裁员程序", "个人申请", "职工（代表）大会"),
)  # fmt: skip
"""What a mix of employment suggests (axis, choice, agreement, way to join, form of meeting): practice, not law. Source: S039."""


def proposed(diversity: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str, str]]:
    """Agreement, way to join and form of meeting for each trait that asks for something of its own (按画像的建议)."""
    return [
        (DIVERSITY[axis][1][choice], agreement, joining, meeting)
        for axis, choice, agreement, joining, meeting in PROPOSED
        if choice in diversity.get(axis, ())
    ]


@dataclass(frozen=True)
class Block:
    """The latest entry of a block."""

    key: str
    label: str
    value: str
    on: date | None
    actor: str
    fresh: bool


@dataclass(frozen=True)
class Card:
    """A card as it stands: complete only when every block is filled and fresh."""

    kind: str
    blocks: tuple[Block, ...]

    @property
    def label(self) -> str:
        return CARD_LABELS[self.kind]

    @property
    def filled(self) -> int:
        return sum(1 for b in self.blocks if b.value)

    @property
    def fresh(self) -> int:
        return sum(1 for b in self.blocks if b.value and b.fresh)

    @property
    def complete(self) -> bool:
        return self.fresh == len(self.blocks)


def card(kind: str, latest: Mapping[str, tuple[str, date, str]], today: date, fresh_days: int | None) -> Card:
    """Args: latest by block (value, date, collector); fresh_days None when no age is set."""
    rows = []
    for key, label in BLOCKS[kind].items():
        value, on, actor = latest.get(key, ("", None, ""))
        fresh = on is not None and (fresh_days is None or on >= today - timedelta(days=fresh_days))
        shown = NO_UNION_REASONS.get(value, value) if key == "reason" else value
        rows.append(Block(key, label, shown, on, actor, fresh))
    return Card(kind, tuple(rows))
