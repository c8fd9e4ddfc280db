"""What the pages share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.campaigns.enums import Perm
from gonghui.campaigns.models import Campaign
from gonghui.core import clock
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import Request
from gonghui.files import services as files
from gonghui.orgs.selectors import unions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs."""
    return [("集中行动", reverse("campaigns:index")), *steps]


def to_tab(pk: int, tab: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("campaigns:room", args=[pk]) + f"?tab={tab}")


def told(request: HttpRequest, act: Callable[[], Any], text: str) -> Any:
    """Run an act, say its result or its refusal; None when refused. 403 and 404 go their own way."""
    try:
        made = act()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return None
    messages.success(request, text)
    return made if made is not None else True


def faults(request: HttpRequest, form: Any) -> None:
    """Say what is missing in a small form, on the next page."""
    said = [f"{form.fields[n].label}：{e}" if n in form.fields else str(e) for n, errors in form.errors.items() for e in errors]
    messages.error(request, "；".join(s.rstrip("。") for s in said) + "。")


def day_of(request: HttpRequest) -> date:
    """The day asked for, `?day=2026-03-01`; today for none or nonsense."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


def whole(text: str | None) -> int | None:
    """A number from the address, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def union_of(request: Request, perm: str = Perm.CAMPAIGN_VIEW) -> Any:
    """The union a page is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    actor, wanted = request.actor, request.GET.get("union") or request.POST.get("union") or ""
    if wanted:
        pk = whole(wanted)
        if pk is None:
            raise NotFound()
        return unions.union_get(actor=actor, pk=pk, perm=perm)
    found = unions.roots(actor, perm)
    if not found:
        raise NotFound()
    return next((u for u in found if u.path == actor.home), found[0])


def union_choices(request: Request, campaign: Campaign) -> list[tuple[str, str]]:
    """The campaign's union and those directly below it that the reader may see."""
    rows = unions.union_visible(request.actor).filter(ended_on=None).exclude(kind__in=("pool", "organiser"))
    near = rows.filter(path__startswith=campaign.union.path, depth__lte=campaign.union.depth + 1).order_by("path")[:300]
    return [(str(u.pk), u.name) for u in near]


def union_pick(request: Request, pk: str) -> Any:
    """A union chosen in a form, in scope; None for none."""
    number = whole(pk)
    return unions.union_get(actor=request.actor, pk=number) if number is not None else None


def kept(request: Request, upload: Any, path: str) -> Any:
    """Store an upload of a campaign; None for none."""
    return files.file_store(request.actor, upload=upload, purpose="campaigns", org_path=path) if upload else None


def needed(value: Any, words: str) -> Any:
    """The value, or a refusal that says what to write."""
    if value is None:
        raise BadInput("campaigns.values", words)
    return value
