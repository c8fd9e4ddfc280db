"""Figures of venues (服务阵地指标): what visitors thought. Definitions: `data/figures.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.urls import reverse

from gonghui.figures import services as figures
from gonghui.venues.enums import Perm
from gonghui.venues.models import Rating


def stars(since: date, until: date) -> Iterable[tuple[int, date, int]]:
    """(union of the point, day of the visit, stars)."""
    return Rating.objects.filter(on__gt=since, on__lte=until).values_list("venue__union_id", "on", "stars")


def register() -> None:
    """Make the figures known."""
    path = Path(__file__).resolve().parents[1] / "data" / "figures.yaml"
    figures.register_stars("places", "服务阵地", path, Perm.VENUE_VIEW, stars, lambda key, union, since, day: reverse("venues:ratings"))
