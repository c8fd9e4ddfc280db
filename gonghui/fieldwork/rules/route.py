"""The order of today's visits (走访顺序), each with its reason. Pure. Weights: policy fieldwork.route_*."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt

PROMISE = ("agreed", "preparing", "contact", "untouched", "not_yet", "built")
"""States of a blank spot from the most to the least promising; policy gives each its points in this order."""
EARTH_KM = 6371.0


@dataclass(frozen=True)
class Weights:
    """Points of the three reasons (权重), from policy."""

    overdue_day: int
    overdue_most: int
    promise: tuple[int, ...]
    kilometre: int
    kilometre_most: int


@dataclass(frozen=True)
class Place:
    """One employer as the route sees it."""

    key: int
    due: date | None
    promise: str
    at: tuple[float, float] | None
    last: date | None = None


@dataclass(frozen=True)
class Stop:
    """A place with its points and the reason (站)."""

    key: int
    points: int
    reason: str
    km: float | None


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of (latitude, longitude)."""
    lat1, lon1, lat2, lon2 = map(radians, (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, h)))


def route(places: Iterable[Place], today: date, weights: Weights, here: tuple[float, float] | None = None) -> list[Stop]:
    """Most overdue, most promising and nearest first; equal points by key."""
    return sorted((_stop(p, today, weights, here) for p in places), key=lambda s: (-s.points, s.key))


def _stop(place: Place, today: date, weights: Weights, here: tuple[float, float] | None) -> Stop:
    points, words = 0, []
    if place.due is not None and place.due <= today:
        late = (today - place.due).days
        points += min((late + 1) * weights.overdue_day, weights.overdue_most)
        words.append(f"约定 {place.due:%m-%d}，已过 {late} 天" if late else "约定今天")
    elif place.due is None and place.last is None:
        words.append("还没有走访过")
    rank = PROMISE.index(place.promise) if place.promise in PROMISE else len(PROMISE) - 1
    points += weights.promise[rank]
    words.append(
        {"agreed": "已同意，趁热办", "preparing": "正在筹建", "contact": "谈过，可再谈", "not_yet": "上次没同意"}.get(place.promise, "")
    )
    km = distance_km(here, place.at) if here and place.at else None
    if km is not None:
        points += max(0, weights.kilometre_most - round(km * weights.kilometre))
        words.append(f"离您 {km:.1f} 公里" if km >= 1 else f"离您 {round(km * 1000, -1):.0f} 米")
    return Stop(place.key, points, "；".join(w for w in words if w) or "轮到这一家", km)
