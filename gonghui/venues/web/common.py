"""What the pages share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import Request
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions

DESK = Actor.system("venues.desk")
"""A steward lends to a member without seeing the roll: the rows are cut to where the steward runs a library."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def union_of(request: Request, perm: str) -> Any:
    """The union a new thing belongs to: `union`, else the actor's own. Raises NotFound outside the scope."""
    actor, wanted = request.actor, request.GET.get("union") or request.POST.get("union") or ""
    if wanted:
        if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 15:
            raise NotFound()
        return unions.union_get(actor=actor, pk=int(wanted), perm=perm)
    found = unions.roots(actor, perm)
    if not found:
        raise NotFound()
    return next((u for u in found if u.path == actor.home), found[0])


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs."""
    return [("服务阵地", reverse("venues:venues")), *steps]


def go(name: str, *args: Any, tail: str = "") -> HttpResponse:
    """To a page by its name."""
    return HttpResponseRedirect(reverse(name, args=args) + tail)


def told(request: Request, act: Callable[[], Any], text: str) -> bool:
    """Run an act, say its result or its refusal. 403 and 404 go their own way."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return False
    messages.success(request, text)
    return True


def faults(request: Request, form: Any) -> None:
    """Say what is missing in a small form, on the next page."""
    messages.error(request, "；".join(str(e).rstrip("。") for errors in form.errors.values() for e in errors) + "。")


def attempt(form: Any, act: Callable[[], Any]) -> Any:
    """Run an act of a valid form; a refusal becomes an error of the form and None is answered."""
    try:
        return act() or True
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.message)
        return None


def tabs(request: Request, rows: Iterable[tuple[str, str, int | None]], name: str = "state") -> list[dict[str, Any]]:
    """Tabs over one list: (value, label, count)."""
    found, now = [], request.GET.get(name, "")
    for value, label, count in rows:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if value:
            query[name] = value
        found.append({"label": label, "count": count, "current": value == now, "url": "?" + query.urlencode()})
    return found


def member_of(actor: Any, perm: str, words: str) -> int:
    """The one member in scope by card number, else by name. Raises BadInput venues.which_member."""
    rows, words = members.current(DESK).filter(actor.within(perm, "union")), words.strip()
    found = list(rows.filter(card_no=words).values_list("person_id", flat=True)[:2]) if words else []
    found = found or (list(rows.filter(person__name=words).values_list("person_id", flat=True)[:3]) if words else [])
    if len(found) != 1:
        raise BadInput("venues.which_member", f"叫“{words[:20]}”的会员有 {len(found)} 位。请写登记的姓名；重名的写会员证号。")
    return int(found[0])
