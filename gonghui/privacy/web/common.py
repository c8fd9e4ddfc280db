"""What the pages share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.urls import reverse

from gonghui.core.errors import NotPermitted, Refusal
from gonghui.core.http import Request

T = TypeVar("T")
LISTS = {"assessments": "影响评估", "incidents": "安全事件"}


def trail(kind: str, here: str) -> list[tuple[str, str]]:
    """Crumbs: the list, then where one is."""
    return [(LISTS[kind], reverse(f"privacy:{kind}")), (here, "")]


def told(request: Request, do: Callable[[], T], said: str) -> T | None:
    """Do it and say so; a refusal is said on the next page, except one for want of permission."""
    try:
        result = do()
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return None
    messages.success(request, said)
    return result
