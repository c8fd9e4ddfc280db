"""What the pages of membership share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from gonghui.accounts import throttle
from gonghui.core.errors import BadInput, Refusal
from gonghui.core.http import Request, asked
from gonghui.orgs.selectors import unions

HOME = "members:list"


def union_of(request: Request, *, required: bool = False) -> Any:
    """The union the page is about: `?union=`, else the actor's own. None when the actor has no business scope."""
    find = unions.union_wanted if required else unions.union_asked
    return find(request.actor, asked(request, "union"))


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs below the members' home."""
    return [("组织与会员", reverse(HOME)), *steps]


def back(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    """To `next` when it is a path of this site, else to the named page."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return HttpResponseRedirect(wanted)
    return HttpResponseRedirect(reverse(name, args=args))


def done(request: HttpRequest, text: str) -> None:
    """Say what happened, on the next page."""
    messages.success(request, text)


def refused(request: HttpRequest, refusal: Refusal) -> None:
    """Say why not, on the next page."""
    messages.error(request, refusal.message)


def limited(request: Request, name: str, most: int, window: timedelta = timedelta(hours=1)) -> None:
    """Count one attempt of this account, before any transaction. Raises: TooMany accounts.too_many."""
    throttle.hit(f"members.{name}", request.actor.ref, most, window)


def each(rows: Iterable[Any], act: Callable[[Any], Any]) -> tuple[list[Any], list[tuple[Any, str]]]:
    """One act for many: who was done, who was skipped and why."""
    ok, skipped = [], []
    for row in rows:
        try:
            act(row)
            ok.append(row)
        except Refusal as refusal:
            skipped.append((row, refusal.message))
    return ok, skipped


def employer_named(name: str) -> Any:
    """The one live employer of exactly this name. Raises: BadInput members.which_employer."""
    root = unions.union_of_code("root")
    rows = type(root)._meta.get_field("employer").related_model._default_manager  # orgs.Employer
    found = list(rows.filter(name=name.strip(), written_off_on=None, merged_into=None).select_related("union")[:2]) if name.strip() else []
    if len(found) != 1:
        raise BadInput("members.which_employer", f"“{name.strip()}”找到 {'不止一' if found else '0'} 个单位。请写登记的全称。")
    return found[0]
