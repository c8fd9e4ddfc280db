"""What the sweep asks of this app (扫描部件)."""

from __future__ import annotations

from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.privacy import services

ARGS = {
    **{f"privacy:{n}.pk": "=@assessment" for n in ("assessment", "assessment_edit", "assessment_act", "assessment_print")},
    "privacy:pk": "=@incident",
}
TEXT = {
    "title": "会员证照片采集",
    "trigger": "sensitive",
    "basis": "consent",
    "kinds": "照片",
    "necessity": "发证要核对本人",
    "effect": "照片泄露",
    "measures": "加密、限期",
    "conclusion": "可以采集",
}
FACTS = {
    "kind": "leak", "title": "名册误发", "kinds": "姓名、手机号", "cause": "发错群", "harm": "骚扰电话", "remedy": "撤回并要求删除",
    "advice": "留意陌生来电", "contact": "市总工会 0000-12351",
}  # fmt: skip


def furnish(world: Any, tree: Any) -> None:
    """One of each in tree A: they lie under no union."""
    if tree.key == "a":
        actor = Actor.system("test")
        tree.rows["assessment"] = services.assessment_write(actor=actor, values=TEXT).pk
        tree.rows["incident"] = services.incident_open(actor=actor, values={**FACTS, "found_at": clock.now()}).pk
