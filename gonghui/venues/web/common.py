"""What the pages share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.core.errors import BadInput
from gonghui.core.http import Request, asked
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions

DESK = Actor.system("venues.desk")
"""A steward lends to a member without seeing the roll: the rows are cut to where the steward runs a library."""


def union_of(request: Request, perm: str) -> Any:
    """The union a page or a new thing is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs."""
    return [("服务阵地", reverse("venues:venues")), *steps]


def go(name: str, *args: Any, tail: str = "") -> HttpResponse:
    """To a page by its name."""
    return HttpResponseRedirect(reverse(name, args=args) + tail)


def member_of(actor: Any, perm: str, words: str) -> int:
    """The one member in scope by card number, else by name. Raises BadInput venues.which_member."""
    rows, words = members.current(DESK).filter(actor.within(perm, "union")), words.strip()
    found = list(rows.filter(card_no=words).values_list("person_id", flat=True)[:2]) if words else []
    found = found or (list(rows.filter(person__name=words).values_list("person_id", flat=True)[:3]) if words else [])
    if len(found) != 1:
        raise BadInput("venues.which_member", f"叫“{words[:20]}”的会员有 {len(found)} 位。请写登记的姓名；重名的写会员证号。")
    return int(found[0])
