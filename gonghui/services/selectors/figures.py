"""Figures of checks and activities (体检和活动指标): what people thought. Definitions: `data/figures.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db.models.functions import Coalesce
from django.urls import reverse

from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.services.enums import Perm
from gonghui.services.models import Satisfaction


def stars(since: date, until: date) -> Iterator[tuple[int, date, int]]:
    """(union that organised it, day, stars)."""
    first, last = (datetime.combine(d + timedelta(days=1), time.min, clock.SHANGHAI) for d in (since, until))
    by = Coalesce("visit__plan__union_id", "entry__activity__union_id")
    rows = Satisfaction.objects.filter(at__gte=first, at__lt=last).annotate(by=by).values_list("by", "at", "stars")
    return ((union, at.astimezone(clock.SHANGHAI).date(), given) for union, at, given in rows)


def register() -> None:
    """Make the figures known."""
    path = Path(__file__).resolve().parents[1] / "data" / "figures.yaml"
    figures.register_stars(
        "care", "体检和活动", path, Perm.FEEDBACK_VIEW, stars, lambda key, union, since, day: reverse("services:feedback")
    )
