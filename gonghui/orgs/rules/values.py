"""What both visits collect (两个走访): desk value and field value stand side by side. Source: S001."""

from __future__ import annotations

TWO_SIDED: dict[str, str] = {
    "name": "单位名称",
    "address": "地址",
    "industry": "行业",
    "operator_name": "负责人",
    "phone": "联系电话",
    "headcount": "职工数",
    "migrant_headcount": "农民工数",
    "women_headcount": "女职工数",
}
COUNTS = frozenset({"headcount", "migrant_headcount", "women_headcount"})
