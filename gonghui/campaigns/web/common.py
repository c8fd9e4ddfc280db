"""What the pages share (页面公用)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.campaigns.enums import Perm
from gonghui.campaigns.models import Campaign
from gonghui.core import clock
from gonghui.core.errors import BadInput
from gonghui.core.http import Request, asked, whole_number
from gonghui.files import services as files
from gonghui.orgs.selectors import unions


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs."""
    return [("集中行动", reverse("campaigns:index")), *steps]


def to_tab(pk: int, tab: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("campaigns:room", args=[pk]) + f"?tab={tab}")


def day_of(request: HttpRequest) -> date:
    """The day asked for, `?day=2026-03-01`; today for none or nonsense."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


def union_of(request: Request, perm: str = Perm.CAMPAIGN_VIEW) -> Any:
    """The union a page or a new thing is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def union_choices(request: Request, campaign: Campaign) -> list[tuple[str, str]]:
    """The campaign's union and those directly below it that the reader may see."""
    rows = unions.union_visible(request.actor).filter(ended_on=None).exclude(kind__in=("pool", "organiser"))
    near = rows.filter(path__startswith=campaign.union.path, depth__lte=campaign.union.depth + 1).order_by("path")[:300]
    return [(str(u.pk), u.name) for u in near]


def union_pick(request: Request, pk: str) -> Any:
    """A union chosen in a form, in scope; None for none."""
    number = whole_number(pk)
    return unions.union_get(actor=request.actor, pk=number) if number is not None else None


def kept(request: Request, upload: Any, path: str) -> Any:
    """Store an upload of a campaign; None for none."""
    return files.file_store(request.actor, upload=upload, purpose="campaigns", org_path=path) if upload else None


def needed(value: Any, words: str) -> Any:
    """The value, or a refusal that says what to write."""
    if value is None:
        raise BadInput("campaigns.values", words)
    return value
