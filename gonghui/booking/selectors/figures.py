"""Figures of booking (服务预约指标): what was got, used, and thought of it. Definitions: `data/figures.yaml`. Source: R131."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.urls import reverse

from gonghui.booking.enums import Perm
from gonghui.booking.models import Booking, Rating
from gonghui.core import clock
from gonghui.figures import services as figures

NAME = "served"


def span(since: date, until: date) -> tuple[datetime, datetime]:
    """The moments from the day after `since` to the end of `until`."""
    first, last = (datetime.combine(d + timedelta(days=1), time.min, clock.SHANGHAI) for d in (since, until))
    return first, last


def stars(since: date, until: date) -> Iterator[tuple[int, date, int]]:
    """(union of the item, day, stars)."""
    first, last = span(since, until)
    rows = Rating.objects.filter(at__gte=first, at__lt=last).values_list("booking__item__union_id", "at", "stars")
    return ((union, at.astimezone(clock.SHANGHAI).date(), given) for union, at, given in rows)


def uses(since: date, until: date) -> Iterator[tuple[int, str, date, int]]:
    """Tickets given and tickets used."""
    first, last = span(since, until)
    for key, name in (("served.ticketed", "ticketed_at"), ("served.used", "used_at")):
        rows = Booking.objects.filter(**{f"{name}__gte": first, f"{name}__lt": last}).values_list("item__union_id", name)
        yield from ((union, key, at.astimezone(clock.SHANGHAI).date(), 1) for union, at in rows)


def register() -> None:
    """Make the figures known."""
    path = Path(__file__).resolve().parents[1] / "data" / "figures.yaml"
    figures.register_stars(NAME, "服务预约", path, Perm.REPORT_VIEW, stars, lambda key, union, since, day: reverse("booking:items"), uses)
