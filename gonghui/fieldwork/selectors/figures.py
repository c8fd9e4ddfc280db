"""Figures of field work (走访指标): visits, their outcomes, followed employers, applications taken on site. Definitions: `data/figures.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from gonghui.core import clock
from gonghui.fieldwork.enums import JoinState, Outcome, Perm, Purpose, Refusal, VisitState
from gonghui.fieldwork.models import FollowUp, OnSiteJoin, Visit
from gonghui.figures import services as figures
from gonghui.figures.selectors import drill

NAME = "visits"
WON = (Outcome.AGREED, Outcome.JOINED)
FAMILIES = {"visits.purpose": "purpose", "visits.outcome": "outcome", "visits.refusal": "refusal"}


def done(since: date, until: date) -> QuerySet[Visit]:
    """Visits made after the first day up to the last (期间完成的走访)."""
    return Visit.objects.filter(state=VisitState.DONE, visited_on__gt=since, visited_on__lte=until)


def followed(day: date) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


def signed(since: date, until: date) -> QuerySet[OnSiteJoin]:
    """Applications signed on the organiser's phone and handed in."""
    behind = datetime.combine(since + timedelta(days=1), time.min, clock.SHANGHAI)
    before = datetime.combine(until + timedelta(days=1), time.min, clock.SHANGHAI)
    return OnSiteJoin.objects.filter(state=JoinState.FILED, made_at__gte=behind, made_at__lt=before)


def states(day: date) -> Iterator[tuple[int, str, int]]:
    """Own counts of each union at the end of a day."""
    rows = followed(day).order_by().values_list("employer__union_id").annotate(n=Count("pk"))
    yield from ((union, "visits.following", n) for union, n in rows)


def events(since: date, until: date) -> Iterator[tuple[int, str, date, int]]:
    """What was done after the first day up to the last."""
    columns = ("employer__union_id", "visited_on", "purpose", "outcome", "refusal", "card_complete")
    for union, day, purpose, outcome, refusal, complete, n in (
        done(since, until).order_by().values_list(*columns).annotate(n=Count("pk")).values_list(*columns, "n")
    ):
        if day is not None:
            yield from ((union, key, day, n) for key in _keys(purpose, outcome, refusal, complete))
    for union, made in signed(since, until).values_list("union_id", "made_at"):
        yield union, "visits.signed", made.astimezone(clock.SHANGHAI).date(), 1


def _keys(purpose: str, outcome: str, refusal: str, complete: bool) -> Iterator[str]:
    yield "visits.done"
    yield f"visits.purpose={purpose}"
    if outcome:
        yield f"visits.outcome={outcome}"
    if outcome == Outcome.REFUSED and refusal:
        yield f"visits.refusal={refusal}"
    if outcome in WON:
        yield "visits.won"
    if complete:
        yield "visits.complete"


def behind(key: str, union_id: int, since: date, until: date) -> QuerySet[Visit]:
    """The visits a figure of a union counts (下钻), before they are cut to the reader."""
    rows, (head, _, value) = done(since, until), key.partition("=")
    if head in FAMILIES:
        rows = rows.filter(**{FAMILIES[head]: value})
        rows = rows.filter(outcome=Outcome.REFUSED) if head == "visits.refusal" else rows
    elif head == "visits.won":
        rows = rows.filter(outcome__in=WON)
    elif head == "visits.complete":
        rows = rows.filter(card_complete=True)
    elif head != "visits.done":
        rows = rows.none()
    own = ((pk, union, day) for pk, union, day in rows.values_list("pk", "employer__union_id", "visited_on") if day is not None)
    return Visit.objects.filter(pk__in=drill.below(union_id, own))


def address(key: str, union_id: int, since: date, until: date) -> str:
    """Where the visits behind a figure are listed; followed employers stand with their organisers."""
    if key in {"visits.following", "visits.signed"}:
        return reverse("fieldwork:organisers")
    return drill.link("fieldwork:visits", key, union_id, since, until)


def register() -> None:
    """Make the figures known."""
    path = Path(__file__).resolve().parents[1] / "data" / "figures.yaml"
    figures.register_source(figures.Source(NAME, "上门走访", path, Perm.VISIT_VIEW, states, events, address))
    figures.register_labels("visit_purpose", lambda: {str(v): str(n) for v, n in Purpose.choices})
    figures.register_labels("visit_outcome", lambda: {str(v): str(n) for v, n in Outcome.choices})
    figures.register_labels("visit_refusal", lambda: {str(v): str(n) for v, n in Refusal.choices})
