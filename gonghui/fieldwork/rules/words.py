"""The fields of a visit order, their words and their choices (走访单的项目)."""

from __future__ import annotations

from typing import Any

from gonghui.fieldwork.enums import Argument, Maturity, NeedKind, Outcome, Purpose, Visitor, VisitState, WarningKind
from gonghui.fieldwork.enums import Refusal as Declined
from gonghui.orgs.enums import CoverageForm
from gonghui.orgs.rules.cards import BLOCKS, NO_UNION_REASONS

CHECKLIST = {
    "licence": "看了营业执照",
    "headcount": "数了职工人数",
    "leaflet": "讲了“加入有什么好处”",
    "workers": "和职工谈了话",
    "card": "填了信息卡",
    "contact": "留了联系方式",
}
CHOICES: dict[str, tuple[str, Any]] = {
    "purpose": ("目的", Purpose),
    "state": ("状态", VisitState),
    "visitor": ("谁去的", Visitor),
    "outcome": ("结果", Outcome),
    "refusal": ("不同意的原因", Declined),
    "proposed_form": ("建议形式", CoverageForm),
    "maturity": ("成熟度", Maturity),
}
LISTS: dict[str, tuple[str, frozenset[str]]] = {
    "arguments": ("说的道理", frozenset(Argument.values)),
    "needs": ("职工需求", frozenset(NeedKind.values)),
    "warnings": ("预警", frozenset(WarningKind.values)),
    "checklist": ("清单", frozenset(CHECKLIST)),
}
DAYS = {"planned_on": "计划日期", "visited_on": "走访日期", "next_visit": "下次走访"}
LABELS = {
    **{k: v[0] for k, v in CHOICES.items()},
    **{k: v[0] for k, v in LISTS.items()},
    **DAYS,
    "note": "记录",
}
LIST_WORDS: dict[str, dict[str, str]] = {
    "arguments": dict(Argument.choices),
    "needs": dict(NeedKind.choices),
    "warnings": dict(WarningKind.choices),
    "checklist": CHECKLIST,
}


def label_of(field: str) -> str:
    """A field in words, of a visit or of a card."""
    return LABELS.get(field) or next((b[field] for b in BLOCKS.values() if field in b), field)


def value_of(field: str, value: Any) -> str:
    """A value in words."""
    if value in (None, "", []):
        return "（空）"
    if field in CHOICES:
        return str(dict(CHOICES[field][1].choices).get(value, value))
    if field in LIST_WORDS:
        return "、".join(LIST_WORDS[field].get(v, v) for v in value)
    if field == "reason":
        return NO_UNION_REASONS.get(value, str(value))
    return str(value)
