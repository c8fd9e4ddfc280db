"""Figures of campaigns (集中行动指标): drives under way, people who joined in them. Definitions: `data/figures.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from gonghui.accounts.actor import any_of
from gonghui.campaigns.enums import CampaignState, Perm
from gonghui.campaigns.models import Campaign, DriverNote
from gonghui.campaigns.selectors import progress
from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.figures.selectors import drill
from gonghui.members.selectors import joining

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

NAME = "campaigns"
FLOWS = ("campaigns.applied", "campaigns.approved", "campaigns.members", "campaigns.drivers")


def drives(day: date) -> QuerySet[Campaign]:
    """Campaigns that had begun by a day (已启动的行动)."""
    return Campaign.objects.filter(since__lte=day).exclude(state=CampaignState.DRAFT)


def states(day: date) -> Iterator[tuple[int, str, int]]:
    """Own counts of each union at the end of a day."""
    rows = drives(day).filter(until__gte=day).order_by().values_list("union_id").annotate(n=Count("pk"))
    yield from ((union, "campaigns.running", n) for union, n in rows)


def _applications(day: date) -> QuerySet[Any]:
    """Applications of any campaign, each once: one statement for all of them."""
    parts = [progress.of_campaign(row) for row in drives(day).select_related("union").prefetch_related("categories", "sites")]
    return joining.applications(progress.SYSTEM).filter(any_of(parts))


def happened(since: date, until: date) -> Iterator[tuple[str, int, int, date]]:
    """(key, application, union, day) of everything after the first day up to the last, as known at the end of the last."""
    notes = set(DriverNote.objects.values_list("application_id", flat=True))
    columns = ("pk", "union_id", "submitted_at", "decided_at", "issued_on", "state")
    for pk, union, filed, decided, issued, state in _applications(until).order_by().values_list(*columns):
        on = filed.astimezone(clock.SHANGHAI).date()
        settled = decided.astimezone(clock.SHANGHAI).date() if decided else None
        if on > until or (state in progress.GONE and (settled is None or settled <= until)):
            continue
        if on > since:
            yield "campaigns.applied", pk, union, on
            if pk in notes:
                yield "campaigns.drivers", pk, union, on
        if state in ("approved", "done") and settled is not None and since < settled <= until:
            yield "campaigns.approved", pk, union, settled
        if state == "done" and issued is not None and since < issued <= until:
            yield "campaigns.members", pk, union, issued


def events(since: date, until: date) -> Iterator[tuple[int, str, date, int]]:
    yield from ((union, key, day, 1) for key, _pk, union, day in happened(since, until))


def behind(actor: Actor, key: str, union_id: int, since: date, until: date) -> tuple[list[tuple[Any, date]], int]:
    """The applications a figure of a union counts, newest first: those the reader may see, and how many he may not (下钻)."""
    own = {pk: (union, day) for k, pk, union, day in happened(since, until) if k == key}
    counted = drill.below(union_id, ((pk, union, day) for pk, (union, day) in own.items()))
    seen = joining.applications(actor).filter(pk__in=counted).select_related("person", "union").in_bulk()
    rows = sorted(((row, own[pk][1]) for pk, row in seen.items()), key=lambda r: (r[1], r[0].pk), reverse=True)
    return rows, len(counted) - len(rows)


def address(key: str, union_id: int, since: date, until: date) -> str:
    """Where the applications behind a figure are listed."""
    if key == "campaigns.running":
        return reverse("campaigns:index")
    return drill.link("campaigns:joins", key, union_id, since, until)


def register() -> None:
    """Make the figures known."""
    path = Path(__file__).resolve().parents[1] / "data" / "figures.yaml"
    figures.register_source(figures.Source(NAME, "集中行动", path, Perm.CAMPAIGN_VIEW, states, events, address))


__all__ = ["FLOWS", "behind", "drives", "events", "happened", "register", "states"]
