"""What apps hand to the front pages (首页的登记处): alerts, search, cards of the worker's home. The kernel imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@dataclass(frozen=True)
class Alert:
    """Something is wrong and says why (预警). `tone` bad, warn or info; `why` the page that explains it."""

    title: str
    meta: str = ""
    url: str = ""
    why: str = ""
    tone: str = "warn"
    icon: str = "alert-triangle"


@dataclass(frozen=True)
class Hit:
    """One thing found (搜索结果)."""

    title: str
    meta: str
    url: str


@dataclass(frozen=True)
class Card:
    """One entry of the worker's home (职工首页的一张卡)."""

    title: str
    text: str
    url: str
    icon: str = "info-circle"
    order: int = 500


Alerts = Callable[["Actor", Any, Any], Iterable[Alert]]
Finder = Callable[["Actor", str, int], Iterable[Hit]]
Cards = Callable[["Actor"], Iterable[Card]]

_alerts: list[Alerts] = []
_finders: dict[str, Finder] = {}
_cards: list[Cards] = []
_TONES = {"bad": 0, "warn": 1, "info": 2}


def alerts(fn: Alerts) -> Alerts:
    """Register alerts: (actor, union node, day) -> alerts."""
    if fn not in _alerts:
        _alerts.append(fn)
    return fn


def alerts_for(actor: Actor, union: Any, day: Any) -> list[Alert]:
    """All alerts, the worst first."""
    found = [a for fn in _alerts for a in fn(actor, union, day)]
    return sorted(found, key=lambda a: _TONES[a.tone])


def finder(label: str, fn: Finder) -> None:
    """Register a search under a heading: (actor, words, most) -> hits, already cut to the actor's scope."""
    if _finders.setdefault(label, fn) is not fn:
        raise ValueError(f"搜索重复登记：{label}")


def find(actor: Actor, words: str, most: int = 10) -> Iterator[tuple[str, list[Hit]]]:
    """Hits by heading; empty headings are left out."""
    for label, fn in _finders.items():
        hits = list(fn(actor, words, most))
        if hits:
            yield label, hits


def cards(fn: Cards) -> Cards:
    """Register entries of the worker's home."""
    if fn not in _cards:
        _cards.append(fn)
    return fn


def cards_for(actor: Actor) -> list[Card]:
    return sorted((c for fn in _cards for c in fn(actor)), key=lambda c: (c.order, c.title))
