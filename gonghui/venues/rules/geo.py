"""Distances and a flat map from coordinates in millionths of a degree (距离和简图)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

METRES = 111_195  # of one degree of latitude on a sphere of 6,371 km
Place = tuple[int, int]
WIDTH, HEIGHT, EDGE = 340, 220, 16


def metres(a: Place, b: Place) -> int:
    """Straight distance in metres; good to a per cent within a city."""
    north = (a[0] - b[0]) / 1_000_000
    east = (a[1] - b[1]) / 1_000_000 * cos(radians((a[0] + b[0]) / 2_000_000))
    return round(hypot(north, east) * METRES)


def words(distance: int) -> str:
    """Distance as people say it."""
    return f"{distance} 米" if distance < 1000 else f"{distance / 1000:.1f} 公里"


@dataclass(frozen=True)
class Dot:
    """A point on the map."""

    x: int
    y: int
    label: str
    css: str
    mark: str = ""
    url: str = ""


def flat(points: Iterable[tuple[Place, str, str, str, str]], width: int = WIDTH, height: int = HEIGHT) -> list[Dot]:
    """Points (place, label, css class, mark, address) on a sheet with the north up, one scale in both directions."""
    rows = list(points)
    if not rows:
        return []
    shrink = cos(radians(sum(p[0][0] for p in rows) / len(rows) / 1_000_000))
    flat_ = [(p[0][1] * shrink, p[0][0]) for p in rows]
    west, east = min(x for x, _y in flat_), max(x for x, _y in flat_)
    south, north = min(y for _x, y in flat_), max(y for _x, y in flat_)
    scale = min((width - 2 * EDGE) / max(east - west, 1), (height - 2 * EDGE) / max(north - south, 1))
    left, top = (width - (east - west) * scale) / 2, (height - (north - south) * scale) / 2
    return [
        Dot(round(left + (x - west) * scale), round(top + (north - y) * scale), label, css, mark, url)
        for (x, y), (_place, label, css, mark, url) in zip(flat_, rows, strict=True)
    ]


def nearest(place: Place, others: Iterable[tuple[Place, Any]]) -> tuple[int, Any] | None:
    """The nearest of the others with its distance."""
    best: tuple[int, Any] | None = None
    for there, thing in others:
        if best is not None and abs(there[0] - place[0]) / 1_000_000 * METRES > best[0]:
            continue
        found = metres(place, there)
        if best is None or found < best[0]:
            best = (found, thing)
    return best
