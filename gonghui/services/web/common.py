"""What the pages share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from gonghui.core.errors import NotPermitted
from gonghui.core.http import Request, asked
from gonghui.orgs.selectors import unions

LISTS = {"plans": "职工体检", "activities": "文体活动", "sessions": "到检登记", "events": "重大活动保障"}


def union_of(request: Request, perm: str) -> Any:
    """The union a page or a new thing is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def trail(kind: str, *here: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs: the list, then where one is."""
    return [(LISTS[kind], reverse(f"services:{kind}")), *here]


def person_of(request: Request) -> int:
    """The person at the phone. Raises NotPermitted."""
    if request.actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return request.actor.person_id
