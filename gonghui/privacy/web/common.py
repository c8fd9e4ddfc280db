"""What the pages share (页面公用)."""

from __future__ import annotations

from typing import TypeVar

from django.urls import reverse

T = TypeVar("T")
LISTS = {"assessments": "影响评估", "incidents": "安全事件"}


def trail(kind: str, here: str) -> list[tuple[str, str]]:
    """Crumbs: the list, then where one is."""
    return [(LISTS[kind], reverse(f"privacy:{kind}")), (here, "")]
